"""The sandbox keeps hostile work small, short and away from our things."""

import asyncio
from pathlib import Path

import psutil
import pytest

from hongyan.kernel import sandbox
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.sandbox import SandboxCrash, SandboxMemory, SandboxTimeout

_MEMORY = 200 * 1024**2


async def _collect(*args: str, deadline_s: float = 10, memory_bytes: int = _MEMORY) -> list[bytes]:
    async with sandbox.run("support.sandboxed", args, memory_bytes=memory_bytes, deadline_s=deadline_s) as child:
        return [frame async for frame in child.frames()]


async def test_frames_arrive_whole_and_prints_do_not_mix_in() -> None:
    assert await _collect("echo", "", "一", "x" * 100_000) == [b"", "一".encode(), b"x" * 100_000]


async def test_many_frames_keep_their_order() -> None:
    frames = await _collect("many", "20000", "100")
    assert [int.from_bytes(frame[:4], "big") for frame in frames] == list(range(20_000))


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (("eat_memory",), SandboxMemory),
        (("abort_like_rust",), SandboxMemory),
        (("abort",), SandboxCrash),
        (("raise", "no"), SandboxCrash),
    ],
)
async def test_a_child_that_dies_becomes_its_typed_error(behaviour: tuple[str, ...], error: type[HongyanError]) -> None:
    with pytest.raises(error) as caught:
        await _collect(*behaviour)
    assert caught.value.text("zh-CN") != caught.value.text("en")


async def test_a_child_that_sleeps_is_given_up_in_time() -> None:
    with pytest.raises(SandboxTimeout):
        await _collect("sleep", "60", deadline_s=0.5)


async def test_a_child_that_spins_is_stopped_by_the_clock_or_its_processor_limit() -> None:
    with pytest.raises(SandboxTimeout):
        await _collect("spin", deadline_s=0.5)


async def test_nothing_is_left_running_when_the_reader_leaves_early() -> None:
    async with sandbox.run(
        "support.sandboxed", ["many", "1000000", "1000"], memory_bytes=_MEMORY, deadline_s=10
    ) as child:
        async for _ in child.frames():
            break
        process = psutil.Process(child.pid)
    assert not process.is_running()


async def test_a_reader_that_is_behind_holds_the_child_back() -> None:
    async with sandbox.run(
        "support.sandboxed", ["many", "100000", "10000"], memory_bytes=_MEMORY, deadline_s=10
    ) as child:
        frames = child.frames()
        await anext(frames)
        process = psutil.Process(child.pid)
        written = -1
        # It stands still once the pipe and our buffer are full, far below the 1 GB it wants to write.
        while written != (now := process.io_counters().write_chars):
            written = now
            await asyncio.sleep(0.1)
        assert written < 20_000_000
        await frames.aclose()


async def test_a_child_writes_no_files(tmp_path: Path) -> None:
    target = tmp_path / "written"
    with pytest.raises(SandboxCrash):
        await _collect("write", str(target))
    assert target.stat().st_size == 0


async def test_a_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONGYAN_DATABASE_URL", "postgresql://secret")
    (names,) = await _collect("environment")
    assert b"HONGYAN" not in names
    assert b"HOME" not in names


async def test_a_child_reads_the_file_it_is_given(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_bytes(b"content")
    with source.open("rb") as stdin:
        async with sandbox.run(
            "support.sandboxed", ["stdin"], memory_bytes=_MEMORY, deadline_s=10, stdin=stdin
        ) as child:
            assert [frame async for frame in child.frames()] == [b"content"]


async def test_a_frame_beyond_the_bound_is_refused() -> None:
    with pytest.raises(SandboxCrash):
        await _collect("large", str(sandbox.MAX_FRAME_BYTES + 1))
