"""SMGP's client and server over a real loopback socket; what all protocols share is in `test_client_server`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from telcowire.asyncio.smgp import SmgpConnection, SmgpServer, connect_smgp, serve_smgp
from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError
from telcowire.session import Closed, Opened
from telcowire.smgp.events import (
    DeliverAnswered,
    MoReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    SubmitAnswered,
    SubmitReceived,
)
from telcowire.smgp.flavour import RECEIVES, SENDS, SmgpAccount, SmgpServerAccount
from telcowire.smgp.options import Options
from telcowire.smgp.pdus import Deliver, Query, QueryResp, Submit
from telcowire.smgp.reports import FIELD_LABELS, Labels, Report

SUBMIT = Submit(
    dest_term_ids=("13300000000",),
    msg_content=b"\x05\x00\x03\x01\x02\x01\x4e\x2d",
    src_term_id="10690001",
    options=Options(tp_udhi=1, pk_total=2, pk_number=1, msg_src="901234", m_service_id="P1"),
)
MSG_ID = bytes.fromhex("01006101161700002020")
REPORT = Report(MSG_ID, "DELIVRD", "000", "2611220000", "2611220001", text=bytes(20))
WAIT_S = 10


class Side:
    """Remembers events with their connections, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, Any]] = []
        self._news = asyncio.Event()

    def __call__(self, connection: Any, events: list[Any]) -> None:
        self.events.extend((connection, event) for event in events)
        self._news.set()

    async def get(self, kind: type, count: int = 1) -> list[tuple[Any, Any]]:
        async with asyncio.timeout(WAIT_S):
            while len(found := [pair for pair in self.events if isinstance(pair[1], kind)]) < count:
                self._news.clear()
                await self._news.wait()
        return found


class Gateway:
    """A server with its memory."""

    def __init__(self, server: SmgpServer, side: Side) -> None:
        self.server = server
        self.side = side

    async def connect(self, side: Side, **options: Any) -> SmgpConnection:
        account = SmgpAccount(**{"client_id": "12345678", "secret": "shared", **options})
        return await connect_smgp("127.0.0.1", self.server.port, account, side)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    side = Side()
    account = SmgpServerAccount("12345678", "shared")
    server = await serve_smgp(
        "127.0.0.1", 0, lambda client_id: account if client_id == account.client_id else None, side
    )
    yield Gateway(server, side)
    await server.close()


@pytest.mark.parametrize("labels", FIELD_LABELS)
@pytest.mark.parametrize("version", [0x13, 0x30])
async def test_a_message_and_its_report(gateway: Gateway, version: int, labels: Labels) -> None:
    side = Side()
    client = await gateway.connect(side, version=version)
    seq = client.submit(SUBMIT)
    ((served, received),) = await gateway.side.get(SubmitReceived)
    assert received == SubmitReceived(seq, SUBMIT)
    assert (served.version, served.login_mode, client.login_mode) == (version, 2, 2)
    served.answer_submit(seq, MSG_ID)
    assert await side.get(SubmitAnswered) == [(client, SubmitAnswered(seq, MSG_ID, 0))]
    deliver_seq = served.deliver_report(
        REPORT, deliver_msg_id=b"d" * 10, phone="13300000000", src_term_id="10690001", labels=labels
    )
    due = REPORT if labels.text is not None else REPORT._replace(text=b"")
    assert await side.get(ReportReceived) == [(client, ReportReceived(deliver_seq, b"d" * 10, due, "13300000000"))]
    client.answer(deliver_seq, b"d" * 10)
    assert (await gateway.side.get(DeliverAnswered))[0][1] == DeliverAnswered(deliver_seq, b"d" * 10, 0)
    await client.terminate(WAIT_S)
    assert side.events[-1] == (client, Closed("terminated"))


async def test_uplinks_and_queries(gateway: Gateway) -> None:
    side = Side()
    client = await gateway.connect(side)
    ((served, _),) = await gateway.side.get(Opened)
    uplink = Deliver(MSG_ID, 0, 8, "20261122000000", "13300000000", "10690001", b"\x4e\x2d")
    seq = served.deliver(uplink)
    assert await side.get(MoReceived) == [(client, MoReceived(seq, uplink))]
    query, answer = Query("20261122", 0), QueryResp("20261122", 0, "", *range(8))
    asked = client.query(query)
    assert (await gateway.side.get(QueryReceived))[0][1] == QueryReceived(asked, query)
    served.answer_query(asked, answer)
    assert await side.get(QueryAnswered) == [(client, QueryAnswered(asked, answer))]
    await client.terminate(WAIT_S)


async def test_a_pair_of_connections_shares_the_work(gateway: Gateway) -> None:
    sending, receiving = Side(), Side()
    sender = await gateway.connect(sending, login_mode=SENDS)
    receiver = await gateway.connect(receiving, login_mode=RECEIVES)
    served = {connection.login_mode: connection for connection, _ in await gateway.side.get(Opened, 2)}
    assert (sender.window_free, receiver.window_free) == (16, 0)
    assert (served[SENDS].window_free, served[RECEIVES].window_free) == (0, 16)
    with pytest.raises(LocalProtocolError, match="only to receive"):
        receiver.submit(SUBMIT)
    with pytest.raises(LocalProtocolError, match="only to send"):
        served[SENDS].deliver(Deliver())
    sender.submit(SUBMIT)
    assert (await gateway.side.get(SubmitReceived))[0][0] is served[SENDS]
    served[RECEIVES].deliver(Deliver(MSG_ID))
    assert (await receiving.get(MoReceived))[0][0] is receiver
    await sender.terminate(WAIT_S)
    await receiver.terminate(WAIT_S)


@pytest.mark.parametrize(
    ("options", "status", "breach"),
    [({"client_id": "9999"}, 21, Breach.REFUSED), ({"secret": "other"}, 21, Breach.REFUSED)],
    ids=["id", "secret"],
)
async def test_a_refused_login_raises_and_tells_nobody(
    gateway: Gateway, options: dict[str, str], status: int, breach: Breach
) -> None:
    side = Side()
    with pytest.raises(LoginRefusedError) as refused:
        await gateway.connect(side, **options)
    assert (refused.value.status, refused.value.kind) == (status, breach)
    assert side.events == []


async def test_an_account_that_cannot_be_written_is_our_mistake(gateway: Gateway) -> None:
    with pytest.raises(LocalProtocolError):
        await gateway.connect(Side(), client_id="too long it is")
    with pytest.raises(LocalProtocolError):
        await gateway.connect(Side(), version=0x99)
