"""Where the centre brings reports and replies: an HTTP listener. It answers when the line has stored them.

Source: 3GPP TS 23.140, clause 8.7.3. Not for: submissions (``link``).
"""

import asyncio
import hmac
from itertools import count
from typing import Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.gateways.contracts import DeliveryListener, LinkEvent, Reported, Uplinked
from hongyan.rooms.gateways.drivers.listening import find_callers, listening_host
from hongyan.rooms.gateways.drivers.mm7.link import wire_id
from hongyan.rooms.receipts.contracts import CarrierReport, CarrierUplink
from telcowire.asyncio.mm7 import Answer, Mm7Server
from telcowire.errors import RemoteProtocolError
from telcowire.mm7 import statuses
from telcowire.mm7.http import HttpMessage, read_basic
from telcowire.mm7.pdus import (
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    Pdu,
    ReadReplyReq,
    ReadReplyRsp,
    Status,
    VASPErrorRsp,
)
from telcowire.mm7.soap import NAMESPACE, Message, decode_message, encode_message
from telcowire.mm7.statuses import MmStatus

log = structlog.get_logger(__name__)

_TEXT_CHARS: Final = 2_000
_STATS: Final = {
    MmStatus.RETRIEVED: "DELIVRD",
    MmStatus.READ: "DELIVRD",
    MmStatus.EXPIRED: "EXPIRED",
    MmStatus.REJECTED: "REJECTD",
    MmStatus.DELETED: "DELIVRD",
}
"""MMStatus → the ledger's stat; one that is read or deleted has reached the phone. The others say nothing final."""
_NOT_FINAL: Final = "ACCEPTD"
_OK: Final = Status(statuses.SUCCESS, "Success")


class Mm7Inlet:
    """One listener for one account, in one process; others of the machine may share its port."""

    def __init__(
        self, account: Account, secret: str, listener: DeliveryListener, *, stored_within_s: float = 30.0
    ) -> None:
        """Hand what comes to ``listener``, on the event loop; what is not stored in time is not answered."""
        self._account: Final = account
        self._login: Final = (account.login, secret)
        self._listener: Final = listener
        self._stored_within_s: Final = stored_within_s
        self._seqs: Final = count(1)
        self._waiting: Final[dict[int, asyncio.Future[None]]] = {}
        self._callers: frozenset[str] = frozenset()
        self._server: Mm7Server | None = None

    async def open(self) -> None:
        """Listen: on loopback for a centre on this machine, else on every address.

        Raises:
            OSError: the port is taken, or the centre's name cannot be resolved.
        """
        self._callers = await find_callers(self._account.host)
        host = listening_host(self._callers)
        self._server = Mm7Server(
            self._handle, host=host, port=self._account.listen_port or 0, refuse=self._refuse, shares_port=True
        )
        await self._server.listen()

    def answer(self, seq: int, deliver_id: int) -> None:
        """Answer a request, once it is stored; does nothing when the caller has gone."""
        del deliver_id
        waiting = self._waiting.get(seq)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def close(self) -> None:
        """Stop listening; what was not answered comes again."""
        if self._server is not None:
            await self._server.close()

    def _refuse(self, request: HttpMessage, peer: str) -> Answer | None:
        """Send strangers away by the head of their request: nobody else's body is read."""
        if self._is_known(request, peer):
            return None
        log.warning("a stranger called", account=self._account.name, peer=peer)
        return Answer(401, realm="mm7")

    async def _handle(self, request: HttpMessage, _peer: str) -> Answer | None:
        try:
            message = decode_message(request.content_type, request.body)
        except RemoteProtocolError as error:
            log.warning("a request that cannot be read", account=self._account.name, error=str(error))
            return _answer(VASPErrorRsp(Status(2007, str(error))), "0", NAMESPACE, status=500)
        seq = next(self._seqs)
        event, answer = _event_of(seq, message)
        if event is not None and not await self._stored(seq, event):
            return None
        status = 500 if isinstance(answer, VASPErrorRsp) else 200
        return _answer(answer, message.transaction_id or "0", message.namespace, status=status)

    def _is_known(self, request: HttpMessage, peer: str) -> bool:
        """Know the centre by its address, or by the account's login where it calls from another one."""
        login = read_basic(request.headers.get("authorization", ""))
        is_login = login is not None and hmac.compare_digest("\n".join(login).encode(), "\n".join(self._login).encode())
        return is_login or peer in self._callers

    async def _stored(self, seq: int, event: LinkEvent) -> bool:
        """Hand an event over and wait for its commit; false when that takes too long: it will come again."""
        waiting = self._waiting[seq] = asyncio.get_running_loop().create_future()
        self._listener(self, event)
        try:
            async with asyncio.timeout(self._stored_within_s):
                await waiting
        except TimeoutError:
            return False
        finally:
            del self._waiting[seq]
        return True


def _event_of(seq: int, message: Message) -> tuple[LinkEvent | None, Pdu]:
    """Return what the line is told, and the answer once it has stored that."""
    match message.pdu:
        case DeliveryReportReq() as report:
            return _reported(seq, report, report.date), DeliveryReportRsp(_OK, version=report.version)
        case ReadReplyReq() as reply:
            return _reported(seq, reply, reply.time_stamp), ReadReplyRsp(_OK, version=reply.version)
        case DeliverReq() as deliver:
            return _uplinked(seq, deliver, message), DeliverRsp(_OK, version=deliver.version)
        case _:
            return None, VASPErrorRsp(Status(4003, "not an operation of a provider"))


def _reported(seq: int, report: DeliveryReportReq | ReadReplyReq, at: str) -> Reported:
    stat = _STATS.get(MmStatus(report.mm_status), _NOT_FINAL) if report.mm_status in set(MmStatus) else _NOT_FINAL
    number = wire_id(report.message_id)
    return Reported(seq, number, CarrierReport(number, stat, report.recipient.value.lstrip("+"), "", at[:32], 0))


def _uplinked(seq: int, deliver: DeliverReq, message: Message) -> Uplinked:
    """Read a reply: its texts, else its subject. A repeated request has its transaction: that makes the id."""
    texts = [medium.read_text() for medium in (message.content.media if message.content else ()) if _is_text(medium[0])]
    text = "\n".join(texts).strip() or deliver.subject
    dialled = deliver.recipients.to[0].value if deliver.recipients.to else ""
    number = wire_id(f"{message.transaction_id}\n{deliver.sender.value}")
    return Uplinked(seq, number, CarrierUplink(number, deliver.sender.value, dialled, text[:_TEXT_CHARS]))


def _is_text(content_type: str) -> bool:
    return content_type == "text/plain"


def _answer(pdu: Pdu, transaction_id: str, namespace: str, *, status: int) -> Answer:
    return Answer(status, *encode_message(Message(pdu, transaction_id, None, namespace)))
