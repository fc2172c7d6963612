"""The material library: pictures and videos of tenants, for their cards.

Bytes are got and read before a transaction begins: that takes seconds. Only what was written anew, or read to its end,
is kept. Not for: which templates show a material (``sources``).
"""

import asyncio
import base64
import binascii
import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Final
from uuid import UUID

from hongyan.kernel import sandbox
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError, NotFound
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.client import OutgoingError, OutgoingHttp
from hongyan.kernel.ids import Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.ring import KeyRing, KeyRingError
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.smart.contracts import Material, MaterialKind
from hongyan.rooms.smart.errors import (
    MaterialInUse,
    MaterialNotFetched,
    MaterialNotFound,
    MaterialRefused,
    MaterialSpaceFull,
)
from hongyan.rooms.smart.rules.uploads import (
    CONTENT_TYPES,
    MAX_BYTES,
    MAX_SPACE_BYTES,
    Upload,
    check_bytes,
    check_rate,
    check_upload,
    check_url,
    decode,
)
from hongyan.rooms.smart.store import materials as store

AREA = "smart_materials"
UNUSED_AFTER = timedelta(days=30)
URL_GOOD_FOR = timedelta(hours=24)
_PURPOSE = "smart.material_url"
_CHILD_MEMORY_BYTES: Final = 1024**3
_CHILD_DEADLINE_S: Final = 20.0
_FETCH_TIMEOUT_S: Final = 20.0
_AT_ONCE: Final = 2
"""Children per process; each may use a core."""
_SLICE: Final = 200
_OK = 200
_FILE = re.compile(r"[0-9a-f]{32}\.(png|jpg|mp4)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upload whose bytes are sound. ``data`` is what phones will get, ``cover`` the first picture of a video."""

    upload: Upload
    name: str
    extension: str
    data: bytes
    width: int
    height: int
    duration_ms: int | None = None
    cover: bytes = b""
    cover_size: tuple[int, int] = (0, 0)


class MaterialService:
    """Everything about materials."""

    def __init__(
        self, *, clock: Clock, ids: Ids, jobs: Jobs, files: Files, ring: KeyRing, out: OutgoingHttp, links_url: str
    ) -> None:
        """Fetch addresses over ``out``, which judges them; phones and people fetch files below ``links_url``."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._files = files
        self._ring = ring
        self._out = out
        self._links_url = links_url.rstrip("/")
        self._places = asyncio.Semaphore(_AT_ONCE)

    # --- uploads --------------------------------------------------------------------------------------------------

    async def prepare(self, actor: Actor, upload: Upload) -> Prepared:
        """Get an upload's bytes and read them to their end. Opens no transaction.

        Raises:
            Forbidden: the actor may not upload.
            InvalidInput: a field breaks a rule.
            MaterialNotFetched: the address does not give the file, or is not one we may reach.
            MaterialRefused: the bytes are not what was declared, damaged, too many, or too long to play.
        """
        actor.require(Permission.MATERIAL_CREATE)
        name = check_upload(upload)
        if upload.is_url:
            declared = check_url(upload.url)
            data = await self._fetch(upload)
        else:
            declared, data = decode(upload.stream)
        extension = check_bytes(upload, declared, data)
        head, frame = await self._read(upload, extension, data)
        width, height = int(head["width"]), int(head["height"])
        check_rate(upload, width, height)
        if extension != "mp4":
            return Prepared(upload, name, extension, frame, width, height)
        size = (int(head["cover_width"]), int(head["cover_height"]))
        return Prepared(upload, name, extension, data, width, height, int(head["duration_ms"]), frame, size)

    async def store(self, uow: Uow, actor: Actor, prepared: Prepared) -> Material:
        """Keep a prepared upload; a video gets its first picture as its primary cover.

        Raises:
            MaterialNotFound: a thumbnail's video is not there.
            MaterialSpaceFull: the tenant has 10 GB.
        """
        tenant_id = actor.tenant(Permission.MATERIAL_CREATE)
        upload = prepared.upload
        video_id = None
        if upload.kind is MaterialKind.THUMBNAIL:
            video_id = (await self._video(uow, tenant_id, upload.video_id)).material_id
        taken = await store.lock_space(uow, tenant_id)
        if taken + len(prepared.data) + len(prepared.cover) > MAX_SPACE_BYTES:
            raise MaterialSpaceFull("file_stream", limit=MAX_SPACE_BYTES // 1024**3)
        material = Material(
            material_id=self._ids.uuid(),
            tenant_id=tenant_id,
            resource_id=await store.next_resource_id(uow),
            kind=upload.kind,
            name=prepared.name,
            description=upload.description,
            rate=upload.rate or None,
            file=f"{self._ids.uuid().replace('-', '')}.{prepared.extension}",
            content_type=CONTENT_TYPES[prepared.extension],
            size_bytes=len(prepared.data),
            width=prepared.width,
            height=prepared.height,
            created_at=self._clock.now(),
            duration_ms=prepared.duration_ms,
            video_id=video_id,
        )
        await store.insert_material(uow, material)
        await self._files.put(AREA, material.file, prepared.data)
        if prepared.cover:
            await self._store_cover(uow, material, prepared)
        return material

    async def _store_cover(self, uow: Uow, video: Material, prepared: Prepared) -> None:
        cover = Material(
            material_id=self._ids.uuid(),
            tenant_id=video.tenant_id,
            resource_id=await store.next_resource_id(uow),
            kind=MaterialKind.THUMBNAIL,
            name=f"{video.name.rpartition('.')[0] or video.name}.jpg",
            description="",
            rate=video.rate,
            file=f"{self._ids.uuid().replace('-', '')}.jpg",
            content_type=CONTENT_TYPES["jpg"],
            size_bytes=len(prepared.cover),
            width=prepared.cover_size[0],
            height=prepared.cover_size[1],
            created_at=video.created_at,
            video_id=video.material_id,
            is_primary=True,
            is_auto=True,
        )
        await store.insert_material(uow, cover)
        await self._files.put(AREA, cover.file, prepared.cover)

    async def _fetch(self, upload: Upload) -> bytes:
        limit = MAX_BYTES[upload.kind]
        try:
            answer = await self._out.request(
                "GET", upload.url, timeout_s=_FETCH_TIMEOUT_S, max_response_bytes=limit, max_redirects=3
            )
        except OutgoingError as error:
            raise MaterialNotFetched("file_url", reason=error.text("en"), reason_zh=error.text("zh-CN")) from error
        if answer.status != _OK:
            status = answer.status
            reason, reason_zh = f"the address answered {status}.", f"地址返回状态 {status}。"
            raise MaterialNotFetched("file_url", reason=reason, reason_zh=reason_zh)
        return answer.body

    async def _read(self, upload: Upload, extension: str, data: bytes) -> tuple[dict[str, int], bytes]:
        field = "file_url" if upload.is_url else "file_stream"
        with TemporaryFile() as source:
            source.write(data)
            source.seek(0)
            try:
                async with (
                    self._places,
                    sandbox.run(
                        "hongyan.rooms.smart.parsers.pictures",
                        [extension],
                        memory_bytes=_CHILD_MEMORY_BYTES,
                        deadline_s=_CHILD_DEADLINE_S,
                        stdin=source,
                    ) as child,
                ):
                    frames = [frame async for frame in child.frames()]
            except (sandbox.SandboxTimeout, sandbox.SandboxMemory, sandbox.SandboxCrash) as error:
                raise _refused(field, error) from error
        head = json.loads(frames[0])
        if "reason" in head:
            raise MaterialRefused(field, reason=head["reason"], reason_zh=head["reason_zh"])
        return head, frames[1]

    # --- lists ----------------------------------------------------------------------------------------------------

    async def list_materials(
        self,
        uow: Uow,
        actor: Actor,
        kind: MaterialKind,
        *,
        name: str | None = None,
        material_id: str | None = None,
        resource_id: str | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Page[Material]:
        """Return a page of pictures or videos, the newest first; ``name`` matches anywhere."""
        tenant_id = actor.tenant(Permission.MATERIAL_LIST)
        return await store.list_materials(
            uow,
            tenant_id,
            kind,
            name=name,
            material_id=None if material_id is None else _uuid(material_id),
            resource_id=resource_id,
            offset=offset,
            limit=limit,
        )

    async def list_thumbnails(self, uow: Uow, actor: Actor, resource_id: str) -> list[Material]:
        """Return the covers of a video, the oldest first.

        Raises:
            MaterialNotFound: there is no such video.
        """
        tenant_id = actor.tenant(Permission.MATERIAL_LIST)
        video = await self._video_of(uow, tenant_id, resource_id)
        return await store.list_thumbnails(uow, tenant_id, [video.material_id])

    async def set_primary(self, uow: Uow, actor: Actor, resource_id: str, thumbnail_id: str) -> None:
        """Make one of a video's covers its primary one; templates that exist keep theirs.

        Raises:
            MaterialNotFound: there is no such video, or it has no such cover.
        """
        tenant_id = actor.tenant(Permission.MATERIAL_CREATE)
        video = await self._video_of(uow, tenant_id, resource_id)
        covers = await store.list_thumbnails(uow, tenant_id, [video.material_id])
        if _uuid(thumbnail_id) not in {cover.material_id for cover in covers}:
            raise MaterialNotFound("thumbnail_id", material_id=thumbnail_id)
        await store.set_primary(uow, tenant_id, video.material_id, _uuid(thumbnail_id))

    # --- deleting -------------------------------------------------------------------------------------------------

    async def delete(self, uow: Uow, actor: Actor, material_ids: Sequence[str]) -> None:
        """Delete materials, videos with their covers: all of them or none.

        Raises:
            MaterialNotFound: one is not there.
            MaterialInUse: a template shows one, or it is the primary cover of a video that stays.
        """
        tenant_id = actor.tenant(Permission.MATERIAL_DELETE)
        wanted = {_uuid(one): one for one in material_ids}
        found = await store.find_by_id(uow, tenant_id, wanted, lock=True)
        missing = next((given for one, given in wanted.items() if one not in found), None)
        if missing is not None:
            raise MaterialNotFound("material_ids", material_id=missing)
        for one in found.values():
            if one.is_primary and one.video_id not in found:
                raise MaterialInUse("material_ids", material_id=one.material_id, user=f"video {one.video_id}")
        covers = await store.list_thumbnails(uow, tenant_id, found)
        use = await store.find_use(uow, [*found, *(cover.material_id for cover in covers)])
        if use is not None:
            raise MaterialInUse("material_ids", material_id=use[0], user=f"template {use[1]}")
        await self._remove(uow, list(found))

    async def delete_unused(self, uow: Uow) -> int:
        """Delete a slice of what no template has shown for 30 days; returns how many. Safe to repeat."""
        ids = await store.list_unused(uow, self._clock.now() - UNUSED_AFTER, _SLICE)
        if ids:
            await self._remove(uow, ids)
        return len(ids)

    async def delete_files(self, files: Sequence[str]) -> None:
        """Remove files whose materials are gone; repeatable."""
        for file in files:
            await self._files.delete(AREA, file)

    async def _remove(self, uow: Uow, ids: list[str]) -> None:
        files = await store.delete_materials(uow, ids)
        # By a job of this transaction: bytes go when the rows are gone for certain, and are not forgotten.
        await self._jobs.defer(uow, "smart.delete_files", {"files": files})

    # --- files ----------------------------------------------------------------------------------------------------

    async def find_file(self, file: str) -> bytes | None:
        """Return a file by its unguessable name, as phones ask for it."""
        if _FILE.fullmatch(file) is None:
            return None
        with contextlib.suppress(NotFound):
            return await self._files.get(AREA, file)
        return None

    def file_url(self, material: Material) -> str:
        """Return an address that gives the file for a day, to whoever has it."""
        until = int((self._clock.now() + URL_GOOD_FOR).timestamp())
        sealed = self._ring.seal(_PURPOSE, f"{until} {material.file}".encode())
        extension = material.file.rpartition(".")[2]
        return f"{self._links_url}/m/s/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}.{extension}"

    def open_url(self, token: str) -> str | None:
        """Return the file that an address of :meth:`file_url` gives, ``None`` when it is over or none of ours."""
        try:
            plain = self._ring.open(_PURPOSE, base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        except (ValueError, binascii.Error, KeyRingError):
            return None
        until, _, file = plain.decode().partition(" ")
        return file if int(until) >= self._clock.now().timestamp() else None

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _video(self, uow: Uow, tenant_id: TenantId, material_id: str) -> Material:
        wanted = _uuid(material_id)
        found = (await store.find_by_id(uow, tenant_id, [wanted], lock=True)).get(wanted)
        if found is None or found.kind is not MaterialKind.VIDEO:
            raise MaterialNotFound("material_id", material_id=material_id)
        return found

    async def _video_of(self, uow: Uow, tenant_id: TenantId, resource_id: str) -> Material:
        found = (await store.find_by_resource(uow, tenant_id, [resource_id], lock=True)).get(resource_id)
        if found is None or found.kind is not MaterialKind.VIDEO:
            raise MaterialNotFound("aim_resource_id", material_id=resource_id)
        return found


def _refused(field: str, error: HongyanError) -> MaterialRefused:
    return MaterialRefused(field, reason=error.text("en").rstrip("."), reason_zh=error.text("zh-CN").rstrip("。"))


def _uuid(text: str) -> str:
    """Return an id in the form it is stored in; what is none is nobody's."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(UUID(int=0))
