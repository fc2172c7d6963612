"""Every protocol of the line beside the simulated carrier that speaks it: for suites that must hold for all of them."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Self

from hongyan.rooms.carriers.contracts import (
    NO_OPTIONS,
    Account,
    CarrierSignature,
    Protocol,
    ReceiptIds,
    TextCoding,
    WireOptions,
)
from hongyan.run.ports import free_ports
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine


@dataclass(frozen=True)
class Speech:
    """One way to speak with a carrier."""

    name: str
    protocol: Protocol
    options: WireOptions = NO_OPTIONS
    carrier: str = "mobile"
    simulator: Mapping[str, Any] = field(default_factory=dict)
    listens: bool = False
    largest_window: int = 1024

    def simulate(self, profile: str | Profile = "happy", **options: Any) -> "Pair":
        """Return a carrier of this speech, as an async context manager."""
        listen_port = free_ports(["listen"])["listen"] if self.listens else None
        more = {"report_to": ("127.0.0.1", listen_port)} if listen_port is not None else {}
        simulator = CarrierSimulator(
            profile, protocol=self.protocol.value, carrier=self.carrier, **self.simulator, **more, **options
        )
        return Pair(self, simulator, listen_port)


class Pair(AbstractAsyncContextManager["Pair"]):
    """A running carrier and how an account reaches it."""

    def __init__(self, speech: Speech, simulator: CarrierSimulator, listen_port: int | None) -> None:
        self.speech = speech
        self.carrier = simulator
        self.listen_port = listen_port

    async def __aenter__(self) -> Self:
        await self.carrier.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.carrier.__aexit__(None, None, None)

    async def add_account(self, line: SendingLine, **options: Any) -> Account:
        """Add the account."""
        window = min(options.pop("window_pdus", 32), self.speech.largest_window)
        return await line.add_account(
            self.carrier.port,
            protocol=self.speech.protocol,
            options=self.speech.options,
            listen_port=self.listen_port,
            window_pdus=window,
            **options,
        )


CMPP20 = Speech("cmpp20", Protocol.CMPP20)
CMPP30 = Speech("cmpp30", Protocol.CMPP30, WireOptions(service_id="HONGYAN", fee_type="02", fee_code="000010"))
SGIP12 = Speech(
    "sgip12",
    Protocol.SGIP12,
    WireOptions(corp_id="99999", node=3_010_099_999, service_id="HY"),
    "unicom",
    listens=True,
    largest_window=32,
)
SMGP30 = Speech("smgp30", Protocol.SMGP30, WireOptions(service_id="HY"), "telecom")
SMPP34 = Speech("smpp34", Protocol.SMPP34)

#: One of each protocol.
SPEECHES = (CMPP20, CMPP30, SGIP12, SMGP30, SMPP34)
#: Other ways to speak them.
DIALECTS = (
    Speech("cmpp30-gbk-16", Protocol.CMPP30, WireOptions(coding=TextCoding.GBK, ref_bits=16)),
    Speech("smgp30-pair", Protocol.SMGP30, WireOptions(split_binds=True), "telecom"),
    Speech("smpp34-pair", Protocol.SMPP34, WireOptions(split_binds=True, coding=TextCoding.AUTO)),
    Speech(
        "smpp34-hex",
        Protocol.SMPP34,
        WireOptions(receipt_ids=ReceiptIds.HEX, system_type="HY", service_id="HY"),
        simulator={"receipt_ids": "hex"},
    ),
    Speech(
        "smpp34-decimal",
        Protocol.SMPP34,
        WireOptions(receipt_ids=ReceiptIds.DECIMAL),
        simulator={"receipt_ids": "decimal"},
    ),
)
SIGNED_BY_CARRIER = Speech(
    "cmpp30-signed-by-carrier", Protocol.CMPP30, WireOptions(carrier_signature=CarrierSignature.PREFIX)
)
