"""Every named point of the harness still exists in the product, and striking there does what was asked."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from support.chaos import points
from support.chaos.children import PYTHONPATH

_PROGRAM = """
import sys
from pathlib import Path
from support.chaos.points import Trap
trap = Trap(Path(sys.argv[1]), "one")
for n in range(1, 6):
    print(n, flush=True)
    trap.hit("elsewhere")
    trap.hit("here")
"""


@pytest.mark.parametrize("point", points.POINTS, ids=lambda point: point.name)
def test_the_product_has_the_function(point: points.Point) -> None:
    _, _, function = points.resolve(point.target)
    assert callable(function)


def test_names_say_one_thing() -> None:
    names = [point.name for point in points.POINTS]
    assert len(names) == len(set(names))
    assert {process for point in points.POINTS for process in point.processes} == {"gateway", "worker", "web"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_process_dies_or_stops_at_the_point_for_the_nth_time(tmp_path: Path, number: signal.Signals) -> None:
    points.arm(tmp_path, "one", "here", nth=3, signal_name=number.name)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM, str(tmp_path)), stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": PYTHONPATH}
    )
    assert process.stdout is not None
    async with asyncio.timeout(10):
        if number is signal.SIGSTOP:
            while not points.has_fired(tmp_path, "one"):  # noqa: ASYNC110 - another process is watched
                await asyncio.sleep(0.02)
            assert [await process.stdout.readline() for _ in range(3)] == [b"1\n", b"2\n", b"3\n"]
            process.send_signal(signal.SIGCONT)
            assert (await process.stdout.read()).split() == [b"4", b"5"]
            assert await process.wait() == 0
        else:
            assert (await process.stdout.read()).split() == [b"1", b"2", b"3"]
            assert await process.wait() == -number
    assert points.has_fired(tmp_path, "one")
    points.clear(tmp_path, "one")
    assert not points.disarm(tmp_path, "one")
