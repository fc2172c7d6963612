"""`python -m fuzzing [TARGET ...] --seconds 60`, with the Python that has the engine.

Each target runs in a child of its own for that long, over the corpus of the repository and what earlier runs found
(`.tools/fuzz/found`). An input that breaks the contract is saved in `.tools/fuzz/crashes`, and the run fails: copy the
file into the target's corpus beside the fix, so that `make test` replays it for ever. `--keep` merges what earlier runs
found into the corpus: only short inputs, and only those that reach code which no other reaches.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fuzzing.targets import CORPUS, TARGETS

_WORK: Final = Path(__file__).parents[2] / ".tools" / "fuzz"
_FOUND: Final = _WORK / "found"
_CRASHES: Final = _WORK / "crashes"
#: Per input, under instrumentation, which makes everything about ten times slower.
_DEADLINE_S: Final = 5
_MEMORY_MB: Final = 768
#: Longer inputs find little and take long: MM7's are documents, all others fit a PDU.
_MAX_OCTETS: Final = 1_024
_MAX_MM7_OCTETS: Final = 8_192
#: Inputs longer than this are not kept in the repository.
_MAX_KEPT_OCTETS: Final = 1_024
_STATS: Final = re.compile(r"^stat::(\w+):\s+(\d+)$", re.MULTILINE)


def _run(name: str, arguments: Sequence[str]) -> str | None:
    """Return what the engine printed, or None after showing why it stopped."""
    command = [sys.executable, "-m", "fuzzing.engine", name, *arguments]
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    if done.returncode:
        print(f"{name}: BROKEN", *done.stdout.splitlines()[-40:], sep="\n", flush=True)
        return None
    return done.stdout


def _search(name: str, seconds: int) -> bool:
    found, corpus = _FOUND / name, CORPUS / name
    for folder in (found, corpus, _CRASHES):
        folder.mkdir(parents=True, exist_ok=True)
    longest = _MAX_MM7_OCTETS if name.startswith("mm7") else _MAX_OCTETS
    limits = [f"-timeout={_DEADLINE_S}", f"-rss_limit_mb={_MEMORY_MB}", f"-max_len={longest}"]
    output = _run(
        name,
        [
            str(found),
            str(corpus),
            f"-max_total_time={seconds}",
            f"-artifact_prefix={_CRASHES}/{name}-",
            "-print_final_stats=1",
            *limits,
        ],
    )
    if output is None:
        return False
    stats = dict(_STATS.findall(output))
    runs, rate, memory = (
        int(stats.get(key, 0)) for key in ("number_of_executed_units", "average_exec_per_sec", "peak_rss_mb")
    )
    print(f"{name}: {runs:,} inputs, {rate:,}/s, {memory} MB", flush=True)
    return True


def _keep(name: str) -> bool:
    output = _run(name, ["-set_cover_merge=1", str(CORPUS / name), str(_FOUND / name), f"-max_len={_MAX_KEPT_OCTETS}"])
    return output is not None


def main() -> int:
    """Run the named targets, or all."""
    parser = argparse.ArgumentParser(prog="fuzzing", description="Search for octets that break the wire library.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="how long to search each target")
    parser.add_argument("--keep", action="store_true", help="merge what was found into the corpus instead")
    options = parser.parse_args()
    names: list[str] = options.targets or list(TARGETS)
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    broken = [name for name in names if not (_keep(name) if options.keep else _search(name, options.seconds))]
    if broken:
        print(f"broken: {', '.join(broken)}; the inputs are in {_CRASHES}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
