"""The whole path: a file of numbers through CLI, parser, planner, gateway and carriers to the last report.

``python bench/whole.py [--messages 100000]`` starts its own ``hongyan up --demo`` and prints one JSON object.
``messages_per_s`` counts from the start of sending (the task's own clock) to the last report.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.installation import Installation, running_installation, write_numbers


def usage(installation: Installation) -> dict[str, tuple[float, float]]:
    """Return processor seconds and proportional memory (MB) by process; PostgreSQL's backends count together."""
    found: dict[str, tuple[float, float]] = {}
    root = psutil.Process(installation.process.pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            line = " ".join(process.cmdline())
            times = process.cpu_times()
            memory = process.memory_full_info().pss / 1e6
        except psutil.Error:
            continue
        if line.startswith("hongyan "):
            name = line.split()[1]
        elif "simulators." in line:
            name = "simulator-" + line.split("simulators.")[1].split()[0]
        else:
            name = "nats" if "nats-server" in line else "postgres"
        cpu, total = found.get(name, (0.0, 0.0))
        found[name] = (cpu + times.user + times.system, total + memory)
    return found


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    count = parser.parse_args().messages
    phones = [f"13{(800_000_000 + i * 7919) % 1_000_000_000:09d}" for i in range(count)]
    with tempfile.TemporaryDirectory() as folder, running_installation() as installation:
        file = write_numbers(Path(folder) / "numbers.xlsx", phones, 姓名=[f"客户{i}" for i in range(count)])
        idle = usage(installation)
        started = time.monotonic()
        task = installation.send(file, "--fallback", "sms")
        seconds_all = time.monotonic() - started
        busy = usage(installation)
    first, last = (datetime.fromisoformat(task[key]) for key in ("started_at", "finished_at"))
    seconds = (last - first).total_seconds()
    assert sum(task["states"].values()) == count, task["states"]
    print(
        json.dumps(
            {
                "what": "whole path",
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "machine": f"{os.cpu_count()} cores, {platform.machine()}",
                "messages": count,
                "seconds": round(seconds, 1),
                "messages_per_s": round(count / seconds),
                "seconds_from_upload": round(seconds_all, 1),
                "counts": task["counts"],
                "states": task["states"],
                "cpu_s_per_1000": {
                    name: round((cpu - idle.get(name, (0.0, 0.0))[0]) * 1000 / count, 3)
                    for name, (cpu, _) in sorted(busy.items())
                },
                "memory_mb": {name: round(memory) for name, (_, memory) in sorted(busy.items())},
                "idle_memory_mb": round(sum(memory for _, memory in idle.values())),
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
