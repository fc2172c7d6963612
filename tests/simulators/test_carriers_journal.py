"""The journal of a simulated carrier: what it accepted stands on the file before the answer leaves."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from simulators.carriers.journal import Journal
from simulators.carriers.simulator import CarrierSimulator
from telcowire.asyncio.cmpp import CmppConnection, connect_cmpp
from telcowire.cmpp.events import CmppEvent, SubmitAnswered
from telcowire.cmpp.flavour import CmppAccount
from telcowire.cmpp.pdus import Submit
from telcowire.smstext.segments import split_ucs2


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_accepted_parts_stand_on_the_file_when_the_answer_comes(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    seen: list[tuple[int, int]] = []  # (message id of an answer, lines on the file at that time)
    done = asyncio.Event()

    def on_event(_connection: CmppConnection, events: list[CmppEvent]) -> None:
        for event in events:
            if isinstance(event, SubmitAnswered):
                assert any(line["msg_id"] == event.msg_id for line in read(path)) == (event.result == 0)
                seen.append((event.msg_id, event.result))
        if len(seen) == 4:
            done.set()

    parts = split_ucs2("【鸿雁】" + "长" * 100, 7)
    submits = [
        Submit(src_id="1069", dest_terminal_ids=(number,), msg_content=content, tp_udhi=int(total > 1), pk_total=total)
        for number, contents in (("13800000001", parts), ("13800000002", [b"\x4f\x60"]), ("abc", [b"\x4f\x60"]))
        for total in [len(contents)]
        for content in contents
    ]
    async with CarrierSimulator(journal=journal, latency_s=0.0, carrier="unicom") as simulator:
        account = CmppAccount("901234", "shared", window_pdus=100)
        client = await connect_cmpp("127.0.0.1", simulator.port, account, on_event)
        client.submit_many(submits)
        async with asyncio.timeout(20):
            await done.wait()
        await client.terminate(5)
    journal.close()
    lines = read(path)
    assert [(line["dest"], line["part"], line["parts"], line["ref"]) for line in lines] == [
        ("13800000001", 1, 2, 7),
        ("13800000001", 2, 2, 7),
        ("13800000002", 1, 1, None),
    ]
    assert {(line["carrier"], line["src"]) for line in lines} == {("unicom", "1069")}
    assert lines[0]["sha1"] == hashlib.sha1(parts[0][6:], usedforsecurity=False).hexdigest()
    assert len({line["connection"] for line in lines}) == 1


def test_a_broken_header_is_noted_as_content_and_later_runs_append(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for run in range(2):
        journal = Journal(path)
        journal.note(
            carrier="mobile",
            msg_id=run,
            src="1",
            dest="2",
            content=b"\xff\x00",
            has_udh=True,
            parts=1,
            part=1,
            connection="x",
        )
        assert len(read(path)) == run  # nothing before the flush
        journal.close()
    assert [line["msg_id"] for line in read(path)] == [0, 1]
    assert {line["sha1"] for line in read(path)} == {hashlib.sha1(b"\xff\x00", usedforsecurity=False).hexdigest()}


def test_a_file_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Journal(tmp_path / "nowhere" / "journal.jsonl")
