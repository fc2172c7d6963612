"""Documents that show why a company may use a signature: kept, and given to who may see them.

What submissions name of a document stands in their snapshots, and it stays as evidence; one that nobody hands in is
forgotten. Not for: signatures (``signatures``), what the desk shows of a document (``reviews``).
"""

import asyncio
import hashlib
from datetime import timedelta
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId, Ids, TenantId
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.video_sms.contracts import SignatureFile
from hongyan.rooms.video_sms.errors import SignatureFileNotFound
from hongyan.rooms.video_sms.rules import signatures as rules
from hongyan.rooms.video_sms.store import files as store

AREA: Final = "video_sms_signatures"
KEPT_FOR: Final = timedelta(days=7)
"""How long a document waits to be handed in with a signature."""
MOST_OPEN: Final = 20
"""So many of a tenant's documents wait at most; a further one takes the place of the oldest."""
_SWEPT_AT_ONCE: Final = 200


class SignatureFiles:
    """Keeps documents."""

    def __init__(self, *, clock: Clock, ids: Ids, files: Files, enterprises: EnterprisesService) -> None:
        """Keep them in ``files``; ``enterprises`` checks them as it checks the papers of filings."""
        self._clock = clock
        self._ids = ids
        self._files = files
        self._enterprises = enterprises

    async def upload(self, uow: Uow, actor: Actor, field: str, name: str, data: bytes) -> SignatureFile:
        """Keep a document of a field until it is handed in.

        Raises:
            InvalidInput: no such field, or the file is too large, damaged, of a wrong type or named as what it is not.
        """
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        spec = rules.FILES.get(field)
        if spec is None:
            raise InvalidInput(field, reason="the form has no such file field", reason_zh="没有该上传项")
        media_type = await self._enterprises.check_document(spec, name, data)
        digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        file = SignatureFile(FileId(self._ids.uuid()), tenant_id, field, name, media_type, len(data), digest)
        # Bytes first: a row never stands without its file; bytes whose transaction fails are unreachable.
        await self._files.put(AREA, file.file_id, data)
        await store.insert_file(uow, file, self._clock.now())
        for surplus in await store.list_surplus(uow, tenant_id, MOST_OPEN, _SWEPT_AT_ONCE):
            await self._delete(uow, tenant_id, surplus)
        return file

    async def read(self, uow: Uow, actor: Actor, tenant_id: TenantId, file_id: FileId) -> tuple[SignatureFile, bytes]:
        """Return a document: the tenant's own, or any for reviewers.

        Raises:
            SignatureFileNotFound: the tenant has none with that id.
        """
        if actor.tenant_id != tenant_id:
            actor.require(Permission.REVIEW_LIST)
        else:
            actor.require(Permission.BASIC_TEMPLATE_LIST)
        found = await store.find_file(uow, tenant_id, file_id)
        if found is None:
            raise SignatureFileNotFound(what="file", id=file_id)
        return found, await self._files.get(AREA, found.file_id)

    async def find(self, uow: Uow, tenant_id: TenantId, file_id: FileId) -> SignatureFile | None:
        """Return what is known of a document."""
        return await store.find_file(uow, tenant_id, file_id)

    async def hand_in(self, uow: Uow, tenant_id: TenantId, field: str, file_id: FileId) -> SignatureFile:
        """Return a tenant's document, which goes to the desk and stays from now on.

        Raises:
            SignatureFileNotFound: it uploaded none with that id for the field.
        """
        found = await store.hand_in(uow, tenant_id, field, file_id, self._clock.now())
        if found is None:
            raise SignatureFileNotFound(field, what="file", id=file_id)
        return found

    async def forget(self, uow: Uow) -> int:
        """Remove documents that nobody handed in within a week, a slice at a time; return how many. Repeatable."""
        old = await store.list_old(uow, self._clock.now() - KEPT_FOR, _SWEPT_AT_ONCE)
        for tenant_id, file_id in old:
            await self._delete(uow, tenant_id, file_id)
        return len(old)

    async def _delete(self, uow: Uow, tenant_id: TenantId, file_id: FileId) -> None:
        # Its row is locked until the commit: nobody hands it in while its bytes go.
        if await store.delete_file(uow, tenant_id, file_id):
            await self._files.delete(AREA, file_id)
