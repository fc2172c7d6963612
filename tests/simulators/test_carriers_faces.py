"""What simulated carriers do in every protocol: remember over restarts, reorder, double; and their command line."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hongyan.run.ports import free_ports
from simulators.carriers.memory import Memory
from simulators.carriers.profiles import PROFILES, Profile, carrier_of
from simulators.carriers.simulator import PROTOCOLS, CarrierSimulator
from telcowire.asyncio.cmpp import CmppConnection, connect_cmpp
from telcowire.asyncio.sgip import SgipServerConnection, connect_sgip, make_sequence, serve_sgip
from telcowire.asyncio.smgp import SmgpConnection, connect_smgp
from telcowire.asyncio.smpp import SmppConnection, connect_smpp
from telcowire.cmpp.events import ReportReceived, SubmitAnswered
from telcowire.cmpp.flavour import CmppAccount
from telcowire.cmpp.pdus import Submit
from telcowire.session import StrayAnswer
from telcowire.sgip import events as sgip
from telcowire.sgip.flavour import SgipAccount, SgipServerAccount
from telcowire.sgip.pdus import LOGIN_SMG
from telcowire.sgip.pdus import Submit as SgipSubmit
from telcowire.smgp import events as smgp
from telcowire.smgp.flavour import RECEIVES, SENDS, SmgpAccount
from telcowire.smgp.pdus import Submit as SmgpSubmit
from telcowire.smpp import events as smpp
from telcowire.smpp.flavour import BindMode, SmppAccount
from telcowire.smpp.message_ids import ReceiptIds
from telcowire.smpp.pdus import REGISTERED_ALWAYS, SubmitSm

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 20
CONTENT = "你好".encode("utf-16-be")


class Heard:
    """Everything that a connection told; `answer` answers what is to be answered."""

    def __init__(self, answer: Callable[[Any, Any], None] | None = None) -> None:
        self.events: list[Any] = []
        self._answer = answer
        self._news = asyncio.Event()

    def __call__(self, connection: Any, events: list[Any]) -> None:
        self.events += events
        for event in events:
            if self._answer is not None:
                self._answer(connection, event)
        self._news.set()

    def all(self, *kinds: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]

    async def until(self, count: int, *kinds: type) -> list[Any]:
        async with asyncio.timeout(WAIT_S):
            while len(self.all(*kinds)) < count:
                self._news.clear()
                await self._news.wait()
        return self.all(*kinds)


def numbers(count: int) -> list[str]:
    return [f"86138{index:08d}" for index in range(count)]


def cmpp_submits(count: int) -> list[Submit]:
    return [Submit(src_id="1069", dest_terminal_ids=(number,), msg_content=CONTENT) for number in numbers(count)]


def answer_cmpp(connection: CmppConnection, event: Any) -> None:
    if isinstance(event, ReportReceived):
        connection.answer(event.seq, event.deliver_msg_id)


async def cmpp(simulator: CarrierSimulator, heard: Heard) -> CmppConnection:
    account = CmppAccount("901234", "shared", window_pdus=1000)
    return await connect_cmpp("127.0.0.1", simulator.port, account, heard)


async def test_a_carrier_with_a_memory_reports_after_a_restart_what_it_had_not(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    memory = Memory(path)
    async with CarrierSimulator(memory=memory, latency_s=0.0, report_after_s=60.0) as carrier:
        heard = Heard()
        client = await cmpp(carrier, heard)
        client.submit_many(cmpp_submits(20))
        ids = {event.msg_id for event in await heard.until(20, SubmitAnswered)}
        client.abort()
    # killed: nothing more is written, not even what closing would
    with path.open("a") as file:
        file.write('{"key": "torn')
    memory = Memory(path)
    async with CarrierSimulator(memory=memory, report_after_s=0.05) as carrier:
        heard = Heard(answer_cmpp)
        client = await cmpp(carrier, heard)
        reports = await heard.until(20, ReportReceived)
        assert {event.report.msg_id for event in reports} == ids
        await client.terminate(1)
    memory.close()
    assert Memory(path).left == {}


async def test_a_reordering_carrier_answers_later_requests_first() -> None:
    manners = dataclasses.replace(PROFILES["reordering"], latency_s=0.0, report_after_s=0.05, late_s=0.2)
    async with CarrierSimulator(manners) as carrier:
        heard = Heard(answer_cmpp)
        client = await cmpp(carrier, heard)
        client.submit_many(cmpp_submits(200))
        seqs = [event.seq for event in await heard.until(200, SubmitAnswered)]
        assert seqs != sorted(seqs)
        assert len(await heard.until(200, ReportReceived)) == 200
        await client.terminate(1)


async def test_a_duplicating_carrier_answers_and_reports_twice() -> None:
    manners = Profile("twice", latency_s=0.001, report_after_s=0.01, double_answer_percent=100, double_percent=100)
    async with CarrierSimulator(manners) as carrier:
        heard = Heard(answer_cmpp)
        client = await cmpp(carrier, heard)
        client.submit_many(cmpp_submits(10))
        assert len(await heard.until(10, SubmitAnswered)) == 10
        assert len(await heard.until(10, StrayAnswer)) == 10
        assert len(await heard.until(20, ReportReceived)) == 20
        await client.terminate(1)


async def test_an_sgip_carrier_keeps_its_reports_while_nobody_listens() -> None:
    port = free_ports(["listen"])["listen"]
    async with CarrierSimulator(
        protocol="sgip12", carrier="unicom", report_to=("127.0.0.1", port), latency_s=0.0, report_after_s=0.01
    ) as carrier:
        heard = Heard()
        sequence = make_sequence(3_010_099_999)
        client = await connect_sgip("127.0.0.1", carrier.port, SgipAccount("901234", "shared"), sequence, heard)
        submits = [SgipSubmit("1069", user_numbers=(number,), message_content=CONTENT) for number in numbers(10)]
        seqs = client.submit_many(submits)
        assert [event.result for event in await heard.until(10, sgip.SubmitAnswered)] == [0] * 10
        assert not carrier.send_mo("8613800000001", "1069", "R")

        def answer(connection: SgipServerConnection, event: Any) -> None:
            if isinstance(event, sgip.ReportReceived):
                connection.answer_report(event.seq)
            elif isinstance(event, sgip.MoReceived):
                connection.answer_deliver(event.seq)

        listener = Heard(answer)
        sp = SgipServerAccount("901234", "shared", LOGIN_SMG)
        server = await serve_sgip("127.0.0.1", port, lambda _: sp, make_sequence(3_010_099_999), listener)
        reports = await listener.until(10, sgip.ReportReceived)
        assert sorted(event.report.submit_seq for event in reports) == seqs
        assert carrier.send_mo("8613800000001", "1069", "R")
        (uplink,) = await listener.until(1, sgip.MoReceived)
        assert uplink.deliver.message_content == "R".encode("utf-16-be")
        await client.terminate(1)
        await server.close()
    assert carrier.stats.delivered == 10


async def test_smgp_reports_travel_on_logins_that_receive() -> None:
    async with CarrierSimulator("lying", protocol="smgp30", carrier="telecom", report_after_s=0.01) as carrier:

        def answer(connection: SmgpConnection, event: Any) -> None:
            if isinstance(event, smgp.ReportReceived):
                connection.answer(event.seq, event.deliver_msg_id)

        sending, receiving = Heard(answer), Heard(answer)
        account = SmgpAccount("901234", "shared", login_mode=RECEIVES, window_pdus=100)
        receiver = await connect_smgp("127.0.0.1", carrier.port, account, receiving)
        sender = await connect_smgp("127.0.0.1", carrier.port, account._replace(login_mode=SENDS), sending)
        submits = [SmgpSubmit(src_term_id="1069", dest_term_ids=(one,), msg_content=CONTENT) for one in numbers(100)]
        sender.submit_many(submits)
        ids = {event.msg_id for event in await sending.until(100, smgp.SubmitAnswered)}
        await receiving.until(110, smgp.ReportReceived)
        reports = [event for event in receiving.all(smgp.ReportReceived) if event.report.msg_id in ids]
        assert {event.phone for event in reports} <= set(numbers(100))
        assert {event.report.stat for event in reports} >= {"DELIVRD", "ACCEPTD"}
        assert sending.all(smgp.ReportReceived) == []
        await sender.terminate(1)
        await receiver.terminate(1)


@pytest.mark.parametrize("written", ["as_is", "hex", "decimal"])
async def test_smpp_receipts_name_the_id_as_the_account_expects_it(written: str) -> None:
    ids = ReceiptIds(written)
    manners = Profile("crossed", report_after_s=0.01, crossed_percent=50, fail_percent=30)
    async with CarrierSimulator(manners, protocol="smpp34", receipt_ids=written) as carrier:

        def answer(connection: SmppConnection, event: Any) -> None:
            if isinstance(event, smpp.ReportReceived):
                connection.answer(event.seq)

        sending, receiving = Heard(answer), Heard(answer)
        account = SmppAccount("901234", "shared", BindMode.RECEIVER, window_pdus=100)
        receiver = await connect_smpp("127.0.0.1", carrier.port, account, receiving)
        sender = await connect_smpp("127.0.0.1", carrier.port, account._replace(mode=BindMode.TRANSMITTER), sending)
        submit = SubmitSm(source_addr="1069", registered_delivery=REGISTERED_ALWAYS, data_coding=8)
        sender.submit_many([submit._replace(destination_addr=one, short_message=CONTENT) for one in numbers(40)])
        answered = {event.message_id for event in await sending.until(40, smpp.SubmitAnswered)}
        reports = [event.report for event in await receiving.until(40, smpp.ReportReceived)]
        due = {str(int(one, 16)) for one in answered} if written == "decimal" else answered
        assert {report.message_id(ids) for report in reports} == due
        assert {report.stat for report in reports} >= {"DELIVRD", "UNDELIV"}
        assert sending.all(smpp.ReportReceived) == []
        await sender.terminate(1)
        await receiver.terminate(1)


def test_whose_phone_writes() -> None:
    assert [carrier_of(f"86{prefix}00000000") for prefix in ("138", "186", "189")] == ["mobile", "unicom", "telecom"]
    assert carrier_of("18900000000") == "telecom"


# --- the command line ---


PATHS = os.pathsep.join(str(ROOT / path) for path in ("tools", "packages/telcowire/src"))
ENV = os.environ | {"PYTHONPATH": PATHS}


@asynccontextmanager
async def command(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulators.carriers", *arguments),
        env=ENV,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def test_one_process_plays_carriers_of_several_protocols(tmp_path: Path) -> None:
    async with command(
        *("--carrier", "mobile,unicom,telecom,mobile", "--protocol", "cmpp30,sgip12,smgp30,smpp34"),
        *("--port", "0,0,0,0", "--report-to", "none,127.0.0.1:9,none,none", "--inbox-port", "0"),
        *("--set", "double_percent=50", "--set", "drop_every=none", "--journal", str(tmp_path / "journal.jsonl")),
    ) as process:
        assert process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            ready = json.loads(await process.stdout.readline())
        assert len(set(ready["ports"])) == 4
        reader, writer = await asyncio.open_connection("127.0.0.1", ready["inbox_port"])
        writer.write(b"GET /stats HTTP/1.1\r\n\r\n")
        body = (await reader.read()).split(b"\r\n\r\n", 1)[1]
        writer.close()
        assert [one["protocol"] for one in json.loads(body)["carriers"]] == ["cmpp30", "sgip12", "smgp30", "smpp34"]
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--port", "1", "--protocol", "mm7"], "--protocol: mm7 unknown"),
        (["--port", "1", "--set", "fail=1"], "--set: fail=1 unknown"),
        (["--port", "1,2", "--carrier", "mobile,unicom", "--memory", "x"], "--memory is for one carrier"),
        (["--port", "1,2", "--carrier", "mobile,unicom", "--protocol", "cmpp30,cmpp20,smpp34"], "one for each carrier"),
    ],
)
def test_what_cannot_be_played_is_said(arguments: list[str], what: str) -> None:
    line = [sys.executable, "-m", "simulators.carriers", *arguments]
    done = subprocess.run(line, env=ENV, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert what in done.stderr
    assert done.returncode == 2


def test_the_protocols_are_those_of_the_line() -> None:
    assert set(PROTOCOLS) == {"cmpp20", "cmpp30", "sgip12", "smgp30", "smpp34"}


async def test_a_carrier_that_hangs_stays_open_and_says_nothing() -> None:
    async with CarrierSimulator(latency_s=0.0, report_after_s=0.0) as carrier:
        heard, other = Heard(answer_cmpp), Heard(answer_cmpp)
        client = await cmpp(carrier, heard)
        client.submit_many(cmpp_submits(3))
        await heard.until(3, ReportReceived)
        carrier.go_silent()
        client.submit_many(cmpp_submits(3))
        # another login is served meanwhile
        second = await cmpp(carrier, other)
        second.submit_many(cmpp_submits(3))
        await other.until(3, ReportReceived)
        assert (len(heard.all(SubmitAnswered)), carrier.connections, carrier.stats.silenced_connections) == (3, 1, 1)
        assert client.is_open
        await second.terminate(1)
        client.abort()


@pytest.mark.parametrize(("protocol", "version", "result"), [("cmpp30", 0x30, 0xFFFFFFFF), ("cmpp20", 0x20, 0xFF)])
async def test_a_vendors_result_has_the_width_of_the_protocol(protocol: str, version: int, result: int) -> None:
    manners = Profile("odd", latency_s=0.0, odd_percent=100)
    async with CarrierSimulator(manners, protocol=protocol) as carrier:
        heard = Heard()
        account = CmppAccount("901234", "shared", version)
        client = await connect_cmpp("127.0.0.1", carrier.port, account, heard)
        client.submit_many(cmpp_submits(2))
        assert [event.result for event in await heard.until(2, SubmitAnswered)] == [result] * 2
        await client.terminate(1)


async def test_receipts_may_end_early_or_with_a_nul_and_numbers_lack_their_country() -> None:
    manners = Profile("sloppy", latency_s=0.0, report_after_s=0.0, cut_percent=100, nul_percent=100, bare_percent=100)
    async with CarrierSimulator(manners, protocol="smpp34") as carrier:
        heard = Heard()
        client = await connect_smpp("127.0.0.1", carrier.port, SmppAccount("901234", "shared"), heard)
        number = numbers(1)[0]
        client.submit(SubmitSm(destination_addr=number, registered_delivery=REGISTERED_ALWAYS, short_message=b"x"))
        (event,) = await heard.until(1, smpp.ReportReceived)
        report = event.report
        assert (report.stat, report.err, report.dest, report.text) == ("DELIVRD", "000", number[2:], "")
        client.answer(event.seq)
        await client.terminate(1)
