"""The gateway is killed in the middle of a send of video messages: nobody gets two, and late reports explain the rest."""

import signal
from collections import Counter
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.gateways.rules import span_messages
from simulators.mmsc.centre import MmscSimulator
from support.gateway_process import GatewayProcess
from support.line import SendingLine, phone, until
from support.video import add_video_account, plan_video, video_chunk, write_content

S = MessageState
MESSAGES, WINDOW = 300, 16


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_killed_gateway_sends_no_video_message_twice(db: Database, db_url: str, tmp_path: Path) -> None:
    ring = create_key_ring()
    ring.save(tmp_path / "keys.json")
    write_content(tmp_path)
    line = SendingLine(db, ring=ring)
    await line.prepare()
    async with MmscSimulator(latency_s=0.2, report_after_s=3.0, fail_percent=0) as centre:
        # given a send in full swing
        await add_video_account(line, centre, window_pdus=WINDOW)
        await plan_video(line, video_chunk([phone(n) for n in range(MESSAGES)]))
        gateway = GatewayProcess(db_url, tmp_path / "keys.json", tmp_path)
        await gateway.start()
        try:
            await until(lambda: _received(centre), lambda count: count >= 100, timeout_s=60)
            # when it is killed with submissions on the wire, and another one follows
            await gateway.end(signal.SIGKILL)
            await gateway.start()
            unknown = await until(line.counts, lambda counts: counts.get(S.UNKNOWN, 0) > 0, timeout_s=30)
            # then what was in doubt stays unsent, and the reports that come late tell what became of it
            counts = await until(line.counts, lambda found: _is_explained(found, centre), timeout_s=90)
        finally:
            await gateway.end(signal.SIGTERM)
    assert [number for number, count in Counter(one.dest for one in centre.received).items() if count > 1] == []
    assert 0 < unknown[S.UNKNOWN] <= 2 * span_messages(None, connections=1, window_pdus=WINDOW)
    assert counts[S.DELIVERED] == len(centre.received) == MESSAGES - counts.get(S.UNKNOWN, 0)
    assert await line.violations() == []


async def _received(centre: MmscSimulator) -> int:
    return len(centre.received)


def _is_explained(counts: dict[MessageState, int], centre: MmscSimulator) -> bool:
    settled = counts.get(S.DELIVERED, 0) + counts.get(S.UNKNOWN, 0)
    return settled == MESSAGES and counts[S.DELIVERED] == len(centre.received)
