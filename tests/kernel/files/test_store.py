"""The file store on a local folder (the S3 side is the same library behind another URL)."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.kernel.errors import NotFound
from hongyan.kernel.files.store import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files((tmp_path / "a b").as_uri())


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_bytes_come_back_whole_and_in_chunks(files: Files) -> None:
    data = os.urandom(3_000_000)
    assert await files.put("audience", "t1/numbers", data) == len(data)
    assert await files.get("audience", "t1/numbers") == data
    streamed = [chunk async for chunk in await files.open_stream("audience", "t1/numbers")]
    assert b"".join(streamed) == data
    assert len(streamed) > 1


async def test_an_upload_is_stored_as_it_streams(files: Files) -> None:
    parts = [os.urandom(700_000) for _ in range(20)]
    assert await files.put("audience", "big", _chunks(*parts)) == 14_000_000
    assert await files.get("audience", "big") == b"".join(parts)


async def test_a_broken_upload_leaves_nothing(files: Files, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        raise ConnectionError("the browser went away")

    with pytest.raises(ConnectionError):
        await files.put("audience", "half", broken())
    assert not await files.exists("audience", "half")
    assert [path for path in (tmp_path / "a b").rglob("*") if path.is_file()] == []


async def test_a_file_is_replaced_found_and_deleted(files: Files) -> None:
    await files.put("sms", "x", b"one")
    await files.put("sms", "x", b"three")
    assert await files.find_size("sms", "x") == 5
    assert [key async for key in files.iter_keys()] == [("sms", "x")]
    await files.delete("sms", "x")
    await files.delete("sms", "x")
    assert await files.find_size("sms", "x") is None


async def test_what_is_not_there_is_not_found(files: Files) -> None:
    with pytest.raises(NotFound):
        await files.get("sms", "absent")
    with pytest.raises(NotFound):
        await files.open_stream("sms", "absent")


@pytest.mark.parametrize(
    ("area", "file_id"),
    [
        ("sms", "../x"),
        ("sms", "/etc/passwd"),
        ("sms", ""),
        ("..", "x"),
        ("sms", "a//b"),
        ("sms", "a/./b"),
        ("sms", "a\x00b"),
        ("Sms", "x"),
        ("sms", ".hidden"),
        ("sms", "a/b/c/d/e"),
        ("sms", "a b"),
        ("sms", "名"),
    ],
)
async def test_keys_stay_inside_the_store(files: Files, area: str, file_id: str) -> None:
    with pytest.raises(ValueError, match="not a file key"):
        await files.put(area, file_id, b"x")
