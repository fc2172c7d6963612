"""A million personal links: ranges given out by PostgreSQL (fsync on), codes computed, and the statistics of the codes.

    python bench/links.py

Links are asked for in chunks of 2,500, as tasks plan them, each in its own transaction. Prints one JSON object.
"""

import argparse
import json
import tempfile
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import uvloop
from sqlalchemy import create_engine

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.ids import RandomIds, TaskId, TenantId
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.short_links.contracts import RangeRequest
from hongyan.rooms.short_links.rules.codes import ALPHABET
from hongyan.rooms.short_links.service import ShortLinksService

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
CHUNK = 2_500


async def measure(db: Database, total: int) -> dict[str, object]:
    """Give out ``total`` links and look at them."""
    clock = SystemClock()
    service = ShortLinksService(db, clock=clock, keys=create_key_ring())
    async with db.begin() as uow:
        await service.ensure_preset_domain(uow, "s.example.cn")
    codes: list[str] = []
    task_id = TaskId(RandomIds().uuid())
    begin, cpu_begin = time.perf_counter(), time.process_time()
    for chunk_no in range(total // CHUNK):
        request = RangeRequest(
            count=CHUNK, valid_for=timedelta(days=7), signatures=("鸿雁",), task_id=task_id, chunk_no=chunk_no
        )
        async with db.begin() as uow:
            made = await service.allocate_range(uow, TENANT, request)
            codes += await service.codes(uow, made)
    seconds, cpu_s = time.perf_counter() - begin, time.process_time() - cpu_begin
    async with db.begin() as uow:
        rows = (await uow.fetch("SELECT count(*) FROM short_links_ranges"))[0][0]
        domain = (await service.list_domains(uow, TENANT))[0]
    generation = await service.directory.find_active_generation(domain.domain_id)
    assert generation is not None
    begin = time.perf_counter()
    assert len(generation.space.codes(0, total)) == total
    codes_s = time.perf_counter() - begin
    begin = time.perf_counter()
    assert all(generation.space.find_number(code) is not None for code in codes[:20_000])
    back_us = (time.perf_counter() - begin) / 20_000 * 1e6
    return {
        "links": total,
        "seconds": round(seconds, 3),
        "cpu_s_of_this_process": round(cpu_s, 3),
        "links_per_s": round(total / seconds),
        "rows": rows,
        "codes_only_s": round(codes_s, 3),
        "code_to_number_us": round(back_us, 1),
        "distinct": len(set(codes)),
        "chi_square_per_position": chi_squares(codes),
        "chi_square_limit_p_1e-6": 130.0,
        "affine_fits_of_10_codes": affine_fits(codes),
    }


def chi_squares(codes: list[str]) -> list[float]:
    """Return Pearson's statistic of each position (61 degrees of freedom)."""
    letters = np.frombuffer("".join(codes).encode(), dtype=np.uint8).reshape(len(codes), -1)
    expected = len(codes) / len(ALPHABET)
    counts = (np.bincount(column, minlength=128)[[ord(char) for char in ALPHABET]] for column in letters.T)
    return [round(float(((seen - expected) ** 2 / expected).sum()), 1) for seen in counts]


def affine_fits(codes: list[str]) -> int:
    """Return how many of 1,000 windows of ten codes lie on a straight line modulo the size of the code space."""
    size = len(ALPHABET) ** len(codes[0])
    fits = 0
    for start in range(0, 10_000, 10):
        numbers = [number_of(code) for code in codes[start : start + 10]]
        steps = {(after - before) % size for before, after in pairwise(numbers)}
        fits += len(steps) == 1
    return fits


def number_of(code: str) -> int:
    """Read a code as a number to base 62."""
    number = 0
    for char in code:
        number = number * len(ALPHABET) + ALPHABET.index(char)
    return number


async def run(url: str, total: int) -> dict[str, object]:
    """Measure on a fresh database."""
    db = Database(url)
    try:
        return await measure(db, total)
    finally:
        await db.close()


def main() -> None:
    """Start PostgreSQL, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hy-links-", dir="/tmp") as folder:
        root = Path(folder)
        root.chmod(0o755)
        server = EmbeddedPostgres(root / "data", root)
        with (root / "log").open("wb") as log:
            server.start(log=log)
            try:
                engine = create_engine(sqlalchemy_url(server.url("postgres")))
                metadata.create_all(engine)
                engine.dispose()
                print(json.dumps(uvloop.run(run(server.url("postgres"), arguments.links))))
            finally:
                server.stop(timeout_s=5)


if __name__ == "__main__":
    main()
