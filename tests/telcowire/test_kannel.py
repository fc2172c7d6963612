"""Kannel, a foreign SMS gateway, as a client of our SMPP server: bearerbox binds, smsbox takes requests by HTTP.

Kannel sends esm_class 3 and registered_delivery 17 on a submit with a receipt asked for: bits, not values, are compared
in our code.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from support.peers import need_program
from support.waiting import until
from telcowire.asyncio.smpp import SmppServer, SmppServerConnection, serve_smpp
from telcowire.session import Limits
from telcowire.smpp.content import decode_content, open_content
from telcowire.smpp.events import DeliverAnswered, SmppServingEvent, SubmitReceived
from telcowire.smpp.flavour import SmppServerAccount
from telcowire.smpp.pdus import REGISTERED_ALWAYS, DeliverSm, SubmitSm
from telcowire.smpp.reports import Report
from telcowire.smpp.statuses import ESME_RINVDSTADR
from telcowire.smstext.parts import Coding, Wire, encode_text_parts

PHONE = "8613800000000"
WAIT_S = 30
CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-deny-ip = ""
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 0
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = hongyan
host = 127.0.0.1
port = {centre}
smsc-username = esme
smsc-password = shared
system-type = ""
transceiver-mode = true
interface-version = 34
enquire-link-interval = 2
msg-id-type = 0x00

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 0

group = sendsms-user
username = user
password = word
concatenation = true
max-messages = 10

group = sms-service
keyword = default
get-url = "http://127.0.0.1:{web}/uplink?from=%p&to=%P&text=%b"
accepted-smsc = hongyan
max-messages = 0
catch-all = true
"""


@dataclass
class Web:
    """The customer's HTTP server: remembers what Kannel asked it."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        line = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
        address = urlsplit(line)
        self.asked.append(
            (address.path, {key: value[0] for key, value in parse_qs(address.query, encoding="latin-1").items()})
        )
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@dataclass
class Centre:
    """Our message centre: answers with ids that count up and reports when it is told to."""

    submits: list[SubmitSm] = field(default_factory=list)
    answered: list[DeliverAnswered] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    """Statuses for the next submits."""

    def on_event(self, connection: SmppServerConnection, events: list[SmppServingEvent]) -> None:
        """Play the carrier."""
        for event in events:
            if isinstance(event, SubmitReceived):
                self.take(connection, event)
            elif isinstance(event, DeliverAnswered):
                self.answered.append(event)

    def take(self, connection: SmppServerConnection, event: SubmitReceived) -> None:
        """Answer a submit, and report it where that was asked for."""
        submit = event.submit
        self.submits.append(submit)
        message_id = str(len(self.submits))
        if self.refusals:
            connection.answer_submit(event.seq, "", self.refusals.pop())
            return
        connection.answer_submit(event.seq, message_id)
        if submit.registered_delivery & REGISTERED_ALWAYS:
            times = "2611220000", "2611220001"
            connection.deliver_report(
                Report(message_id, message_id, "DELIVRD", *times, submit.destination_addr, submit.source_addr, "000")
            )


@dataclass
class Gateway:
    """A running Kannel between our centre and our web server."""

    centre: Centre
    server: SmppServer
    web: Web
    web_port: int
    sendsms_port: int

    async def send(self, **fields: str) -> str:
        """Ask Kannel to send; return its answer's body."""
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in fields.items())
        target = f"/cgi-bin/sendsms?username=user&password=word&from=10690001&to={PHONE}&{query}"
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.sendsms_port)
            writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
        return answer.partition(b"\r\n\r\n")[2].decode()

    def receipt_url(self, name: str) -> str:
        """Where Kannel tells what became of a message."""
        return f"http://127.0.0.1:{self.web_port}/receipt?name={name}&state=%d&text=%A&id=%F"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def start(stack: AsyncExitStack, program: str, config: Path, is_ready: Callable[[], bool]) -> None:
    """Start a box and wait until it is ready; it is gone when the stack is left."""
    output = config.with_name(f"{Path(program).name}.out")
    with output.open("wb") as out:
        process = await asyncio.create_subprocess_exec(program, str(config), cwd=config.parent, stdout=out, stderr=out)
    stack.push_async_callback(_stop, process)
    await until(lambda: process.returncode is not None or is_ready(), timeout_s=WAIT_S)
    assert process.returncode is None, output.read_text()[-2000:]


@pytest.fixture
async def kannel(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Start both boxes and wait until they are bound and listen."""
    programs = [need_program("bearerbox"), need_program("smsbox")]
    centre, web = Centre(), Web()
    server: SmppServer = await serve_smpp(
        "127.0.0.1",
        0,
        lambda system_id: SmppServerAccount(system_id, "shared"),
        centre.on_event,
        limits=Limits(window_pdus=100, heartbeat_s=5.0),
    )
    listener = await asyncio.start_server(web.visit, "127.0.0.1", 0)
    web_port = listener.sockets[0].getsockname()[1]
    ports = {"admin": _free_port(), "smsbox": _free_port(), "sendsms": _free_port()}
    config = tmp_path / "kannel.conf"
    config.write_text(CONFIG.format(centre=server.port, web=web_port, folder=tmp_path, **ports))

    def is_bound() -> bool:
        return bool(server.connections) and _listens(ports["smsbox"])

    def takes_requests() -> bool:
        return _listens(ports["sendsms"])

    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.close)
        stack.callback(listener.close)
        for program, is_ready in zip(programs, (is_bound, takes_requests), strict=True):
            await start(stack, program, config, is_ready)
        yield Gateway(centre, server, web, web_port, ports["sendsms"])


async def test_a_message_goes_out_and_its_receipt_comes_back(kannel: Gateway) -> None:
    answer = await kannel.send(
        text="Your code is {123456}", **{"dlr-mask": "31", "dlr-url": kannel.receipt_url("code")}
    )
    assert answer.startswith("0: Accepted")
    await until(lambda: len(kannel.web.asked) == 2, timeout_s=WAIT_S)
    (submit,) = kannel.centre.submits
    assert submit.esm_class == 3
    assert submit.registered_delivery == 17
    assert (submit.source_addr, submit.destination_addr) == ("10690001", PHONE)
    assert decode_content(open_content(submit).octets, submit.data_coding) == "Your code is {123456}"
    told = {asked["state"]: asked for path, asked in kannel.web.asked if path == "/receipt"}
    assert sorted(told) == ["1", "8"]  # delivered; before that, accepted by the carrier
    assert told["1"]["id"] == "1"
    assert "stat:DELIVRD" in told["1"]["text"]
    assert kannel.centre.answered == [DeliverAnswered(1, 0)]


@pytest.mark.parametrize(
    ("text", "fields", "parts"),
    [
        ("【鸿雁】" + "长" * 100, {"coding": "2", "charset": "UTF-8"}, 2),
        ("The quick brown fox jumps over the lazy dog. " * 8, {}, 3),
    ],
)
async def test_a_long_text_comes_in_parts(kannel: Gateway, text: str, fields: dict[str, str], parts: int) -> None:
    url = kannel.receipt_url("long")
    await kannel.send(text=text, **fields, **{"dlr-mask": "3", "dlr-url": url})
    await until(lambda: len(kannel.centre.submits) == parts, timeout_s=WAIT_S)
    carried = [open_content(submit) for submit in kannel.centre.submits]
    assert [one.part and (one.part.part_no, one.part.total) for one in carried] == [
        (number, parts) for number in range(1, parts + 1)
    ]
    read = "".join(
        decode_content(one.octets, submit.data_coding)
        for one, submit in zip(carried, kannel.centre.submits, strict=True)
    )
    assert read == text
    assert {submit.esm_class for submit in kannel.centre.submits} == {0x43}
    await until(lambda: bool(kannel.web.asked), timeout_s=WAIT_S)
    assert kannel.web.asked[0][1]["state"] == "1"


@pytest.mark.parametrize(("text", "coding"), [("退订", 8), ("TD {1}", 0)])
async def test_a_text_from_a_phone_reaches_the_customer(kannel: Gateway, text: str, coding: int) -> None:
    (connection,) = kannel.server.connections
    content = encode_text_parts(text, 0, wire=Wire.SMPP, coding=Coding.AUTO)
    assert content.fmt == coding
    uplink = DeliverSm(
        source_addr_ton=1,
        source_addr_npi=1,
        source_addr=PHONE,
        destination_addr="10690001",
        data_coding=coding,
        short_message=content.contents[0],
    )
    seq = connection.deliver(uplink)
    await until(lambda: bool(kannel.web.asked), timeout_s=WAIT_S)
    ((path, asked),) = kannel.web.asked
    assert path == "/uplink"
    assert (asked["from"], asked["to"]) == (f"+{PHONE}", "10690001")
    assert asked["text"].encode("latin-1").decode("utf-16-be" if coding == 8 else "utf-8") == text
    await until(lambda: kannel.centre.answered == [DeliverAnswered(seq, 0)], timeout_s=WAIT_S)


async def test_a_refusal_without_a_body_reaches_the_customer(kannel: Gateway) -> None:
    kannel.centre.refusals = [ESME_RINVDSTADR]
    await kannel.send(text="never", **{"dlr-mask": "31", "dlr-url": kannel.receipt_url("never")})
    await until(lambda: bool(kannel.web.asked), timeout_s=WAIT_S)
    ((path, asked),) = kannel.web.asked
    assert (path, asked["state"]) == ("/receipt", "16")
    assert asked["text"] == "NACK/0x0000000b/Invalid Destination Address"
