"""Client and server over a real loopback socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from telcowire.asyncio.client import connect
from telcowire.asyncio.cmpp import CmppConnection, CmppServer, CmppServerConnection, connect_cmpp, serve_cmpp
from telcowire.cmpp.events import (
    CancelAnswered,
    CancelReceived,
    DeliverAnswered,
    MoReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
)
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount
from telcowire.cmpp.pdus import Deliver, DeliverResp, Query, QueryResp, Submit
from telcowire.cmpp.reports import Report
from telcowire.errors import LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.session import Closed, Limits, Opened

SUBMIT = Submit(dest_terminal_ids=("13800000000",), msg_content=b"\x4e\x2d", src_id="1069")
REPORT = Report(77, "DELIVRD", "2611220000", "2611220001", "13800000000")
WAIT_S = 10


class Side:
    """Remembers events with their connections, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.connections: list[Any] = []
        self._news = asyncio.Event()

    def __call__(self, connection: Any, events: list[Any]) -> None:
        self.events.extend(events)
        self.connections.extend([connection] * len(events))
        self._news.set()

    async def get(self, kind: type, count: int = 1) -> Any:
        async with asyncio.timeout(WAIT_S):
            while len(found := [event for event in self.events if isinstance(event, kind)]) < count:
                self._news.clear()
                await self._news.wait()
        return found[0] if count == 1 else found

    def connection_of(self, kind: type) -> Any:
        return next(pair[0] for pair in zip(self.connections, self.events, strict=True) if isinstance(pair[1], kind))


def find_account(source_addr: str) -> CmppServerAccount | None:
    return CmppServerAccount("901234", "shared") if source_addr == "901234" else None


class Gateway:
    """A server with its memory."""

    def __init__(self, server: CmppServer, side: Side) -> None:
        self.server = server
        self.side = side

    async def connect(self, side: Callable[..., None], **options: Any) -> CmppConnection:
        account = CmppAccount(**{"source_addr": "901234", "secret": "shared", **options})
        return await connect_cmpp("127.0.0.1", self.server.port, account, side)

    async def accepted(self) -> CmppServerConnection:
        await self.side.get(Opened)
        connection: CmppServerConnection = self.side.connection_of(Opened)
        return connection


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    side = Side()
    server = await serve_cmpp("127.0.0.1", 0, find_account, side)
    yield Gateway(server, side)
    await server.close()


@asynccontextmanager
async def stranger(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """A listener that is no gateway; gives its port, and waits for its visits to end."""
    visits: set[asyncio.Event] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over = asyncio.Event()
        visits.add(over)
        await talk(reader, writer)
        writer.close()
        await writer.wait_closed()
        over.set()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    async with asyncio.timeout(WAIT_S):
        for over in visits:
            await over.wait()


@pytest.mark.parametrize("version", [0x20, 0x30])
async def test_a_message_and_its_report(gateway: Gateway, version: int) -> None:
    side = Side()
    client = await gateway.connect(side, version=version)
    assert client.account == "901234"
    assert client.is_open
    seq = client.submit(SUBMIT)
    received = await gateway.side.get(SubmitReceived)
    assert received == SubmitReceived(seq, SUBMIT)
    served = await gateway.accepted()
    assert served.version == version
    assert served.peer.startswith("127.0.0.1:")
    served.answer_submit(seq, 77)
    assert await side.get(SubmitAnswered) == SubmitAnswered(seq, 77, 0)
    deliver_seq = served.deliver_report(REPORT, deliver_msg_id=5, src_id="1069", record_version=0x50 - version)
    assert await side.get(ReportReceived) == ReportReceived(deliver_seq, 5, REPORT)
    client.answer(deliver_seq, 5)
    assert await gateway.side.get(DeliverAnswered) == DeliverAnswered(deliver_seq, 5, 0)
    await client.terminate(WAIT_S)
    assert side.events[-1] == Closed("terminated")
    assert await gateway.side.get(Closed) == Closed("terminated by the peer")
    assert gateway.server.connections == []


async def test_uplinks_queries_and_cancels(gateway: Gateway) -> None:
    side = Side()
    client = await gateway.connect(side)
    served = await gateway.accepted()
    uplink = Deliver(msg_id=3, dest_id="1069", src_terminal_id="13800000000", msg_content=b"\x4e\x2d")
    seq = served.deliver(uplink)
    assert await side.get(MoReceived) == MoReceived(seq, uplink)
    query, answer = Query("20261122", 0), QueryResp("20261122", 0, "", *range(8))
    asked = client.query(query)
    assert await gateway.side.get(QueryReceived) == QueryReceived(asked, query)
    served.answer_query(asked, answer)
    assert await side.get(QueryAnswered) == QueryAnswered(asked, answer)
    asked = client.cancel(77)
    assert (await gateway.side.get(CancelReceived)).cancel.msg_id == 77
    served.answer_cancel(asked, 0)
    assert await side.get(CancelAnswered) == CancelAnswered(asked, 0)
    await client.terminate(WAIT_S)


async def test_a_window_full_of_submits_leaves_in_one_go(gateway: Gateway) -> None:
    client = await gateway.connect(Side(), window_pdus=64)
    assert client.window_free == 64
    seqs = client.submit_many([SUBMIT] * 64)
    assert client.window_free == 0
    with pytest.raises(LocalProtocolError):
        client.submit(SUBMIT)
    received = await gateway.side.get(SubmitReceived, 64)
    assert [event.seq for event in received] == seqs
    client.abort()
    assert (await gateway.side.get(Closed)).reason == "connection lost"


@pytest.mark.parametrize(
    ("options", "status"),
    [({"source_addr": "999999"}, 2), ({"secret": "other"}, 3)],
    ids=["address", "secret"],
)
async def test_a_refused_login_raises_and_tells_nobody(gateway: Gateway, options: dict[str, str], status: int) -> None:
    side = Side()
    with pytest.raises(LoginRefusedError) as refused:
        await gateway.connect(side, **options)
    assert refused.value.status == status
    assert side.events == []
    assert gateway.side.events == []


async def test_nobody_listens() -> None:
    server = await serve_cmpp("127.0.0.1", 0, find_account, Side())
    port = server.port
    await server.close()
    assert server.port == 0
    with pytest.raises(OSError, match=str(port)):
        await connect_cmpp("127.0.0.1", port, CmppAccount("901234", "shared"), Side())


async def test_an_account_that_cannot_be_written_is_our_mistake(gateway: Gateway) -> None:
    with pytest.raises(LocalProtocolError):
        await gateway.connect(Side(), source_addr="too long")
    with pytest.raises(LocalProtocolError):
        await gateway.connect(Side(), version=0x99)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(b"", "connection lost"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "a PDU of")],
    ids=["hangs up", "another protocol"],
)
async def test_a_server_that_is_no_gateway(answer: bytes, reason: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(answer)

    async with stranger(talk) as port:
        with pytest.raises(RemoteProtocolError, match=reason):
            await connect_cmpp("127.0.0.1", port, CmppAccount("901234", "shared"), Side())


async def test_a_gateway_that_says_nothing() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with stranger(talk) as port:
        with pytest.raises(RemoteProtocolError, match="login not answered in time"):
            await connect_cmpp("127.0.0.1", port, CmppAccount("901234", "shared"), Side(), login_timeout_s=0.05)


async def test_a_caller_that_gives_up_leaves_no_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        login.cancel()
        with suppress(ConnectionResetError):
            assert await reader.read() == b""

    async with stranger(talk) as port:
        side = Side()
        login = asyncio.ensure_future(connect_cmpp("127.0.0.1", port, CmppAccount("901234", "shared"), side))
        with pytest.raises(asyncio.CancelledError):
            await login
        assert side.events == []


async def test_timeouts_and_link_tests_run_on_the_loops_clock(gateway: Gateway) -> None:
    side = Side()
    client = await gateway.connect(side, heartbeat_s=0.02, response_timeout_s=0.05)
    seq = client.submit(SUBMIT)
    assert await side.get(SubmitTimedOut) == SubmitTimedOut(seq)
    assert client.is_open, "the gateway answers link tests"
    await client.terminate(WAIT_S)


async def test_a_gateway_that_died_is_noticed_by_its_silence() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(bytes.fromhex("0000001e8000000100000001") + bytes(17) + b"\x20")
        await reader.read()

    side = Side()
    account = CmppAccount(
        "901234", "shared", 0x20, heartbeat_s=0.01, response_timeout_s=0.01, check_server_digest=False
    )
    async with stranger(talk) as port:
        client = await connect_cmpp("127.0.0.1", port, account, side)
        closed = await side.get(Closed)
        assert closed.reason == "the peer is silent: 3 keep-alives without an answer"
        assert client.closed == closed
        await asyncio.wait_for(client.wait_closed(), WAIT_S)
        await client.terminate(1)


async def test_terminating_during_the_login_just_closes() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionResetError):
            await reader.read()

    connection = CmppConnection(CmppAccount("901234", "shared"), Side(), 10.0)
    async with stranger(talk) as port:
        await asyncio.get_running_loop().create_connection(lambda: connection, "127.0.0.1", port)
        await connection.terminate(WAIT_S)
        with pytest.raises(RemoteProtocolError, match="aborted"):
            await connection.login


async def test_an_application_that_fails_ends_its_connection_loudly(gateway: Gateway) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(str(context["exception"])))

    def fail(connection: CmppConnection, events: list[Any]) -> None:
        if SubmitAnswered in map(type, events):
            raise RuntimeError("the application failed")

    client = await gateway.connect(fail)
    seq = client.submit(SUBMIT)
    await gateway.side.get(SubmitReceived)
    (await gateway.accepted()).answer_submit(seq, 1)
    await asyncio.wait_for(client.wait_closed(), WAIT_S)
    assert told == ["the application failed"]
    assert client.closed is not None


async def test_an_application_that_fails_on_a_timeout_does_not_stop_the_clock(gateway: Gateway) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(str(context["exception"])))
    timeouts = Side()

    def fail(connection: CmppConnection, events: list[Any]) -> None:
        timeouts(connection, events)
        if SubmitTimedOut in map(type, events):
            raise RuntimeError("the application failed")

    client = await gateway.connect(fail, response_timeout_s=0.02)
    client.submit(SUBMIT)
    await timeouts.get(SubmitTimedOut)
    client.submit(SUBMIT)
    await timeouts.get(SubmitTimedOut, 2)
    assert told == ["the application failed"] * 2
    await client.terminate(WAIT_S)


async def test_closing_the_server_terminates_its_clients(gateway: Gateway) -> None:
    side = Side()
    client = await gateway.connect(side)
    await gateway.accepted()
    await gateway.server.close(WAIT_S)
    assert await side.get(Closed) == Closed("terminated by the peer")
    assert not client.is_open
    assert client.window_free == 0
    with pytest.raises(LocalProtocolError):
        client.submit(SUBMIT)


async def test_connections_beyond_the_limit_are_dropped() -> None:
    side = Side()
    server = await serve_cmpp("127.0.0.1", 0, find_account, side, max_connections=1)
    gateway = Gateway(server, side)
    client = await gateway.connect(Side())
    with pytest.raises(RemoteProtocolError, match="connection lost"):
        await gateway.connect(Side())
    assert client.is_open
    await client.terminate(WAIT_S)
    await server.close()


async def test_a_visitor_that_never_logs_in_is_shown_out() -> None:
    side = Side()
    server = await serve_cmpp("127.0.0.1", 0, find_account, side, limits=Limits(login_timeout_s=0.05))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert await asyncio.wait_for(reader.read(), WAIT_S) == b""
    assert side.events == []
    writer.close()
    await server.close()


async def test_a_client_that_does_not_read_is_not_read_from(gateway: Gateway) -> None:
    """Answers must not pile up in memory for a peer that only writes."""
    client = await gateway.connect(Side())
    served = await gateway.accepted()
    served.pause_writing()
    client.submit(SUBMIT)
    served.deliver(Deliver(msg_content=b"\x4e\x2d"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await gateway.side.get(SubmitReceived)
    served.resume_writing()
    await gateway.side.get(SubmitReceived)
    client.abort()
    await gateway.side.get(Closed)
    served.resume_writing()


async def test_a_flood_of_unanswered_requests_pauses_reading(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CmppServerConnection, "MAX_UNANSWERED_IN", 4)
    side = Side()
    client = await gateway.connect(side, window_pdus=100)
    first = client.submit_many([SUBMIT] * 5)
    await gateway.side.get(SubmitReceived, 5)
    served = await gateway.accepted()
    client.submit(SUBMIT)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await gateway.side.get(SubmitReceived, 6)
    for seq in first:
        served.answer_submit(seq, 1)
    assert len(await gateway.side.get(SubmitReceived, 6)) == 6
    await side.get(SubmitAnswered, 5)
    client.abort()


async def test_a_flavour_is_all_that_a_connection_needs(gateway: Gateway) -> None:
    side = Side()
    flavour = CmppClientFlavour(CmppAccount("901234", "shared"), 301000000)
    client = await connect("127.0.0.1", gateway.server.port, flavour, Limits(window_pdus=2), side)
    assert client.account == "901234"
    (seq,) = client.request_many(flavour.requests.submit, [SUBMIT])
    assert await gateway.side.get(SubmitReceived) == SubmitReceived(seq, SUBMIT)
    deliver_seq = (await gateway.accepted()).deliver(Deliver(msg_id=3, msg_content=b"\x4e\x2d"))
    await side.get(MoReceived)
    client.send_answer(flavour.codecs.deliver_resp, DeliverResp(3, 0), deliver_seq)
    assert await gateway.side.get(DeliverAnswered) == DeliverAnswered(deliver_seq, 3, 0)
    client.set_window(1)
    assert client.window_free == 0
    await client.terminate(WAIT_S)
