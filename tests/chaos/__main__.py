"""Seeded chaos: ``python -m chaos --seed N --runs K``; prints plans, writes a JSON line per run, fails when one is bad."""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from support.chaos.children import PYTHONPATH
from support.chaos.house import House
from support.chaos.plans import Kind, kind_of
from support.chaos.runs import run_many
from support.chaos.table import write_page


def build_parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description="Kill, freeze, cut; then compare the books.")
    add = parser.add_argument
    add("--seed", type=int, default=int(time.time()) % 1_000_000, help="chooses all plans; printed")
    add("--runs", type=int, default=200)
    add("--only", help="indexes of the runs to do, with commas: replays them")
    add("--messages", type=int, default=2000)
    add("--shard", default="0/1", help="i/n: only every n-th run, beginning with the i-th")
    add("--parallel", type=int, default=1, help="so many shards at once, each a house of its own")
    add("--results", type=Path, help="append a JSON line per run to this file")
    add("--keep", type=Path, help="keep logs and rows of bad runs in this folder")
    add("--page", type=Path, help="write the table of all results into this page")
    return parser


def main() -> None:
    """Run, sum up, leave with 1 when a run was bad."""
    options = build_parser().parse_args()
    print(f"seed {options.seed}", flush=True)
    with ExitStack() as stack:
        results = options.results or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "results.jsonl"
        results.parent.mkdir(parents=True, exist_ok=True)
        begin = results.stat().st_size if results.exists() else 0
        if options.parallel > 1:
            _in_parallel(options, results)
        else:
            try:
                asyncio.run(_alone(options, results))
            except asyncio.CancelledError:
                sys.exit("told to stop")
        if options.shard != "0/1":
            return  # whoever started the shards sums up
        with results.open() as file:
            file.seek(begin)
            rows: list[dict[str, Any]] = [json.loads(line) for line in file]
        if options.page:
            write_page(options.page, rows)
    bad = [row for row in rows if not row["is_good"]]
    print(f"{len(rows)} runs, {len(bad)} bad" + "".join(f"\n  {_sum_up(row)}" for row in bad), flush=True)
    sys.exit(1 if bad or not rows else 0)


def _in_parallel(options: argparse.Namespace, results: Path) -> None:
    """Start the shards as processes of their own; each appends to the same file, a line at a time."""
    arguments = ["--seed", str(options.seed), "--runs", str(options.runs), "--messages", str(options.messages)]
    for name in ("only", "keep"):
        if getattr(options, name) is not None:
            arguments += [f"--{name}", str(getattr(options, name))]
    shards = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "chaos",
                *arguments,
                "--shard",
                f"{i}/{options.parallel}",
                "--results",
                str(results),
            ],
            env=os.environ | {"PYTHONPATH": PYTHONPATH},
        )
        for i in range(options.parallel)
    ]
    try:
        for shard in shards:
            shard.wait()
    finally:
        for shard in shards:
            if shard.poll() is None:
                shard.terminate()


async def _alone(options: argparse.Namespace, results: Path) -> None:
    this = asyncio.current_task()
    assert this is not None
    # Whoever ends us gets his disk and his processes back.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    shard, shards = (int(number) for number in options.shard.split("/"))
    chosen = [int(i) for i in options.only.split(",")] if options.only else list(range(options.runs))
    mine: dict[Kind, list[int]] = {}
    for index in chosen[shard::shards]:
        mine.setdefault(kind_of(index), []).append(index)
    for kind, indexes in mine.items():
        with tempfile.TemporaryDirectory(prefix="hy-chaos-", dir="/tmp", ignore_cleanup_errors=True) as folder:
            async with House(Path(folder), gateways=len(kind.gateways), channels=kind.all_channels).running() as house:
                rows = run_many(house, options.seed, indexes, messages=options.messages, keep=options.keep)
                async for row in rows:
                    with results.open("ab", buffering=0) as file:
                        file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
                    print(_sum_up(row), flush=True)


def _sum_up(row: dict[str, Any]) -> str:
    names = ("lost", "twice", "phantom", "wrong", "strangers", "unknown_most", "unknown_bound", "recovery_s", "seconds")
    found = ", ".join(f"{name} {row[name]}" for name in names if name in row)
    more = {name: row[name] for name in ("states", "books", "examples", "error", "hit") if row.get(name)}
    return f"{'good' if row['is_good'] else 'BAD'} {row['seed']}.{row['run']}: {found} {more}"


if __name__ == "__main__":
    main()
