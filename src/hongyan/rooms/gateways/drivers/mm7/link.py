"""Submissions over HTTP as a link: a part is one POST, at most ``window_pdus`` of them at a time.

What is certain decides what becomes of a message: nothing left, or the centre said that it takes nothing now → unsent;
octets left and no answer came → timed out, and never sent again.
Not for: the content (``letters``), reports and replies (``inlet``).
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

import structlog

from hongyan.kernel.clock import Clock
from hongyan.rooms.carriers.contracts import Account, CodeMeaning
from hongyan.rooms.gateways.contracts import (
    Answered,
    LinkClosed,
    LinkEvent,
    LinkListener,
    Part,
    PartOutcome,
    TimedOut,
    Unsent,
)
from hongyan.rooms.gateways.drivers.mm7.letters import Letters
from telcowire.asyncio.mm7 import Mm7Client
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7 import statuses
from telcowire.mm7.http import HttpMessage, basic_authorization, write_post
from telcowire.mm7.pdus import RSErrorRsp, Status, SubmitRsp
from telcowire.mm7.soap import decode_message

log = structlog.get_logger(__name__)

PATH: Final = "/mm7"
_NOT_WRITABLE: Final = -1
"""Result of a message that we cannot write."""
_LOGIN_REFUSED: Final = frozenset({statuses.BAD_IDENTIFICATION, 4007})
_REFUSING: Final = frozenset({2, 4})
"""Classes of status codes that refuse, also those that we do not know."""
_HTTP_STATUSES: Final = {
    **dict.fromkeys((401, 403, 404, 405), statuses.BAD_IDENTIFICATION),
    429: statuses.UNAVAILABLE,
    503: statuses.UNAVAILABLE,
}
"""What an answer without a message of MM7 means; other 4xx refuse, the rest leaves open what the centre did."""
_HTTP_REFUSED: Final = range(400, 500)
"""RFC 9110, clause 15.5: the request was not carried out."""
_TOLD: Final = {
    CodeMeaning.REFUSED: PartOutcome.REFUSED,
    CodeMeaning.THROTTLED: PartOutcome.THROTTLED,
    CodeMeaning.IN_DOUBT: PartOutcome.IN_DOUBT,
}


def wire_id(message_id: str) -> int:
    """Return the ledger's unsigned 64 bits for a MessageID: the first octets of its SHA-256."""
    return int.from_bytes(hashlib.sha256(message_id.encode()).digest()[:8], "big")


class Mm7Link:
    """Posts to one centre; made by ``Mm7Driver.open_link``."""

    def __init__(
        self,
        account: Account,
        secret: str,
        letters: Letters,
        clock: Clock,
        listener: LinkListener,
        may_send: Callable[[], bool],
        on_login_refused: Callable[[], None],
    ) -> None:
        """Tell ``listener`` what happens, on the event loop; ``may_send`` is asked once more before octets leave."""
        self._account: Final = account
        self._told: Final = {int(code): _TOLD[CodeMeaning(said)] for code, said in account.options.codes}
        self._window_pdus = account.window_pdus
        self._authorization: Final = basic_authorization(account.login, secret)
        self._letters: Final = letters
        self._clock: Final = clock
        self._listener: Final = listener
        self._may_send: Final = may_send
        self._on_login_refused: Final = on_login_refused
        self._client: Final = Mm7Client(account.host, account.port)
        self._seqs: Final = count(1)
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._why_closing = ""
        self._is_closed = False

    async def open(self) -> None:
        """Look whether the centre can be reached; logins are checked with every submission.

        Raises:
            OSError: it cannot.
        """
        self._client.release(await self._client.connect())

    @property
    def window_free(self) -> int:
        """How many parts may be sent now."""
        return 0 if self._why_closing else max(0, self._window_pdus - len(self._tasks))

    def set_window(self, pdus: int) -> None:
        """Allow so many submissions without an answer from now on."""
        self._window_pdus = pdus

    def submit(self, parts: Sequence[Part]) -> list[int]:
        """Begin to send parts and return their sequences.

        Raises:
            LocalProtocolError: more than ``window_free``.
        """
        if len(parts) > self.window_free:
            raise LocalProtocolError(f"{len(parts)} submissions where {self.window_free} may begin")
        seqs: list[int] = []
        for part in parts:
            seq = next(self._seqs)
            task = asyncio.get_running_loop().create_task(self._send(seq, part))
            self._tasks.add(task)
            seqs.append(seq)
        return seqs

    def answer(self, seq: int, deliver_id: int) -> None:
        """Nothing: what the centre brings comes through the inlet."""

    async def close(self, timeout_s: float) -> None:
        """Wait a little for answers, then cut."""
        self._is_closed = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._client.close()

    # --- one part -----------------------------------------------------------------------------------------------------

    async def _send(self, seq: int, part: Part) -> None:
        told: LinkEvent = TimedOut(seq)
        try:
            told = await self._attempt(seq, part)
        finally:
            task = asyncio.current_task()
            if task is not None:
                self._tasks.discard(task)
            if not self._is_closed:
                self._tell(told)

    def _tell(self, event: LinkEvent) -> None:
        events = [event]
        if self._why_closing and not self._tasks:
            self._is_closed = True
            events.append(LinkClosed(self._why_closing))
        self._listener(self, events)

    async def _attempt(self, seq: int, part: Part) -> LinkEvent:
        try:
            request = await self._write(seq, part)
        except LocalProtocolError as error:
            log.error("a message cannot be written", message_id=part.message_id, error=str(error))  # noqa: TRY400
            return Answered(seq, 0, _NOT_WRITABLE, PartOutcome.REFUSED)
        except OSError as error:
            return self._give_up(seq, f"the file store: {error}")
        try:
            connection = await self._client.connect()
        except OSError as error:  # nothing of the message has left
            return self._give_up(seq, f"the centre: {type(error).__name__} {error}")
        if not self._may_send():
            self._client.release(connection)
            return Unsent(seq)
        try:
            answer = await connection.exchange(request, self._account.response_timeout_s)
        except (OSError, RemoteProtocolError) as error:
            log.info("no answer to a submission", account=self._account.name, error=f"{type(error).__name__}: {error}")
            return TimedOut(seq)
        finally:
            self._client.release(connection)
        return self._read(seq, answer)

    async def _write(self, seq: int, part: Part) -> bytes:
        # Unique over restarts: the message is sent once in its life.
        encoded = await self._letters.write(part, f"{self._account.login}-{part.message_id}-{seq}")
        host = f"{self._account.host}:{self._account.port}"
        return write_post(host, PATH, encoded.content_type, encoded.body, self._authorization)

    def _give_up(self, seq: int, why: str) -> LinkEvent:
        """Close the link once the others have their answers: the next try comes with the reconnection's patience."""
        self._why_closing = self._why_closing or why
        return Unsent(seq)

    def _read(self, seq: int, answer: HttpMessage) -> LinkEvent:
        """Return what an answer says."""
        status, message_id, is_told = _status_of(answer)
        if status is None:
            return TimedOut(seq)
        code = status.code
        if statuses.is_success(code):
            # Without an id its report can never be told from others: it ends as unknown.
            return Answered(seq, wire_id(message_id or f"no id {self._clock.now()} {seq}"), 0, PartOutcome.ACCEPTED)
        log.info("a submission was refused", account=self._account.name, code=code, text=status.text)
        told = self._told.get(code) if is_told else None
        if told is not None:  # the operator knows this centre
            return Answered(seq, 0, code, told)
        if code in _LOGIN_REFUSED:
            self._on_login_refused()
            return self._give_up(seq, f"login refused: {code} {status.text}")
        if statuses.meaning_of(code).is_retryable:
            return Answered(seq, 0, code, PartOutcome.THROTTLED)
        if code == statuses.SERVER_ERROR or (code not in statuses.MEANINGS and code // 1000 not in _REFUSING):
            # It broke inside: before or after it took the message.
            return Answered(seq, 0, code, PartOutcome.IN_DOUBT)
        return Answered(seq, 0, code, PartOutcome.REFUSED)


def _status_of(answer: HttpMessage) -> tuple[Status | None, str, bool]:
    """Return (status, MessageID, whether the centre itself said the status and not its HTTP server).

    No status: the answer leaves open whether the message was taken.
    """
    try:
        pdu = decode_message(answer.content_type, answer.body).pdu
    except RemoteProtocolError:
        pdu = None
    if isinstance(pdu, SubmitRsp):
        return pdu.status, pdu.message_id, True
    if isinstance(pdu, RSErrorRsp):
        return pdu.status, "", True
    code = _HTTP_STATUSES.get(answer.status)
    if code is None and answer.status in _HTTP_REFUSED:
        code = statuses.CLIENT_ERROR
    return (None if code is None else Status(code, f"HTTP {answer.status}")), "", False
