"""Letters on how companies are related (公司关系授权函), filed with link domains: kept, and given to who may see them.

A letter is sealed to its tenant by its place; what submissions name of it stands in their snapshots. One that nobody
hands in is forgotten. Not for: domains (``link_domains``), what the desk shows of a document (``reviews``).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput, NotFound
from hongyan.kernel.files.kinds import sniff
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId, Ids, TenantId
from hongyan.rooms.campaigns.store import letters as store
from hongyan.rooms.identity.contracts import Actor, Permission

AREA: Final = "link_domain_letters"
MAX_BYTES: Final = 2 * 1024 * 1024
"""Source: product.md of the requirements §2.7."""
FIELD: Final = "letter"
KEPT_FOR: Final = timedelta(days=7)
"""How long a letter waits to be handed in with a domain."""
MOST_OPEN: Final = 20
"""So many of a tenant's letters wait at most; a further one takes the place of the oldest."""
_SWEPT_AT_ONCE: Final = 1_000
_MAX_NAME: Final = 200
_PDF_TAIL: Final = 2048


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was uploaded."""

    file_id: FileId
    name: str
    """As the customer calls it."""
    size_bytes: int


class DomainLetters:
    """Keeps letters."""

    def __init__(self, *, db: Database, files: Files, clock: Clock, ids: Ids) -> None:
        """Keep them in ``files``, and in ``db`` which were handed in; uploads and upkeep open transactions."""
        self._db = db
        self._files = files
        self._clock = clock
        self._ids = ids

    async def upload(self, actor: Actor, name: str, data: bytes) -> Letter:
        """Keep a letter until it is handed in: a pdf of at most 2 MB.

        Raises:
            InvalidInput: it is something else, damaged, too large, or has no fit name.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        _check(name, data)
        letter = Letter(FileId(self._ids.uuid()), name, len(data))
        # The row first: a letter that nobody knows of would stay for ever.
        async with self._db.begin() as uow:
            await store.insert_letter(uow, tenant_id, letter.file_id, self._clock.now())
            surplus = await store.list_surplus(uow, tenant_id, MOST_OPEN, _SWEPT_AT_ONCE)
        for file_id in surplus:
            await self._delete(tenant_id, file_id)
        # The name goes in front: nobody can give a file that is known another one later.
        await self._files.put(AREA, _place(tenant_id, letter.file_id), name.encode() + b"\n" + data)
        return letter

    async def read(self, actor: Actor, tenant_id: TenantId, file_id: str) -> tuple[str, bytes]:
        """Return a letter's name and bytes: the tenant's own, or any for reviewers.

        Raises:
            NotFound: the tenant has none with that id.
        """
        if actor.tenant_id != tenant_id:
            actor.require(Permission.REVIEW_LIST)
        else:
            actor.require(Permission.LINK_DOMAIN_LIST)
        name, _, data = (await self._files.get(AREA, _place(tenant_id, FileId(file_id)))).partition(b"\n")
        return name.decode(), data

    async def hand_in(self, uow: Uow, actor: Actor, file_id: str) -> Letter:
        """Return one of the actor's own letters, which goes to the desk and stays from now on.

        Raises:
            NotFound: there is none with that id.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        missing = NotFound(FIELD, what="letter", id=file_id)
        if not await store.hand_in(uow, tenant_id, FileId(file_id), self._clock.now()):
            raise missing
        try:
            name, data = await self.read(actor, tenant_id, file_id)
        except NotFound:
            raise missing from None
        return Letter(FileId(file_id), name, len(data))

    async def forget(self) -> int:
        """Remove letters that nobody handed in within a week; return how many. Repeatable."""
        async with self._db.begin() as uow:
            old = await store.list_old(uow, self._clock.now() - KEPT_FOR, _SWEPT_AT_ONCE)
        for tenant_id, file_id in old:
            await self._delete(tenant_id, file_id)
        return len(old)

    async def _delete(self, tenant_id: TenantId, file_id: FileId) -> None:
        async with self._db.begin() as uow:
            # Its row is locked until the commit: nobody hands it in while its bytes go.
            if await store.delete_letter(uow, tenant_id, file_id):
                await self._files.delete(AREA, _place(tenant_id, file_id))


def _place(tenant_id: TenantId, file_id: FileId) -> str:
    return f"{tenant_id}/{file_id}"


def _check(name: str, data: bytes) -> None:
    if not 1 <= len(name) <= _MAX_NAME or not name.isprintable() or {"/", "\\"} & set(name):
        raise InvalidInput(
            FIELD,
            reason=f"the file's name needs 1 to {_MAX_NAME} printable characters",
            reason_zh=f"文件名长度必须为 1–{_MAX_NAME} 个可见字符",
        )
    if len(data) > MAX_BYTES:
        raise InvalidInput(FIELD, reason="the file is larger than 2 MB", reason_zh="文件大小不能超过 2 MB")
    if sniff(data) != "pdf" or not name.lower().endswith(".pdf"):
        raise InvalidInput(FIELD, reason="a pdf is needed", reason_zh="文件类型必须为 pdf")
    if b"%%EOF" not in data[-_PDF_TAIL:]:
        raise InvalidInput(FIELD, reason="the pdf is damaged or incomplete", reason_zh="文件已损坏或不完整")
