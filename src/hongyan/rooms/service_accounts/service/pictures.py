"""Pictures: checked and drawn anew in a child, kept, and shown by links that expire."""

import asyncio
import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO, Any, Final

from hongyan.kernel import sandbox
from hongyan.kernel.db.database import Uow
from hongyan.kernel.files.kinds import sniff
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.ring import KeyRing, KeyRingError
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.service_accounts.contracts.accounts import Picture, PictureUse
from hongyan.rooms.service_accounts.errors import PictureNotFound, PictureRefused
from hongyan.rooms.service_accounts.rules import pictures as rules
from hongyan.rooms.service_accounts.service.desk import Desk
from hongyan.rooms.service_accounts.store import pictures as store

AREA = "service_accounts"
LINK_LIFE = timedelta(hours=24)
_PARSER: Final = "hongyan.rooms.service_accounts.parsers.pictures"
_PURPOSE: Final = "service_accounts.picture"
_CHILD_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_CHILD_DEADLINE_S: Final = 15.0
_AT_ONCE: Final = 2
"""Children per process; each may use a core and a gigabyte."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An upload that was decoded and drawn anew."""

    use: PictureUse
    media_type: str
    size_bytes: int
    width: int
    height: int
    data: bytes


class PicturesService:
    """Use cases of pictures."""

    def __init__(self, *, desk: Desk, files: Files, ring: KeyRing, links_url: str) -> None:
        """Keep bytes in ``files``; sign links below ``links_url`` with ``ring``."""
        self._desk = desk
        self._files = files
        self._ring = ring
        self._links_url = links_url.rstrip("/")
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def draw(self, actor: Actor, use: PictureUse, name: str, data: bytes) -> Drawn:
        """Check an upload and draw it anew, outside any transaction.

        Raises:
            PictureRefused: not the picture that the use demands, damaged, or named as what it is not.
        """
        actor.require(Permission.PUB_EDIT)
        rules.check_upload(use, name, len(data), sniff(data))
        try:
            async with self._places:
                head, body = await _redraw(data)
        except (sandbox.SandboxCrash, sandbox.SandboxMemory, sandbox.SandboxTimeout) as error:
            raise PictureRefused("file", reason=error.text("en"), reason_zh=error.text("zh-CN")) from error
        if "error" in head:
            if head["error"] == "pixels":
                raise PictureRefused("file", reason="the picture has too many pixels", reason_zh="图片像素过大")
            raise PictureRefused("file", reason="the picture is damaged or incomplete", reason_zh="图片已损坏或不完整")
        drawn = Drawn(use, str(head["media_type"]), len(data), int(head["width"]), int(head["height"]), body)
        why = rules.misfit(use, drawn.width, drawn.height, drawn.size_bytes)
        if why is not None:
            raise PictureRefused("file", reason=why[0], reason_zh=why[1])
        return drawn

    async def keep(self, uow: Uow, actor: Actor, drawn: Drawn) -> Picture:
        """Keep a picture.

        Raises:
            HongyanError: the service is not open.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        await self._desk.uploader(uow, tenant_id)
        picture = Picture(
            picture_id=self._desk.new_id(),
            tenant_id=tenant_id,
            use=drawn.use,
            media_type=drawn.media_type,
            size_bytes=drawn.size_bytes,
            width=drawn.width,
            height=drawn.height,
            created_at=self._desk.clock.now(),
        )
        # Bytes first: a row never stands without its file; bytes whose transaction fails are unreachable.
        await self._files.put(AREA, picture.name, drawn.data)
        await store.insert_picture(uow, picture)
        return picture

    async def require(
        self, uow: Uow, tenant_id: TenantId, wanted: Mapping[str, tuple[str, PictureUse]]
    ) -> dict[str, Picture]:
        """Return the tenant's pictures by request field; ``wanted`` says which id stands where, and for what.

        Raises:
            PictureNotFound: the tenant has none with that id.
            PictureUnfit: it does not meet the demands of its place.
        """
        found = await store.list_pictures(uow, tenant_id, [picture_id for picture_id, _ in wanted.values()])
        placed = {}
        for field, (picture_id, use) in wanted.items():
            picture = found.get(picture_id)
            if picture is None:
                raise PictureNotFound(field, id=picture_id)
            rules.check_fit(field, picture, use)
            placed[field] = picture
        return placed

    async def require_proofs(self, uow: Uow, tenant_id: TenantId, ids: Iterable[str]) -> list[Picture]:
        """Return the tenant's pictures that prove something.

        Raises:
            PictureNotFound: the tenant has none with that id.
            ProofsTooLarge: all together are.
        """
        field = "authorization_files"
        wanted = {f"{field}.{number}": (one, PictureUse.OTHER) for number, one in enumerate(ids)}
        found = list((await self.require(uow, tenant_id, wanted)).values())
        rules.check_proofs(field, found)
        return found

    async def links(self, uow: Uow, tenant_id: TenantId, ids: Iterable[str]) -> dict[str, str]:
        """Return links to the tenant's pictures by id; they work for 24 hours."""
        return {key: self.link(one) for key, one in (await store.list_pictures(uow, tenant_id, set(ids))).items()}

    def link(self, picture: Picture) -> str:
        """Return a link that shows a picture for 24 hours to whoever has it."""
        until = int((self._desk.clock.now() + LINK_LIFE).timestamp())
        word = json.dumps([picture.name, picture.media_type, until]).encode()
        token = base64.urlsafe_b64encode(self._ring.seal(_PURPOSE, word)).rstrip(b"=").decode()
        return f"{self._links_url}/sa/media/{token}"

    async def open_link(self, token: str) -> tuple[str, bytes, int] | None:
        """Return media type, bytes and remaining seconds behind a link's token, or ``None`` when it shows nothing."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            name, media_type, until = json.loads(self._ring.open(_PURPOSE, sealed))
        except (binascii.Error, ValueError, KeyRingError):
            return None
        left = until - int(self._desk.clock.now().timestamp())
        return None if left <= 0 else (media_type, await self._files.get(AREA, name), left)

    async def read(self, uow: Uow, actor: Actor, tenant_id: TenantId, picture_id: str) -> tuple[Picture, bytes]:
        """Return a picture: the tenant's own, or any for reviewers.

        Raises:
            PictureNotFound: the tenant has none with that id.
        """
        actor.require(Permission.PUB_LIST if actor.tenant_id == tenant_id else Permission.REVIEW_LIST)
        picture = (await store.list_pictures(uow, tenant_id, [picture_id])).get(picture_id)
        if picture is None:
            raise PictureNotFound("picture_id", id=picture_id)
        return picture, await self._files.get(AREA, picture.name)


async def _redraw(data: bytes) -> tuple[dict[str, Any], bytes]:
    with TemporaryFile() as source:
        await asyncio.to_thread(_fill, source, data)
        async with sandbox.run(
            _PARSER, [], memory_bytes=_CHILD_MEMORY_BYTES, deadline_s=_CHILD_DEADLINE_S, stdin=source
        ) as child:
            frames = [frame async for frame in child.frames()]
    if not frames:
        raise sandbox.SandboxCrash
    return json.loads(frames[0]), b"".join(frames[1:])


def _fill(source: IO[bytes], data: bytes) -> None:
    source.write(data)
    source.seek(0)
