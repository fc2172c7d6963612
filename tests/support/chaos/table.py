"""The page of results, made from the JSON lines of runs."""

import os
import platform
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.chaos.children import ROOT

BEGIN, END = "<!-- runs -->", "<!-- end of runs -->"


def write_page(page: Path, rows: list[dict[str, Any]]) -> None:
    """Put a summary in front of the others between the marks of the page."""
    text = page.read_text()
    head, _, rest = text.partition(BEGIN)
    old, _, tail = rest.partition(END)
    page.write_text(f"{head}{BEGIN}\n\n{summary(rows)}\n{old.lstrip()}{END}{tail}")


def summary(rows: list[dict[str, Any]]) -> str:
    """Return one day's runs as Markdown."""
    told = [row for row in rows if "lost" in row]
    kinds: Counter[str] = Counter()
    for row in rows:
        for fault, hit in zip(row["faults"], row.get("hit", []), strict=False):
            kinds[_kind(fault) if hit else "a named point that was not passed in time"] += 1
    worst = max(told, key=lambda row: row["unknown_most"] / max(1, row["unknown_bound"]), default=None)
    slowest = max(told, key=lambda row: row["recovery_s"], default=None)
    bad = [row for row in rows if not row["is_good"]]
    seeds = ", ".join(sorted({str(row["seed"]) for row in rows}))
    messages, minutes = sum(row["messages"] for row in rows), sum(row.get("seconds", 0) for row in rows) / 60
    lines = [
        f"### {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}",
        "",
        f"{machine()}; {len(rows)} runs, seeds {seeds}, {messages:,} messages, {minutes:.0f} minutes in all houses together.",
        "",
        "| what | found |",
        "|---|---|",
        f"| lost | {sum(row['lost'] for row in told)} |",
        f"| sent twice | {sum(row['twice'] for row in told)} |",
        f"| said to be sent, and no carrier has it | {sum(row['phantom'] for row in told)} |",
        f"| ended otherwise than the carrier said | {sum(row['wrong'] for row in told)} |",
        f"| got what nobody asked for | {sum(row['strangers'] for row in told)} |",
        f"| books that do not add up | {sum(bool(row['books']) for row in told)} |",
        f"| runs that went wrong in any way | {len(bad)} |",
    ]
    if worst is not None and slowest is not None:
        lines += [
            f"| most `unknown` at once, of what the faults allow | {worst['unknown_most']} of {worst['unknown_bound']} |",
            f"| longest from the last fault to the last final message | {slowest['recovery_s']:.1f} s |",
        ]
    lines += ["", "| faults that struck | times |", "|---|---|"]
    lines += [f"| {kind} | {count} |" for kind, count in sorted(kinds.items(), key=lambda item: -item[1])]
    return "\n".join(lines) + "\n"


def _kind(fault: dict[str, Any]) -> str:
    who = fault["target"].removesuffix("-a").removesuffix("-b")
    who = "carrier" if who in {"one", "two", "three"} else who
    match fault["kind"]:
        case "point":
            return f"{who} {'stopped' if fault['for_s'] else 'killed'} at a named point"
        case "wire":
            return f"wire: {fault['how']}"
        case "operator":
            return f"operator: {fault['how']}"
        case "clock":
            return f"clock {int(fault['how']) // 3600:+d} h"
        case "disk":
            return "disk full"
        case "backend":
            return "a database session killed"
        case "freeze":
            return f"{who} frozen {'longer than a lease' if fault['for_s'] > 4 else 'for a while'}"
        case "kill":
            return f"{who} killed"
        case _:
            return f"{who} told to stop"


def commit() -> str:
    """Return the commit of the tree."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return os.environ.get("CHAOS_COMMIT") or done.stdout.strip() or "unknown"


def machine() -> str:
    """Return what it ran on, in words."""
    cores = os.cpu_count()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    return (
        f"{cores} cores, {pages:.0f} GB, Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )
