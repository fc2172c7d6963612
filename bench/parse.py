"""A number file of 1,000,000 rows and 25 MB: parse, validate, dedupe, store sealed; beside the reader alone.

    python bench/parse.py

"Alone" is a fresh process in which python-calamine opens the file and iterates its rows, doing nothing with them.
Ours
is the job as the worker runs it: unseal the upload, child, sealed blocks, a checkpoint in PostgreSQL for each.
Prints one JSON object.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import uvloop
from rustpy_xlsxwriter import write_worksheet
from sqlalchemy import create_engine

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import RandomIds, TenantId
from hongyan.kernel.jobs.queue import Jobs, schema_sql
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.audience.service import AudienceService

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
MB = 1024 * 1024
ALONE = """
import sys
from python_calamine import CalamineWorkbook
sheet = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)
print(sum(1 for row in sheet.iter_rows()))
"""


def rows(count: int) -> Iterator[dict[str, object]]:
    """Yield recipients with a name and an amount; one in a hundred numbers is no number, one in fifty stands twice."""
    draw = random.Random(11)
    last = "13800138000"
    for _ in range(count):
        kind = draw.random()
        phone = last if kind < 0.02 else "12345" if kind < 0.03 else str(draw.randrange(13_000_000_000, 20_000_000_000))
        last = phone if len(phone) == 11 else last
        name = draw.choice("赵钱孙李周吴郑王") + draw.choice("伟芳娜敏静强磊洋")
        yield {"手机号码": phone, "姓名": name, "金额": round(draw.random() * 1000, 2)}


def cpu_of_children() -> float:
    """Return the processor seconds of children that have ended."""
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


async def watch(peaks: dict[str, int]) -> None:
    """Note the largest resident size of this process and of its parser child."""
    me = psutil.Process()
    while True:
        peaks["worker"] = max(peaks["worker"], me.memory_info().rss)
        for child in me.children():
            try:
                if "audience.parsers" in " ".join(child.cmdline()):
                    peaks["child"] = max(peaks["child"], child.memory_info().rss)
            except psutil.Error:
                continue
        await asyncio.sleep(0.2)


async def parse(url: str, folder: Path, file: Path) -> dict[str, Any]:
    """Upload the file and run the job."""
    ring, db = create_key_ring(), Database(url)
    keys = TenantKeys(ring)
    files = Files((folder / "files").as_uri())
    service = AudienceService(clock=SystemClock(), ids=RandomIds(), jobs=Jobs(url), files=files, ring=ring, keys=keys)

    async def stream() -> AsyncIterator[bytes]:
        with file.open("rb") as source:
            while part := source.read(MB):
                yield part

    async with db.begin() as uow:
        uploaded = await service.create_from_upload(uow, TENANT, "numbers.xlsx", stream())
    before = psutil.Process().memory_info().rss
    peaks = {"worker": before, "child": 0}
    watching = asyncio.create_task(watch(peaks))
    begin, cpu_begin, children_begin = time.perf_counter(), time.process_time(), cpu_of_children()
    parsed = await service.parse(db, TENANT, uploaded.file_id)
    seconds = time.perf_counter() - begin
    watching.cancel()
    assert parsed.state.value == "parsed", parsed.failure_en
    await db.close()
    return {
        "seconds": round(seconds, 2),
        "cpu_s": {
            "worker": round(time.process_time() - cpu_begin, 2),
            "child": round(cpu_of_children() - children_begin, 2),
        },
        "rows_per_s": round(parsed.counts.rows / seconds),
        "rows": parsed.counts.rows,
        "imported": parsed.counts.imported,
        "invalid": parsed.counts.invalid,
        "duplicates": parsed.counts.duplicates,
        "child_peak_mb": peaks["child"] // MB,
        "worker_growth_mb": (peaks["worker"] - before) // MB,
    }


def main() -> None:
    """Write the file, start PostgreSQL, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hy-parse-", dir="/tmp")))
        folder.chmod(0o755)
        file = folder / "numbers.xlsx"
        write = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import parse; "
        # In a process of its own, so that its memory is not ours.
        subprocess.run([sys.executable, "-c", f"{write}parse.write({str(file)!r}, {options.rows})"], check=True)
        server = EmbeddedPostgres(folder / "data", folder)
        server.start(log=subprocess.DEVNULL)
        stack.callback(server.stop)
        url = server.url("postgres")
        engine = create_engine(sqlalchemy_url(url))
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql(schema_sql().replace("%", "%%"))
        engine.dispose()
        begin, cpu_begin = time.perf_counter(), cpu_of_children()
        subprocess.run([sys.executable, "-c", ALONE, str(file)], check=True, stdout=subprocess.DEVNULL)
        alone_s, alone_cpu_s = time.perf_counter() - begin, cpu_of_children() - cpu_begin
        found = uvloop.run(parse(url, folder, file))
        result = {
            "file_mb": round(file.stat().st_size / 1e6, 1),
            "calamine_alone_s": round(alone_s, 2),
            "calamine_alone_cpu_s": round(alone_cpu_s, 2),
            **found,
            "times_calamine": round(found["seconds"] / alone_s, 2),
        }
        print(json.dumps(result))


def write(path: str, count: int) -> None:
    """Write the file."""
    write_worksheet(rows(count), path)


if __name__ == "__main__":
    main()
