"""Bytes by key, in a local folder or an S3 bucket: there whole or not at all, and durable when ``put`` returns.

Rooms keep what they know about a file (name, kind, owner) in their own tables; here it is only ``area/file_id``.
Not for: checking uploads (``kernel.files.kinds``).
"""

import asyncio
import os
import re
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import LocalStore, from_url

from hongyan.kernel.errors import NotFound

_AREA = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_PARTS_MAX = 4
_CHUNK_BYTES = 1024 * 1024


class Files:
    """The file store of an installation.

    Keys: ``area`` is a room's word, ``file_id`` up to four parts joined by ``/``.
    """

    def __init__(self, url: str) -> None:
        """Use ``file:///folder`` (made when absent) or ``s3://bucket/prefix`` (keys: AWS_… variables)."""
        parts = urlsplit(url)
        self._folder: Path | None = None
        if parts.scheme == "file":
            self._folder = Path(unquote(parts.path))
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._store: obstore.store.ObjectStore = LocalStore(self._folder)
        else:
            self._store = from_url(url)

    async def put(self, area: str, file_id: str, data: bytes | AsyncIterable[bytes]) -> int:
        """Store a file, replacing one of the same key; returns its size in bytes.

        When the chunks stop with an exception nothing is stored.
        """
        key = _key(area, file_id)
        size = 0
        if isinstance(data, bytes):
            await obstore.put_async(self._store, key, data)
            size = len(data)
        else:

            async def counted() -> AsyncIterator[bytes]:
                nonlocal size
                async for chunk in data:
                    size += len(chunk)
                    yield chunk

            await obstore.put_async(self._store, key, counted())
        if self._folder is not None:
            # The store renames the finished file but does not sync it: a checkpoint in PostgreSQL must not outlive
            # its file.
            await asyncio.to_thread(_sync, self._folder / key)
        return size

    async def get(self, area: str, file_id: str) -> bytes:
        """Return the whole file.

        Raises:
            NotFound: no such file.
        """
        try:
            result = await obstore.get_async(self._store, _key(area, file_id))
        except FileNotFoundError as error:
            raise NotFound(what="file", id=file_id) from error
        return bytes(await result.bytes_async())

    async def open_stream(self, area: str, file_id: str) -> AsyncIterator[bytes]:
        """Return an iterator over the file's bytes, about 1 MB at a time.

        Raises:
            NotFound: no such file (raised here, before the first chunk).
        """
        try:
            result = await obstore.get_async(self._store, _key(area, file_id))
        except FileNotFoundError as error:
            raise NotFound(what="file", id=file_id) from error

        async def chunks() -> AsyncIterator[bytes]:
            async for chunk in result.stream(min_chunk_size=_CHUNK_BYTES):
                yield bytes(chunk)

        return chunks()

    async def exists(self, area: str, file_id: str) -> bool:
        """Tell whether the file is there."""
        return await self.find_size(area, file_id) is not None

    async def find_size(self, area: str, file_id: str) -> int | None:
        """Return the file's size in bytes, ``None`` when it is not there."""
        try:
            head = await obstore.head_async(self._store, _key(area, file_id))
        except FileNotFoundError:
            return None
        return int(head["size"])

    async def delete(self, area: str, file_id: str) -> None:
        """Remove the file; one that is not there is no error (deleting may be repeated)."""
        try:
            await obstore.delete_async(self._store, _key(area, file_id))
        except FileNotFoundError:
            return

    async def iter_keys(self) -> AsyncIterator[tuple[str, str]]:
        """Yield ``(area, file_id)`` of every file, in no order (backups)."""
        async for page in obstore.list(self._store):
            for entry in page:
                area, _, file_id = entry["path"].partition("/")
                if file_id:
                    yield area, file_id


def _key(area: str, file_id: str) -> str:
    """Return the key, refusing what could leave the store's folder.

    Keys come from code, so this is a programming mistake.
    """
    parts = file_id.split("/")
    if not _AREA.fullmatch(area) or len(parts) > _PARTS_MAX or not all(_PART.fullmatch(part) for part in parts):
        msg = f"not a file key: {area!r} {file_id!r}"
        raise ValueError(msg)
    return f"{area}/{file_id}"


def _sync(path: Path) -> None:
    """Make a finished file and its name durable."""
    for target in (path, path.parent):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
