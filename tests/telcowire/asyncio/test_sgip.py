"""SGIP over real loopback sockets: an SP and its SMG, each with a listener and a connection of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from telcowire.asyncio.sgip import (
    SERVER_LIMITS,
    SgipConnection,
    SgipServer,
    SgipServerConnection,
    connect_sgip,
    make_sequence,
    serve_sgip,
)
from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError
from telcowire.session import Closed, Opened
from telcowire.sgip.events import (
    DeliverAnswered,
    MoReceived,
    ReportAnswered,
    ReportReceived,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
    TraceAnswered,
    TraceReceived,
    UserRptAnswered,
    UserRptReceived,
)
from telcowire.sgip.flavour import SgipAccount, SgipServerAccount
from telcowire.sgip.pdus import LOGIN_SMG, LOGIN_SP, Deliver, Report, Submit, Trace, TraceResp, UserRpt
from telcowire.sgip.sequences import unpack_sequence

NODE, SMG_NODE = 3010099999, 101000
SUBMIT = Submit(sp_number="1069", user_numbers=("8613000000000",), message_content=b"\x4e\x2d")
WAIT_S = 10


class Side:
    """Remembers events with their connections, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, Any]] = []
        self._news = asyncio.Event()

    def __call__(self, connection: Any, events: list[Any]) -> None:
        self.events.extend((connection, event) for event in events)
        self._news.set()

    def stranger(self, connection: Any, closed: Closed) -> None:
        self(connection, [closed])

    async def get(self, kind: type, count: int = 1) -> list[tuple[Any, Any]]:
        async with asyncio.timeout(WAIT_S):
            while len(found := [pair for pair in self.events if isinstance(pair[1], kind)]) < count:
                self._news.clear()
                await self._news.wait()
        return found

    async def first(self, kind: type) -> Any:
        return (await self.get(kind))[0][1]


async def serve(side: Side, login_type: int, node: int, **options: Any) -> SgipServer:
    account = SgipServerAccount("sp", "pw", login_type)
    return await serve_sgip(
        "127.0.0.1", 0, lambda name: account if name == "sp" else None, make_sequence(node), side, **options
    )


@pytest.fixture
async def smg() -> AsyncIterator[tuple[SgipServer, Side]]:
    side = Side()
    server = await serve(side, LOGIN_SP, SMG_NODE)
    yield server, side
    await server.close()


async def test_a_message_goes_out_on_one_connection_and_its_report_comes_in_on_another() -> None:
    at_smg, at_sp, from_sp, from_smg = Side(), Side(), Side(), Side()
    smg = await serve(at_smg, LOGIN_SP, SMG_NODE)
    listener = await serve(at_sp, LOGIN_SMG, NODE, shares_port=True)
    sp = await connect_sgip("127.0.0.1", smg.port, SgipAccount("sp", "pw"), make_sequence(NODE), from_sp)
    seq = sp.submit(SUBMIT)
    ((asked, submitted),) = await at_smg.get(SubmitReceived)
    assert submitted == SubmitReceived(seq, SUBMIT)
    asked.answer_submit(seq)
    assert await from_sp.first(SubmitAnswered) == SubmitAnswered(seq, 0)

    account = SgipAccount("sp", "pw", LOGIN_SMG)
    caller = await connect_sgip("127.0.0.1", listener.port, account, make_sequence(SMG_NODE), from_smg)
    report = Report(seq, 0, "8613000000000", 2, 27)
    text = Deliver("8613000000000", "1069", message_content=b"\x4e\x2d")
    seqs = caller.deliver_many([report, text, text])
    ((listening, reported),) = await at_sp.get(ReportReceived)
    assert reported == ReportReceived(seqs[0], report)
    assert unpack_sequence(reported.report.submit_seq).node == NODE
    listening.answer_report(seqs[0])
    for _, event in await at_sp.get(MoReceived, 2):
        listening.answer_deliver(event.seq)
    assert await from_smg.first(ReportAnswered) == ReportAnswered(seqs[0], 0)
    assert [event for _, event in await from_smg.get(DeliverAnswered, 2)] == [
        DeliverAnswered(seqs[1], 0),
        DeliverAnswered(seqs[2], 0),
    ]
    assert caller.deliver(text) != caller.deliver_report(report)
    await sp.terminate(WAIT_S)
    await caller.terminate(WAIT_S)
    assert await from_smg.first(Closed) == Closed(
        "terminated", tuple(caller.closed.unanswered if caller.closed else ())
    )
    await listener.close()
    await smg.close()


async def test_changes_and_traces_are_answered_without_the_application() -> None:
    at_sp, from_smg = Side(), Side()
    listener = await serve(at_sp, LOGIN_SMG, NODE)
    account = SgipAccount("sp", "pw", LOGIN_SMG)
    caller = await connect_sgip("127.0.0.1", listener.port, account, make_sequence(SMG_NODE), from_smg)
    change, trace = UserRpt("1069", "8613000000000", 0), Trace(7, "8613000000000")
    told, asked = caller.tell_user_condition(change), caller.trace(trace)
    assert await from_smg.first(UserRptAnswered) == UserRptAnswered(told, 0)
    assert await from_smg.first(TraceAnswered) == TraceAnswered(asked, TraceResp())
    assert await at_sp.first(UserRptReceived) == UserRptReceived(told, change)
    assert await at_sp.first(TraceReceived) == TraceReceived(asked, trace)
    ((listening, _),) = await at_sp.get(Opened)
    assert listening.session.owed == 0
    await caller.terminate(WAIT_S)
    await listener.close()


async def test_two_connections_of_one_account_never_use_the_same_sequence(smg: tuple[SgipServer, Side]) -> None:
    server, side = smg
    sequence, account = make_sequence(NODE), SgipAccount("sp", "pw")
    first, second = [await connect_sgip("127.0.0.1", server.port, account, sequence, Side()) for _ in range(2)]
    sent = []
    for _ in range(8):
        sent += first.submit_many([SUBMIT] * 2) + second.submit_many([SUBMIT] * 2)
    received = [event.seq for _, event in await side.get(SubmitReceived, 32)]
    assert sorted(received) == sorted(sent)
    assert len(set(sent)) == 32
    first.abort()
    second.abort()


async def test_the_window_is_32_and_changes_at_once(smg: tuple[SgipServer, Side]) -> None:
    connection = await connect(smg[0])
    assert connection.window_free == 32
    connection.set_window(2)
    connection.submit_many([SUBMIT] * 2)
    with pytest.raises(LocalProtocolError, match="room for 0"):
        connection.submit(SUBMIT)
    with pytest.raises(LocalProtocolError, match="room for 0"):
        connection.deliver_many([Report(1, 0, "1", 0)])
    connection.set_window(5)
    assert connection.window_free == 3
    connection.set_window(1)
    assert connection.window_free == 0
    with pytest.raises(LocalProtocolError, match="window of 0"):
        connection.set_window(0)
    assert SERVER_LIMITS.window_pdus == 32
    connection.abort()


async def connect(server: SgipServer, side: Side | None = None, **options: Any) -> SgipConnection:
    account = SgipAccount(**{"login_name": "sp", "password": "pw", **options})
    return await connect_sgip("127.0.0.1", server.port, account, make_sequence(NODE), side or Side())


async def test_an_unused_connection_unbinds_and_the_smg_hears_it(smg: tuple[SgipServer, Side]) -> None:
    server, side = smg
    mine = Side()
    connection = await connect(server, mine, idle_s=0.05)
    assert await side.first(Closed) == Closed("terminated by the peer")
    assert await mine.first(Closed) == Closed("terminated")
    await asyncio.wait_for(connection.wait_closed(), WAIT_S)


async def test_the_server_hangs_up_on_who_says_nothing() -> None:
    side = Side()
    server = await serve(Side(), LOGIN_SP, SMG_NODE, limits=SERVER_LIMITS._replace(idle_s=0.05))
    connection = await connect(server, side)
    assert await side.first(Closed) == Closed("terminated by the peer")
    await asyncio.wait_for(connection.wait_closed(), WAIT_S)
    await server.close()


async def test_a_submit_without_an_answer_is_resent_once_and_then_given_up(smg: tuple[SgipServer, Side]) -> None:
    server, side = smg
    mine = Side()
    connection = await connect(server, mine, response_timeout_s=0.05, submit_tries=2)
    seq = connection.submit(SUBMIT)
    assert await mine.first(SubmitTimedOut) == SubmitTimedOut(seq)
    assert [event.seq for _, event in await side.get(SubmitReceived)] == [seq], "the repetition was dropped"
    connection.abort()


async def test_an_smg_that_hangs_is_left_though_it_reads_nothing() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bind = await reader.readexactly(61)
        writer.write(bytes.fromhex("0000001d80000001") + bind[8:20] + bytes(9))
        await gone.wait()
        writer.close()

    gone, mine = asyncio.Event(), Side()
    listener = await asyncio.start_server(hang, "127.0.0.1", 0, limit=1024)
    account = SgipAccount("sp", "pw", window_pdus=32, response_timeout_s=0.3)
    port = listener.sockets[0].getsockname()[1]
    connection = await connect_sgip("127.0.0.1", port, account, make_sequence(NODE), mine)
    held = connection._transport.get_extra_info("socket")
    assert held.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    # what was said and never read must not hold up the end
    connection._transport.write(bytes(8_000_000))
    seqs = connection.submit_many([SUBMIT] * 32)
    closed = await mine.first(Closed)
    assert closed.error.kind is Breach.SILENT
    assert sorted(event.seq for _, event in await mine.get(SubmitTimedOut, 32)) == sorted(seqs)
    async with asyncio.timeout(WAIT_S):
        await connection.wait_closed()
    gone.set()
    listener.close()
    await listener.wait_closed()


async def test_strangers_are_told_to_who_asks() -> None:
    side, strangers = Side(), Side()
    server = await serve(side, LOGIN_SP, SMG_NODE, on_stranger=strangers.stranger)
    with pytest.raises(LoginRefusedError) as refused:
        await connect(server, password="other")
    assert refused.value.status == 1
    ((connection, closed),) = await strangers.get(Closed)
    assert isinstance(connection, SgipServerConnection)
    assert closed.error.kind is Breach.WRONG_DIGEST
    assert side.events == []
    await server.close()


async def test_two_listeners_share_a_port() -> None:
    one = await serve(Side(), LOGIN_SMG, NODE, shares_port=True)
    side = Side()
    account = SgipServerAccount("sp", "pw", LOGIN_SMG)
    other = await serve_sgip("127.0.0.1", one.port, lambda _name: account, make_sequence(NODE), side, shares_port=True)
    with pytest.raises(OSError, match="ddress already in use"):
        await serve_sgip("127.0.0.1", one.port, lambda _name: account, make_sequence(NODE), side)
    await one.close()
    connection = await connect(other, login_type=LOGIN_SMG)
    assert connection.is_open
    await connection.terminate(WAIT_S)
    await other.close()
