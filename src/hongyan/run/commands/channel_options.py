"""The options of a channel, once: ``add`` and ``tune`` have them alike. What is not given stays as it is."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, Final

import typer

from hongyan.rooms.carriers.contracts import CarrierSignature, ReceiptIds, TextCoding, WireOptions
from hongyan.run.commands.output import fail

Host = Annotated[str | None, typer.Option(help="Its address.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535)]
ListenPort = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Where the carrier calls us: mm7, sgip12 (there 8801 unless given)."),
]
_HIDDEN_HELP: Final = "Password; - reads a line of stdin. Sealed before it is stored."
Secret = Annotated[str | None, typer.Option(help=_HIDDEN_HELP)]
SecretAlways = Annotated[str, typer.Option(help=_HIDDEN_HELP)]
Rate = Annotated[str | None, typer.Option(help="Parts per second, for example 200/s; none: no limit.")]
Window = Annotated[int | None, typer.Option(min=1, max=1024, help="Parts without an answer per connection.")]
Connections = Annotated[int | None, typer.Option(min=1, max=64)]
Heartbeat = Annotated[int | None, typer.Option(min=1, help="Seconds of silence before a heartbeat.")]
ResponseTimeout = Annotated[int | None, typer.Option(min=1, help="Seconds before an answer counts as lost.")]
Priority = Annotated[int | None, typer.Option(min=0, max=99, help="0 goes first; others wait for its trouble.")]
Weight = Annotated[str | None, typer.Option(help="Share among equals; none: by the rate.")]
Cost = Annotated[str | None, typer.Option(help="Thousandths of a yuan (厘) per part; none: unknown, and last.")]
Group = Annotated[str | None, typer.Option(help="Channels of one group stand in for each other; none: alone.")]
Serves = Annotated[str | None, typer.Option(help="all, or channel numbers of signatures with commas.")]
ServiceId = Annotated[
    str | None, typer.Option(help="CMPP Service_Id, SGIP ServiceType, SMGP ServiceID, SMPP service_type.")
]
CorpId = Annotated[
    str | None,
    typer.Option(help="sgip12: five digits of the corporation id; CMPP Msg_src, SMGP MsgSrc (else --account)."),
]
Node = Annotated[int | None, typer.Option(help="sgip12: our node number, 3 + area code + corporation id.")]
SplitBinds = Annotated[bool | None, typer.Option(help="smpp34: a transmitter and a receiver, no transceiver.")]
SystemType = Annotated[str | None, typer.Option(help="smpp34.")]
ReceiptIdsOption = Annotated[
    ReceiptIds | None,
    typer.Option(help="smpp34: ids in receipts as they are, or hexadecimal or decimal against answers."),
]
Tls = Annotated[bool | None, typer.Option(help="smpp34: over TLS, the certificate checked.")]
TlsCa = Annotated[str | None, typer.Option(help="smpp34: PEM file of the authorities that count.")]
Coding = Annotated[TextCoding | None, typer.Option(help="gbk or auto where the text fits, else ucs2.")]
RefBits = Annotated[int | None, typer.Option(help="Reference of long messages: 8 or 16 bits.")]
CarrierSignatureOption = Annotated[
    CarrierSignature | None, typer.Option(help="The carrier adds the signature itself, in front or behind.")
]
FeeType = Annotated[str | None, typer.Option(help="CMPP and SMGP: two characters; sgip12: one digit.")]
FeeCode = Annotated[str | None, typer.Option(help="At most six digits.")]
HasQuery = Annotated[
    bool | None, typer.Option(help="smpp34: ask the carrier (query_sm) about messages that it never reports.")
]
SendsValidity = Annotated[
    bool | None, typer.Option(help="Submissions say until when they may be delivered, where the carrier reads it.")
]
Codes = Annotated[
    list[str] | None,
    typer.Option("--code", help="What a submit result means here: 101=refused|throttled|in_doubt, or default."),
]
Stats = Annotated[
    list[str] | None,
    typer.Option(
        "--stat", help="What a report's state means here: MK:0017=delivered|failed|expired|ignore, or default."
    ),
]

_RATE = re.compile(r"(\d+)(?:/s)?", re.ASCII)
_NONE: Final = "none"
_DEFAULT: Final = "default"


def tuning_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said about routing, speed and sessions, by the names of ``carriers.Tuning``."""
    found: dict[str, Any] = {}
    for option, name in (
        ("host", "host"),
        ("port", "port"),
        ("listen_port", "listen_port"),
        ("window", "window_pdus"),
        ("connections", "connections"),
        ("heartbeat", "heartbeat_s"),
        ("response_timeout", "response_timeout_s"),
        ("priority", "priority"),
    ):
        if given[option] is not None:
            found[name] = given[option]
    if (rate := given["rate"]) is not None:
        found["rate_per_s"] = None if rate == _NONE else _number("rate", rate, "write it like 200/s, or none")
    if (weight := given["weight"]) is not None:
        found["weight"] = None if weight == _NONE else _number("weight", weight, "a whole number, or none")
    if (cost := given["cost"]) is not None:
        found["cost_milli"] = None if cost == _NONE else _number("cost", cost, "thousandths of a yuan, or none")
    if (group := given["group"]) is not None:
        found["group"] = None if group == _NONE else group
    if (serves := given["serves"]) is not None:
        numbers = tuple(part.strip() for part in serves.split(",") if part.strip())
        found["serves"] = None if serves == "all" else numbers
    return found


def wire_of(given: Mapping[str, Any], old: WireOptions) -> WireOptions:
    """Return the wire's settings with what was said about them."""
    said = {field.name: given[field.name] for field in fields(old) if given[field.name] is not None}
    for name, option in (("codes", "code"), ("stats", "stat")):
        if name in said:
            said[name] = _told(option, said[name], getattr(old, name))
    return replace(old, **said)


def _told(option: str, said: list[str], old: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the old meanings with what was said: one of the same name is replaced, ``default`` takes it away."""
    meanings = dict(old)
    for one in said:
        name, is_named, meaning = one.rpartition("=")
        if not is_named:
            fail(
                f"--{option} {one} says no meaning", hint="write it like --code 101=throttled or --stat MK:0017=failed"
            )
        # Lists show codes like smpp:0x0b; the channel knows its protocol.
        meanings[name.rpartition(":")[2].lower() if option == "code" else name] = meaning
    return tuple((name, meaning) for name, meaning in meanings.items() if meaning != _DEFAULT)


def _number(option: str, text: str, hint: str) -> int:
    match = _RATE.fullmatch(text)
    if match is None:
        fail(f"--{option} {text} is no {option}", hint=hint)
    return int(match[1])
