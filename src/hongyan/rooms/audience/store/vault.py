"""The parts of a number file in the file store, each sealed for its own place: source, recipients, issues; and flags.

Not for: what is known about a file (``store.number_files``).
"""

from collections.abc import AsyncIterator, Sequence
from typing import IO, Final

from hongyan.kernel.errors import NotFound
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.audience import rules
from hongyan.rooms.audience.contracts import RecipientBlock

_AREA: Final = "audience"


class Vault:
    """Seals and opens the parts of number files."""

    def __init__(self, files: Files, ring: KeyRing) -> None:
        """Keep sealed bytes in ``files``."""
        self._files = files
        self._ring = ring

    async def put_source(self, file_id: FileId, pieces: AsyncIterator[bytes]) -> None:
        """Store the file as it was uploaded; when the pieces stop with an exception nothing is stored."""

        async def sealed() -> AsyncIterator[bytes]:
            async for piece in pieces:
                yield rules.frame(self._ring.seal(_purpose("source", file_id), piece))

        await self._files.put(_AREA, f"{file_id}/source", sealed())

    async def copy_source(self, file_id: FileId, target: IO[bytes]) -> None:
        """Write the uploaded file to ``target`` and go back to its start."""
        chunks = await self._files.open_stream(_AREA, f"{file_id}/source")
        async for piece in rules.unframe(chunks):
            target.write(self._ring.open(_purpose("source", file_id), piece))
        target.flush()
        target.seek(0)

    async def delete_source(self, file_id: FileId) -> None:
        """Remove the uploaded file: its recipients are stored."""
        await self._files.delete(_AREA, f"{file_id}/source")

    async def put_recipients(self, file_id: FileId, block_no: int, packed: bytes) -> None:
        """Store a block."""
        await self._put("recipients", file_id, block_no, packed)

    async def get_recipients(self, file_id: FileId, block_no: int) -> RecipientBlock:
        """Return a block; raises NotFound."""
        return rules.unpack_block(block_no, await self._get("recipients", file_id, block_no))

    async def put_issues(self, file_id: FileId, block_no: int, packed: bytes) -> None:
        """Store the issues found on the way to a block."""
        await self._put("issues", file_id, block_no, packed)

    async def get_issues(self, file_id: FileId, block_no: int) -> Sequence[rules.Issue]:
        """Return the issues found on the way to a block, none when there is nothing."""
        try:
            return rules.unpack_issues(await self._get("issues", file_id, block_no))
        except NotFound:
            return ()

    async def put_flags(self, key: FileId, block_no: int, flags: bytes) -> None:
        """Store one byte per recipient of a block; they say nothing without the block and are not sealed."""
        await self._files.put(_AREA, f"{key}/flags-{block_no}", flags)

    async def get_flags(self, key: FileId, block_no: int) -> bytes:
        """Return them; raises NotFound."""
        return await self._files.get(_AREA, f"{key}/flags-{block_no}")

    async def delete_flags(self, key: FileId, blocks: int) -> None:
        """Remove the flags of the first ``blocks`` blocks."""
        for block_no in range(blocks):
            await self._files.delete(_AREA, f"{key}/flags-{block_no}")

    async def delete_all(self, file_id: FileId, blocks: int) -> None:
        """Remove every part of a file that has ``blocks`` blocks, and one more that a crash may have left."""
        for block_no in range(blocks + 1):
            for part in ("recipients", "issues", "flags"):
                await self._files.delete(_AREA, f"{file_id}/{part}-{block_no}")
        await self.delete_source(file_id)

    async def _put(self, part: str, file_id: FileId, block_no: int, packed: bytes) -> None:
        sealed = self._ring.seal(_purpose(f"{part} {block_no}", file_id), packed)
        await self._files.put(_AREA, f"{file_id}/{part}-{block_no}", sealed)

    async def _get(self, part: str, file_id: FileId, block_no: int) -> bytes:
        sealed = await self._files.get(_AREA, f"{file_id}/{part}-{block_no}")
        return self._ring.open(_purpose(f"{part} {block_no}", file_id), sealed)


def _purpose(part: str, file_id: FileId) -> str:
    """Name what is sealed, so that no part can stand in another's place."""
    return f"audience {part} of {file_id}"
