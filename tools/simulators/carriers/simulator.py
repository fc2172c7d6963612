"""A simulated carrier: its core behind the face of a protocol. What it decides: `core`; how it speaks: `faces`."""

import dataclasses
import ssl
from collections import deque
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from simulators.carriers.core import CarrierCore
from simulators.carriers.face import Face
from simulators.carriers.faces.cmpp import VERSIONS, CmppFace
from simulators.carriers.faces.sgip import SgipFace
from simulators.carriers.faces.smgp import SmgpFace
from simulators.carriers.faces.smpp import SmppFace
from simulators.carriers.inbox import Inbox
from simulators.carriers.journal import Journal
from simulators.carriers.memory import Memory
from simulators.carriers.profiles import PROFILES, Profile
from simulators.carriers.records import Received, Stats
from telcowire.session import Limits
from telcowire.smpp.message_ids import ReceiptIds

PROTOCOLS: Final = ("cmpp20", "cmpp30", "sgip12", "smgp30", "smpp34")


class _Common(NamedTuple):
    """What every face is told."""

    address: tuple[str, int]
    account: str
    secret: str
    gateway: int
    limits: Limits


def _face_of(
    protocol: str,
    core: CarrierCore,
    common: dict[str, Any],
    *,
    receipt_ids: ReceiptIds,
    tls: ssl.SSLContext | None,
    report_to: tuple[str, int] | None,
) -> Face:
    match protocol:
        case "smgp30":
            return SmgpFace(core, **common)
        case "smpp34":
            return SmppFace(core, **common, receipt_ids=receipt_ids, tls=tls)
        case "sgip12":
            return SgipFace(core, **common, report_to=report_to)
        case _:
            return CmppFace(core, **common, version=VERSIONS[protocol])


class CarrierSimulator:
    """One gateway with one account, as an async context manager.

    `received` is a bounded log of whole messages; `stats` counts; `port` is known inside the context. Options left at
    None come from the profile. `report_window_pdus` is how many reports may be unanswered per connection: a client that
    answers after a commit of 50 ms gets `window / 0.05` reports per second.
    """

    def __init__(
        self,
        profile: str | Profile = "happy",
        *,
        protocol: str = "cmpp30",
        account: str = "901234",
        secret: str = "shared",  # noqa: S107  the simulator's own, well-known password
        host: str = "127.0.0.1",
        port: int = 0,
        carrier: str = "mobile",
        gateway: int = 1001,
        latency_s: float | None = None,
        report_after_s: float | None = None,
        fail_percent: float | None = None,
        rate_per_s: float | None = None,
        no_loss: bool = False,
        seed: int = 1,
        inbox: Inbox | None = None,
        journal: Journal | None = None,
        memory: Memory | None = None,
        log_size: int = 250_000,
        max_pending: int = 1_000_000,
        report_window_pdus: int = 1024,
        response_timeout_s: float = 30.0,
        receipt_ids: str = "as_is",
        tls: ssl.SSLContext | None = None,
        report_to: tuple[str, int] | None = None,
    ) -> None:
        """Choose the manners; nothing is opened yet.

        `receipt_ids` (as_is, hex, decimal) and `tls` are for SMPP, `report_to` is the listener of an SGIP SP.
        """
        chosen = PROFILES[profile] if isinstance(profile, str) else profile
        chosen = dataclasses.replace(
            chosen,
            latency_s=chosen.latency_s if latency_s is None else latency_s,
            report_after_s=chosen.report_after_s if report_after_s is None else report_after_s,
            fail_percent=chosen.fail_percent if fail_percent is None else fail_percent,
            rate_per_s=chosen.rate_per_s if rate_per_s is None else rate_per_s,
        )
        self._core: Final = CarrierCore(
            chosen.without_loss() if no_loss else chosen,
            carrier=carrier,
            seed=seed,
            inbox=inbox if inbox is not None else Inbox(),
            journal=journal,
            memory=memory,
            log_size=log_size,
            max_pending=max_pending,
        )
        limits = Limits(window_pdus=report_window_pdus, heartbeat_s=180.0, response_timeout_s=response_timeout_s)
        common = _Common((host, port), account, secret, gateway, limits)
        self._face: Final = _face_of(
            protocol, self._core, common._asdict(), receipt_ids=ReceiptIds(receipt_ids), tls=tls, report_to=report_to
        )
        self.protocol: Final = protocol

    # --- life ---

    async def __aenter__(self) -> Self:
        """Listen."""
        self._core.start(self._face)
        await self._face.open()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up."""
        self._core.close()
        await self._face.close()

    # --- what can be seen and done ---

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._face.port

    @property
    def profile(self) -> Profile:
        """Its manners."""
        return self._core.profile

    @property
    def carrier(self) -> str:
        """Its name."""
        return self._core.carrier

    @property
    def inbox(self) -> Inbox:
        """The phones behind it."""
        return self._core.inbox

    @property
    def stats(self) -> Stats:
        """Its counters."""
        return self._core.stats

    @property
    def received(self) -> deque[Received]:
        """Whole messages that it accepted, the oldest first."""
        return self._core.received

    @property
    def connections(self) -> int:
        """How many connections are logged in."""
        return len(self._core.links)

    def read_stats(self) -> dict[str, object]:
        """The counters with the carrier's name, for people."""
        return {
            "carrier": self.carrier,
            "protocol": self.protocol,
            "profile": self.profile.name,
            "port": self.port,
            "connections": self.connections,
            "pending": self._core.pending,
            **dataclasses.asdict(self.stats),
        }

    def cut_connections(self) -> None:
        """Cut every connection without a word, as a carrier's restart does."""
        for link in self._core.links.list_links():
            self._core.cut(link)

    def cut_one(self) -> None:
        """Cut one connection without a word."""
        self._core.cut(self._core.links.list_links()[0])

    def go_silent(self) -> None:
        """Say and hear nothing more on any connection, and leave them open, as a gateway does that hangs."""
        for link in self._core.links.list_links():
            self._core.silence(link)

    def refuse(self, number: str) -> None:
        """Take a number for none from now on."""
        self._core.refused.add(number)

    def release_reports(self) -> int:
        """Send the reports that were withheld; returns how many."""
        return self._core.release_reports()

    def send_mo(self, sender: str, access_number: str, text: str) -> bool:
        """Let a phone write to an access number; False when nobody is connected.

        Raises:
            LocalProtocolError: the text is too long.
        """
        return self._core.send_mo(sender, access_number, text)
