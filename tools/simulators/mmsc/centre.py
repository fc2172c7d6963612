"""An MMS centre: takes submissions over MM7, decides fates, reports, and hands the messages to the phones.

Deterministic by `seed`: the fate of a message depends on the seed and its number only. Nothing is written down: a
restart forgets what was not yet reported.
"""

import asyncio
import dataclasses
import hmac
import itertools
import random
import zlib
from collections import deque
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, NamedTuple, Self

from simulators.carriers.inbox import phone_of
from simulators.carriers.profiles import PROFILES, Profile
from simulators.mmsc.courier import Courier
from simulators.mmsc.phones import Phones
from telcowire.asyncio.mm7 import Answer, Mm7Server
from telcowire.errors import RemoteProtocolError
from telcowire.mm7 import statuses
from telcowire.mm7.content import Content, Media
from telcowire.mm7.http import HttpMessage, read_basic
from telcowire.mm7.pdus import (
    Address,
    CancelReq,
    CancelRsp,
    DeliverReq,
    DeliveryReportReq,
    Pdu,
    Recipients,
    ReplaceReq,
    ReplaceRsp,
    RSErrorRsp,
    Status,
    SubmitReq,
    SubmitRsp,
)
from telcowire.mm7.soap import NAMESPACE, Message, decode_message, encode_message
from telcowire.mm7.statuses import MmStatus
from telcowire.validity import read_date

_FAILURES: Final = (MmStatus.REJECTED, MmStatus.EXPIRED)
_LATE_ANSWER_S: Final = 0.05
_MAX_CONTENT_OCTETS: Final = 2_097_152
_LATEST: Final = 10_000
"""How many numbers a centre remembers the latest message of, for replies."""


@dataclasses.dataclass(slots=True)
class Stats:
    """Counters since the start, in messages; a submission to several numbers counts as several."""

    submits: int = 0
    accepted: int = 0
    refused: int = 0
    throttled: int = 0
    lost_answers: int = 0
    delivered: int = 0
    failed: int = 0
    reports: int = 0
    uplinks: int = 0
    cut_connections: int = 0


class Received(NamedTuple):
    """A message for one number that the centre has taken."""

    message_id: str
    dest: str
    src_id: str
    subject: str
    content: Content


@dataclasses.dataclass(slots=True)
class _Pending:
    """A message on its way to a phone."""

    received: Received
    report: DeliveryReportReq | None
    namespace: str
    fate: MmStatus
    timer: asyncio.TimerHandle | None = None


class MmscSimulator:
    """One centre with one account, as an async context manager.

    `received` is a bounded log; `stats` counts; `port` is known inside the context. `vasp_url` is where reports and
    texts from phones go: without it there are none. Options left at None come from the profile.
    """

    def __init__(
        self,
        profile: str | Profile = "happy",
        *,
        account: str = "901234",
        secret: str = "shared",  # noqa: S107  the simulator's own, well-known password
        host: str = "127.0.0.1",
        port: int = 0,
        vasp_url: str | None = None,
        carrier: str = "mobile",
        latency_s: float | None = None,
        report_after_s: float | None = None,
        fail_percent: float | None = None,
        rate_per_s: float | None = None,
        no_loss: bool = False,
        seed: int = 1,
        phones: Phones | None = None,
        namespace: str = NAMESPACE,
        log_size: int = 5_000,
    ) -> None:
        """Choose the manners; nothing is opened yet."""
        chosen = PROFILES[profile] if isinstance(profile, str) else profile
        chosen = dataclasses.replace(
            chosen,
            latency_s=chosen.latency_s if latency_s is None else latency_s,
            report_after_s=chosen.report_after_s if report_after_s is None else report_after_s,
            fail_percent=chosen.fail_percent if fail_percent is None else fail_percent,
            rate_per_s=chosen.rate_per_s if rate_per_s is None else rate_per_s,
        )
        self.profile = chosen.without_loss() if no_loss else chosen
        self.carrier: Final = carrier
        self.phones: Final = phones if phones is not None else Phones()
        self.stats: Final = Stats()
        self.received: Final[deque[Received]] = deque(maxlen=log_size)
        self.vasp_url = vasp_url
        self._login: Final = (account, secret)
        self._namespace: Final = namespace
        self._seed: Final = seed
        self._random: Final = random.Random(seed)
        self._ids: Final = itertools.count(1)
        self._born: Final = format(random.SystemRandom().getrandbits(32), "08x")
        self._server: Final = Mm7Server(self._handle, host=host, port=port)
        self._pending: Final[dict[tuple[str, str], _Pending]] = {}
        self._latest: Final[dict[str, str]] = {}
        self._courier: Courier | None = None
        self._tokens = self.profile.rate_per_s or 0.0
        self._tokens_at = 0.0

    # --- life ---

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._server.listen()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up and forget."""
        for pending in self._pending.values():
            if pending.timer is not None:
                pending.timer.cancel()
        self._pending.clear()
        await self._server.close()
        if self._courier is not None:
            await self._courier.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def read_stats(self) -> dict[str, object]:
        """The counters with the centre's name, for people."""
        courier = self._courier
        return {
            "carrier": self.carrier,
            "profile": self.profile.name,
            "port": self.port,
            "pending": len(self._pending),
            "reports_waiting": courier.waiting if courier is not None else 0,
            "reports_answered": courier.answered if courier is not None else 0,
            "reports_repeated": courier.repeated if courier is not None else 0,
            **dataclasses.asdict(self.stats),
        }

    def send_mo(self, sender: str, access_number: str, text: str) -> bool:
        """Let a phone write to an access number; False when nobody listens for this centre."""
        if self.vasp_url is None:
            return False
        request = DeliverReq(
            Address(sender),
            relay_server_id=self.carrier,
            linked_id=self._latest.get(phone_of(sender.lstrip("+")), ""),
            recipients=Recipients((Address(access_number, "ShortCode"),)),
            time_stamp=_now(),
        )
        self._bring(request, Content((Media("text/plain", text.encode(), "text.txt", "utf-8"),)))
        self.stats.uplinks += 1
        return True

    # --- talking ---

    async def _handle(self, request: HttpMessage, _peer: str) -> Answer | None:
        login = read_basic(request.headers.get("authorization", ""))
        if login is None or not hmac.compare_digest("\n".join(login).encode(), "\n".join(self._login).encode()):
            return Answer(401, realm="mm7")
        if request.method != "POST":
            return Answer(405)
        try:
            message = decode_message(request.content_type, request.body)
        except RemoteProtocolError as error:
            return self._answer(RSErrorRsp(Status(2007, str(error))), "0", self._namespace, status=500)
        match message.pdu:
            case SubmitReq() as submit:
                return await self._take_submit(submit, message, len(request.body))
            case CancelReq() as cancel:
                return self._answer(CancelRsp(self._cancel(cancel)), message.transaction_id, message.namespace)
            case ReplaceReq() as replace:
                status = self._replace(replace, message.content)
                return self._answer(ReplaceRsp(status), message.transaction_id, message.namespace)
            case _:
                error_rsp = RSErrorRsp(Status(4003, "not an operation of the centre"))
                return self._answer(error_rsp, message.transaction_id, message.namespace, status=500)

    def _answer(self, pdu: Pdu, transaction_id: str, namespace: str, *, status: int = 200) -> Answer:
        return Answer(status, *encode_message(Message(pdu, transaction_id, None, namespace)))

    async def _take_submit(self, submit: SubmitReq, message: Message, octets: int) -> Answer | None:
        stats, profile = self.stats, self.profile
        numbers = [address.value for group in submit.recipients for address in group]
        stats.submits += len(numbers)
        delay_s = profile.latency_s + self._random.random() * profile.latency_jitter_s
        refusal = self._refusal_of(submit, message.content, numbers, octets)
        if refusal is not None:
            await asyncio.sleep(delay_s)
            return self._answer(SubmitRsp(refusal), message.transaction_id, message.namespace)
        message_id = f"{self.carrier}.{self._born}.{next(self._ids)}"
        early = self._is_chosen(profile.early_percent)
        left_s = _left_s(submit.expiry_date, delay_s)
        for number in numbers:
            due_s = 0.0 if early else delay_s + profile.report_after_s
            self._accept(submit, message, message_id, number, due_s, left_s)
        if self._is_chosen(profile.lost_answer_percent):
            stats.lost_answers += 1
            await asyncio.sleep(3_600)  # the peer's patience ends first, and its visit is cancelled with the listener
        if profile.drop_every is not None and stats.accepted % profile.drop_every == 0:
            stats.cut_connections += 1
            return None
        await asyncio.sleep(delay_s + (_LATE_ANSWER_S if early else 0.0))
        status = Status(statuses.SUCCESS, "Success")
        return self._answer(SubmitRsp(status, message_id), message.transaction_id, message.namespace)

    def _refusal_of(self, submit: SubmitReq, content: Content | None, numbers: list[str], octets: int) -> Status | None:
        if submit.sender.vaspid != self._login[0]:
            return self._refused(statuses.BAD_IDENTIFICATION, numbers)
        if content is None or not content.media:
            return self._refused(2007, numbers)
        if octets > _MAX_CONTENT_OCTETS:
            return self._refused(statuses.CONTENT_REFUSED, numbers)
        if not numbers or not all(number.lstrip("+").isdigit() for number in numbers):
            return self._refused(2002, numbers)
        if not self._has_room(len(numbers)):
            self.stats.throttled += len(numbers)
            return Status(statuses.UNAVAILABLE, "Service unavailable")
        try:
            _left_s(submit.expiry_date, 0.0)
        except RemoteProtocolError:
            return self._refused(2007, numbers)
        return None

    def _refused(self, code: int, numbers: list[str]) -> Status:
        self.stats.refused += len(numbers)
        return Status(code, statuses.meaning_of(code).text)

    # --- a message's way ---

    def _accept(
        self, submit: SubmitReq, message: Message, message_id: str, number: str, due_s: float, left_s: float | None
    ) -> None:
        """Log a message and plan its fate; what would come after `left_s` expires then."""
        self.stats.accepted += 1
        source = submit.sender.address or Address("0")
        received = Received(message_id, number, source.value, submit.subject, message.content or Content(()))
        self.received.append(received)
        self._latest[phone_of(number.lstrip("+"))] = message_id
        if len(self._latest) > _LATEST:
            del self._latest[next(iter(self._latest))]
        fate, due_s = self._fate_of(number), due_s + self._random.random() * self.profile.report_jitter_s
        if left_s is not None and left_s < due_s:
            fate, due_s = MmStatus.EXPIRED, left_s
        report = DeliveryReportReq(message_id, Address(number), source, fate, relay_server_id=self.carrier)
        pending = _Pending(received, report if submit.delivery_report else None, message.namespace, fate)
        pending.timer = asyncio.get_running_loop().call_later(due_s, self._fulfil, (message_id, number))
        self._pending[message_id, number] = pending

    def _fulfil(self, key: tuple[str, str]) -> None:
        """Let the message reach the phone, or not, and report it."""
        pending = self._pending.pop(key)
        received, profile = pending.received, self.profile
        if pending.fate is MmStatus.RETRIEVED:
            self.stats.delivered += 1
            self.phones.put(
                received.dest, received.message_id, received.src_id, received.subject, received.content, _now()
            )
        else:
            self.stats.failed += 1
        if pending.report is None or self._is_chosen(profile.lost_report_percent):
            return
        report = dataclasses.replace(pending.report, date=_now())
        if self._is_chosen(profile.intermediate_percent):
            self._bring(dataclasses.replace(report, mm_status=MmStatus.FORWARDED), None, pending.namespace)
        for _ in range(2 if self._is_chosen(profile.double_percent) else 1):
            self.stats.reports += 1
            self._bring(report, None, pending.namespace)
        if self._is_chosen(profile.stray_percent):
            stray = f"{self.carrier}.{self._born}.stray{next(self._ids)}"
            self._bring(dataclasses.replace(report, message_id=stray), None, pending.namespace)

    def _bring(self, pdu: Pdu, content: Content | None, namespace: str | None = None) -> None:
        if self.vasp_url is None:
            return
        if self._courier is None:
            self._courier = Courier(self.vasp_url)
        transaction_id = f"{self._born}-{next(self._ids)}"
        self._courier.bring(Message(pdu, transaction_id, content, namespace or self._namespace))

    def _cancel(self, cancel: CancelReq) -> Status:
        keys = [key for key in self._pending if key[0] == cancel.message_id]
        for key in keys:
            timer = self._pending.pop(key).timer
            if timer is not None:
                timer.cancel()
        return Status(statuses.SUCCESS if keys else statuses.MESSAGE_ID_NOT_FOUND)

    def _replace(self, replace: ReplaceReq, content: Content | None) -> Status:
        found = [pending for key, pending in self._pending.items() if key[0] == replace.message_id]
        for pending in found:
            pending.received = pending.received._replace(content=content or Content(()))
        return Status(statuses.SUCCESS if found else statuses.MESSAGE_ID_NOT_FOUND)

    # --- decisions ---

    def _is_chosen(self, percent: float) -> bool:
        return percent > 0 and self._random.random() * 100 < percent

    def _fate_of(self, number: str) -> MmStatus:
        lot = zlib.crc32(f"{self._seed}:{number}".encode())
        if lot % 10_000 >= self.profile.fail_percent * 100:
            return MmStatus.RETRIEVED
        return _FAILURES[lot // 10_000 % len(_FAILURES)]

    def _has_room(self, count: int) -> bool:
        """Whether the rate allows `count` more; a token bucket of one second."""
        rate = self.profile.rate_per_s
        if rate is None:
            return True
        now = asyncio.get_running_loop().time()
        self._tokens = min(rate, self._tokens + (now - self._tokens_at) * rate)
        self._tokens_at = now
        if self._tokens < count:
            return False
        self._tokens -= count
        return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _left_s(expiry_date: str, least_s: float) -> float | None:
    """Return the seconds until a message expires, or `least_s`. Raises `RemoteProtocolError`: it is no date."""
    now = datetime.now(UTC)
    until = read_date(expiry_date, now)
    return None if until is None else max(least_s, (until - now).total_seconds())
