"""SMPP's client and server over a real loopback socket, plain and over TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from telcowire.asyncio.smpp import SmppConnection, SmppServer, SmppServerConnection, connect_smpp, serve_smpp
from telcowire.errors import LocalProtocolError, LoginRefusedError
from telcowire.session import Closed, Opened
from telcowire.smpp.events import (
    CancelAnswered,
    CancelReceived,
    DataReceived,
    DeliverAnswered,
    MoReceived,
    MultiReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    SmppServingEvent,
    SubmitAnswered,
    SubmitReceived,
)
from telcowire.smpp.fields import Failure
from telcowire.smpp.flavour import BindMode, SmppAccount, SmppServerAccount
from telcowire.smpp.pdus import (
    SMPP34,
    CancelSm,
    DataSm,
    DeliverSm,
    MessageResp,
    QuerySm,
    QuerySmResp,
    SubmitMulti,
    SubmitSm,
)
from telcowire.smpp.reports import Report

WAIT_S = 10
SUBMIT = SubmitSm(source_addr="10690001", destination_addr="8613800000000", registered_delivery=1, short_message=b"hi")
REPORT = Report(
    "m-1", "m-1", "DELIVRD", "2611220000", "2611220001", "8613800000000", "10690001", "000", "001", "001", "hi"
)


class Side:
    """Remembers events, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.connections: list[Any] = []
        self._news = asyncio.Event()

    def __call__(self, connection: Any, events: list[Any]) -> None:
        self.events += events
        self.connections += [connection] * len(events)
        self._news.set()

    async def get(self, kind: type) -> Any:
        async with asyncio.timeout(WAIT_S):
            while not (found := [event for event in self.events if isinstance(event, kind)]):
                self._news.clear()
                await self._news.wait()
        return found[0]

    async def connection_of(self, kind: type) -> Any:
        event = await self.get(kind)
        return self.connections[self.events.index(event)]


def find(system_id: str) -> SmppServerAccount | None:
    return SmppServerAccount("esme", "secret") if system_id == "esme" else None


@dataclass
class Centre:
    """A server with its memory."""

    server: SmppServer
    side: Side

    async def connect(self, side: Any, mode: BindMode = BindMode.TRANSCEIVER, **options: Any) -> SmppConnection:
        account = SmppAccount(**{"system_id": "esme", "password": "secret", "mode": mode, **options})
        return await connect_smpp("127.0.0.1", self.server.port, account, side)


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    side = Side()
    server = await serve_smpp("127.0.0.1", 0, find, side)
    yield Centre(server, side)
    await server.close()


async def test_a_message_and_its_receipt(centre: Centre) -> None:
    side = Side()
    client = await centre.connect(side)
    assert (client.account, client.is_open, client.peer_version) == ("esme", True, 0x34)
    seq = client.submit(SUBMIT)
    assert await centre.side.get(SubmitReceived) == SubmitReceived(seq, SUBMIT)
    served: SmppServerConnection = await centre.side.connection_of(Opened)
    assert (served.mode, served.peer_version) == (BindMode.TRANSCEIVER, 0x34)
    served.answer_submit(seq, "m-1")
    assert await side.get(SubmitAnswered) == SubmitAnswered(seq, "m-1", 0)
    report_seq = served.deliver_report(REPORT)
    received = await side.get(ReportReceived)
    assert received == ReportReceived(report_seq, REPORT)
    client.answer(received.seq)
    assert await centre.side.get(DeliverAnswered) == DeliverAnswered(report_seq, 0)
    await client.terminate(WAIT_S)
    assert isinstance(side.events[-1], Closed)
    assert side.events[-1].error is None


async def test_a_receipt_for_an_older_client_has_no_tlvs(centre: Centre) -> None:
    side = Side()
    client = await centre.connect(side, interface_version=0x33)
    assert client.peer_version is None
    served: SmppServerConnection = await centre.side.connection_of(Opened)
    served.deliver_report(REPORT)
    received = await side.get(ReportReceived)
    assert received.report == REPORT._replace(tlv_id="")


async def test_a_pair_of_connections(centre: Centre) -> None:
    sending, receiving = Side(), Side()
    transmitter = await centre.connect(sending, BindMode.TRANSMITTER)
    receiver = await centre.connect(receiving, BindMode.RECEIVER)
    seq = transmitter.submit(SUBMIT)
    await centre.side.get(SubmitReceived)
    by_mode = {connection.mode: connection for connection in centre.server.connections}
    by_mode[BindMode.TRANSMITTER].answer_submit(seq, "m-1")
    with pytest.raises(LocalProtocolError, match="transmitter"):
        by_mode[BindMode.TRANSMITTER].deliver_report(REPORT)
    by_mode[BindMode.RECEIVER].deliver_report(REPORT)
    assert (await receiving.get(ReportReceived)).report == REPORT
    assert await sending.get(SubmitAnswered) == SubmitAnswered(seq, "m-1", 0)
    with pytest.raises(LocalProtocolError, match="receiver"):
        receiver.submit(SUBMIT)


async def test_a_throttled_submit_has_no_body(centre: Centre) -> None:
    side = Side()
    client = await centre.connect(side)
    seq = client.submit(SUBMIT)
    await centre.side.get(SubmitReceived)
    (await centre.side.connection_of(Opened)).answer_submit(seq, "", 0x58)
    assert await side.get(SubmitAnswered) == SubmitAnswered(seq, "", 0x58)


async def test_queries_cancels_and_texts(centre: Centre) -> None:
    side = Side()
    client = await centre.connect(side)
    served: SmppServerConnection = await centre.side.connection_of(Opened)
    asked, cancelled = client.query(QuerySm(message_id="m-1")), client.cancel(CancelSm(message_id="m-1"))
    await centre.side.get(CancelReceived)
    assert await centre.side.get(QueryReceived) == QueryReceived(asked, QuerySm(message_id="m-1"))
    served.answer_query(asked, QuerySmResp(0, "m-1", "", 2))
    served.answer_cancel(cancelled, 0x11)
    assert await side.get(QueryAnswered) == QueryAnswered(asked, QuerySmResp(0, "m-1", "", 2))
    assert await side.get(CancelAnswered) == CancelAnswered(cancelled, 0x11)
    text = DeliverSm(source_addr="8613800000000", destination_addr="10690001", short_message=b"TD")
    seq = served.deliver(text)
    assert await side.get(MoReceived) == MoReceived(seq, text)
    client.answer(seq, 0x64)
    assert await centre.side.get(DeliverAnswered) == DeliverAnswered(seq, 0x64)


async def test_clients_that_use_data_sm_and_submit_multi(centre: Centre) -> None:
    """Written by hand: our own client sends neither."""
    reader, writer = await asyncio.open_connection("127.0.0.1", centre.server.port)
    bind = SMPP34.bind_transceiver
    writer.write(bind.encode(bind._kind(0, "esme", "secret"), 1))
    writer.write(SMPP34.data_sm.encode(DataSm(destination_addr="1"), 2))
    writer.write(SMPP34.submit_multi.encode(SubmitMulti(), 3))
    served: SmppServerConnection = await centre.side.connection_of(Opened)
    await centre.side.get(MultiReceived)
    assert await centre.side.get(DataReceived) == DataReceived(2, DataSm(destination_addr="1"))
    served.answer_data(2, "d-1")
    served.answer_multi(3, "d-2", (Failure(1, 1, "2", 0x0B),))
    answers = [
        SMPP34.data_sm_resp.encode(MessageResp(0, "d-1"), 2),
        SMPP34.submit_multi_resp.encode(SMPP34.submit_multi_resp._kind(0, "d-2", (Failure(1, 1, "2", 0x0B),)), 3),
    ]
    async with asyncio.timeout(WAIT_S):
        await reader.readuntil(answers[0])
        assert await reader.readexactly(len(answers[1])) == answers[1]
    writer.close()


async def test_an_uplink_by_data_sm_is_answered_as_such() -> None:
    """A carrier written by hand: our own server sends deliver_sm only."""
    bind_resp, answered = SMPP34.bind_transceiver_resp, asyncio.get_running_loop().create_future()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
        writer.write(bind_resp.encode(bind_resp._kind(0, "centre"), 1) + SMPP34.data_sm.encode(DataSm(), 9))
        answered.set_result(await reader.readexactly(17))
        writer.close()

    listener = await asyncio.start_server(visit, "127.0.0.1", 0)

    def on_event(connection: SmppConnection, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, MoReceived):
                connection.answer(event.seq, is_data=event.is_data)

    port = listener.sockets[0].getsockname()[1]
    client = await connect_smpp("127.0.0.1", port, SmppAccount("esme", "secret"), on_event)
    async with asyncio.timeout(WAIT_S):
        assert await answered == SMPP34.data_sm_resp.encode(MessageResp(), 9)
        await client.wait_closed()
    listener.close()


async def test_a_wrong_password_is_refused(centre: Centre) -> None:
    side = Side()
    with pytest.raises(LoginRefusedError, match=r"bad password \(0x0e\)") as refused:
        await centre.connect(side, password="wrong")
    assert refused.value.status == 0x0E
    assert side.events == []


async def test_an_account_that_cannot_be_written_calls_nobody(centre: Centre) -> None:
    with pytest.raises(LocalProtocolError, match="password"):
        await centre.connect(Side(), password="123456789")
    assert centre.server.connections == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "carrier.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "carrier.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


async def test_both_sides_speak_tls(certificate: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))

    def on_serving(connection: SmppServerConnection, events: list[SmppServingEvent]) -> None:
        for event in events:
            if isinstance(event, SubmitReceived):
                connection.answer_submit(event.seq, "m-1")
                connection.deliver_report(REPORT)

    server = await serve_smpp("127.0.0.1", 0, find, on_serving, tls=serving)
    side = Side()
    account = SmppAccount("esme", "secret")
    client = await connect_smpp("127.0.0.1", server.port, account, side, tls=trusting)
    seq = client.submit(SUBMIT)
    assert await side.get(SubmitAnswered) == SubmitAnswered(seq, "m-1", 0)
    assert (await side.get(ReportReceived)).report == REPORT
    await client.terminate(WAIT_S)
    with pytest.raises(ssl.SSLError):
        await connect_smpp("127.0.0.1", server.port, account, side, tls=ssl.create_default_context())
    await server.close()
