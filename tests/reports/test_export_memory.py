"""A large task is exported in bounded memory: a process of its own makes the file, and its resident size is measured.

The short form compares two sizes; the long one (``make chaos``) is a million messages.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import RandomIds
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.rooms.reports.contracts import ExportState, NewExport
from hongyan.rooms.reports.service.exports import Exports
from support.export_house import house_of
from support.identity import found_household

_MB = 1024 * 1024
_TESTS = Path(__file__).resolve().parents[1]


async def _measure(db: Database, folder: Path, sizes: tuple[int, ...], patience_s: float) -> list[dict[str, int]]:
    """Export tasks of some sizes, each in a process of its own; return their resident bytes before and at most."""
    keys, files = folder / "keys.json", folder / "files"
    house = house_of(db, load_or_create_key_ring(keys))
    exports = Exports(
        db=db, clock=SystemClock(), ids=RandomIds(), jobs=Jobs(db.url), files=Files(files.as_uri()),
        identity=house.identity, kinds=house.kinds,
    )  # fmt: skip
    async with db.begin() as uow:
        actor = (await found_household(uow, house.identity)).actor
    found = []
    for size in sizes:
        task_id = await house.send(actor.tenant(), size)
        async with db.begin() as uow:
            export = await exports.create(uow, actor, NewExport("send_messages", {"task_id": task_id}, False, "zh-CN"))
        assert export.rows_total == size
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "support.export_process", db.url, str(keys), str(files), actor.tenant(), export.id),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_TESTS)},
        )
        async with asyncio.timeout(patience_s):
            out, _ = await child.communicate()
        assert child.returncode == 0
        found.append(json.loads(out.splitlines()[-1]))
        async with db.begin() as uow:
            done = await exports.get(uow, actor, export.id)
            _, pieces = await exports.open_file(uow, actor, export.id)
        assert (done.state, done.rows_done) == (ExportState.DONE, size)
        assert sum([piece.count(b"\r\n") async for piece in pieces]) == size + 1
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_ten_times_the_rows_take_no_more_memory(db: Database, tmp_path: Path) -> None:
    small, large = await _measure(db, tmp_path, (3_000, 30_000), 200)
    assert large["most"] < 300 * _MB
    assert large["most"] - small["most"] < 40 * _MB


@pytest.mark.chaos
@pytest.mark.timeout(3_600)
async def test_a_million_rows_are_exported_in_300_mb(db: Database, tmp_path: Path) -> None:
    (taken,) = await _measure(db, tmp_path, (1_000_000,), 1_800)
    assert taken["most"] < 300 * _MB
