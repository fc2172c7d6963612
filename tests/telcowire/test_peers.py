"""Clients that this project did not write, against our server: both speak 2.x, from their own environment.

pycmpp sends version 0x21 and has no handler for DELIVER; sms-sdk sends 0x20 and reads reports without answering them.
"""

import re
from typing import Any

import pytest

from support.peers import ROOT, need_npm_peer, need_program, need_python_peer, run_peer
from telcowire.asyncio.cmpp import CmppServerConnection, serve_cmpp
from telcowire.cmpp.events import CmppServingEvent, SubmitReceived
from telcowire.cmpp.flavour import CmppServerAccount
from telcowire.cmpp.pdus import Submit
from telcowire.cmpp.reports import Report
from telcowire.session import Closed
from telcowire.smstext.assembly import Assembler, Part


class Gateway:
    """Answers every submit with ids that count up, and reports it at once where the peer can take a report."""

    def __init__(self, *, sends_reports: bool) -> None:
        self.submits: list[Submit] = []
        self.versions: list[int] = []
        self.endings: list[Closed] = []
        self._sends_reports = sends_reports

    def __call__(self, connection: CmppServerConnection, events: list[CmppServingEvent]) -> None:
        for event in events:
            if isinstance(event, SubmitReceived):
                self.submits.append(event.submit)
                self.versions.append(connection.version)
                msg_id = 1000 + len(self.submits)
                connection.answer_submit(event.seq, msg_id)
                if self._sends_reports:
                    number = event.submit.dest_terminal_ids[0]
                    report = Report(msg_id, "DELIVRD", "2611220000", "2611220001", number, 7)
                    connection.deliver_report(report, deliver_msg_id=1, src_id=event.submit.src_id)
            elif isinstance(event, Closed):
                self.endings.append(event)


async def run_client(peer: str, gateway: Gateway, secret: str) -> list[dict[str, Any]]:
    """Run the peer's script against a server of ours; return the JSON lines that it printed."""
    need_python_peer(peer)
    server = await serve_cmpp("127.0.0.1", 0, lambda addr: CmppServerAccount(addr, "shared"), gateway)
    try:
        return await run_peer(f"{peer.replace('-', '')}_client.py", str(server.port), secret)
    finally:
        await server.close()


async def test_pycmpp_logs_in_and_submits_short_and_long() -> None:
    gateway = Gateway(sends_reports=False)
    told = await run_client("pycmpp", gateway, "shared")
    assert told == [
        {"connect": 0, "version": 0x30},
        *({"submit": 0, "msg_id": msg_id} for msg_id in (1001, 1002, 1003)),
    ]
    short, *parts = gateway.submits
    assert gateway.versions == [0x20] * 3
    assert short.dest_terminal_ids == ("13800000000",)
    assert short.msg_content.decode("utf-16-be") == "【鸿雁】你好"
    assert short.msg_src == "901234"
    assert [(part.pk_total, part.pk_number, part.tp_udhi) for part in parts] == [(2, 1, 1), (2, 2, 1)]
    assert parts[0].dest_terminal_ids == ("13800000001", "13800000002")
    assembler = Assembler()
    assert assembler.add("a", Part(parts[0].msg_content, has_udh=True), 0.0) is None
    contents = assembler.add("a", Part(parts[1].msg_content, has_udh=True), 0.0)
    assert b"".join(contents or []).decode("utf-16-be") == "【鸿雁】" + "长" * 100
    assert [ending.error for ending in gateway.endings] == [None]


async def test_sms_sdk_logs_in_submits_and_reads_the_report() -> None:
    gateway = Gateway(sends_reports=True)
    told = {key: value for line in await run_client("sms-sdk", gateway, "shared") for key, value in line.items()}
    assert told["connect"]["code"] == 0
    assert told["submit"]["data"] == {"msg_id": 1001}
    (report,) = told["report"]["data"]["all_report"]
    assert report["msg_id"] == 1001
    assert report["stat"] == "DELIVRD"
    assert report["submit_time"] == "2611220000"
    assert report["done_time"] == "2611220001"
    assert report["dest_terminal_id"].rstrip("\0") == "13800000000"
    assert report["smsc_sequence"] == 7
    (submit,) = gateway.submits
    assert submit.msg_content.decode("utf-16-be") == "【鸿雁】你好"
    assert submit.src_id == "10690001"
    assert submit.registered_delivery == 1


@pytest.mark.parametrize(
    ("peer", "told"),
    [
        ("pycmpp", lambda line: line["connect"] == 3),
        ("sms-sdk", lambda line: line["connect"]["code"] == 1 and line["connect"]["data"]["code"] == 3),
    ],
)
async def test_a_wrong_secret_is_understood_as_such(peer: str, told: Any) -> None:
    gateway = Gateway(sends_reports=False)
    (line,) = await run_client(peer, gateway, "wrong")
    assert told(line), line
    assert gateway.submits == []


@pytest.mark.parametrize(
    ("need", "required"),
    [(need_python_peer, "no-such-peer"), (need_npm_peer, "npm:no-such-peer"), (need_program, "no-such-peer")],
)
def test_a_missing_peer_is_a_skip_or_where_it_is_required_a_failure(
    need: Any, required: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HONGYAN_REQUIRED_PEERS", "pycmpp")
    with pytest.raises(pytest.skip.Exception, match="no-such-peer"):
        need("no-such-peer")
    monkeypatch.setenv("HONGYAN_REQUIRED_PEERS", f"pycmpp {required}")
    with pytest.raises(pytest.fail.Exception, match="must be there"):
        need("no-such-peer")


@pytest.mark.parametrize("path", [".ci/run", "Makefile"])
def test_every_python_peer_is_required_in_ci(path: str) -> None:
    listed = (ROOT / "tools" / "peers" / "requirements.in").read_text()
    required = re.search(r'REQUIRED_PEERS(?: := |=")([a-z -]+)', (ROOT / path).read_text())
    assert required is not None
    assert required[1].split() == re.findall(r"^([a-z-]+)==", listed, re.MULTILINE)
