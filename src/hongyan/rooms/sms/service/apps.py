"""SMS apps, and the pictures uploaded as proof for signatures."""

import asyncio
import io
from dataclasses import replace

from PIL import Image, UnidentifiedImageError

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.files.kinds import sniff
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.targets import Allowances
from hongyan.kernel.ids import FileId, Ids, SmsAppId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission, Service
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.sms.contracts import AppStatus, ListFilter, SmsApp, SmsFile
from hongyan.rooms.sms.errors import AppLimitReached, AppNameTaken, AppNotFound, FileNotFound
from hongyan.rooms.sms.rules import signatures as rules
from hongyan.rooms.sms.rules.ids import is_uuid
from hongyan.rooms.sms.service.gates import Gates
from hongyan.rooms.sms.store import apps as store

AREA = "sms"


class AppsService:
    """Makes and changes apps, takes pictures in."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        files: Files,
        gates: Gates,
        identity: IdentityService,
        enterprises: EnterprisesService,
        allowances: Allowances,
    ) -> None:
        """Work with the given parts; ``allowances`` are private targets that uplinks may be pushed to."""
        self._allowances = allowances
        self._clock = clock
        self._ids = ids
        self._files = files
        self._gates = gates
        self._identity = identity
        self._enterprises = enterprises

    async def create_app(self, uow: Uow, actor: Actor, name: str, uplink_url: str = "") -> SmsApp:
        """Make an app, usable at once.

        Raises:
            InvalidInput: the name or the uplink address breaks its rule.
            FilingMissing: the filing for sending is not approved (also: the service is not open).
            AppLimitReached: the tenant has two.
            AppNameTaken: the tenant has one of that name.
        """
        tenant_id = actor.tenant(Permission.SMS_APP_CREATE)
        rules.check_app(name, uplink_url, self._allowances)
        await self._identity.require_service(uow, tenant_id, Service.SMS)
        await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
        await store.lock_tenant(uow, tenant_id)
        if await store.count_apps(uow, tenant_id) >= rules.MAX_APPS:
            raise AppLimitReached(limit=rules.MAX_APPS)
        app = SmsApp(SmsAppId(self._ids.uuid()), tenant_id, name, uplink_url, AppStatus.LAUNCHED, self._clock.now())
        if not await store.insert_app(uow, app, rules.name_key(name)):
            raise AppNameTaken("app_name", name=name)
        await self._note(uow, actor, "sms_app.create", app)
        return app

    async def update_app(self, uow: Uow, actor: Actor, app_id: str, name: str, uplink_url: str = "") -> SmsApp:
        """Change an app's name and uplink address.

        Raises:
            AppNotFound: the tenant has no such app.
            InvalidInput: the name or the uplink address breaks its rule.
            AppNameTaken: another app has the name.
        """
        tenant_id = actor.tenant(Permission.SMS_APP_UPDATE)
        rules.check_app(name, uplink_url, self._allowances)
        found = await self._find(uow, tenant_id, app_id, lock=True)
        if await store.is_name_taken(uow, tenant_id, rules.name_key(name), found.app_id):
            raise AppNameTaken("app_name", name=name)
        app = replace(found, name=name, uplink_url=uplink_url)
        await store.update_app(uow, app, rules.name_key(name))
        await self._note(uow, actor, "sms_app.update", app)
        return app

    async def get_app(self, uow: Uow, actor: Actor, app_id: str) -> SmsApp:
        """Return an app.

        Raises:
            AppNotFound: the tenant has no such app.
        """
        return await self._find(uow, actor.tenant(Permission.SMS_APP_LIST), app_id)

    async def list_apps(
        self, uow: Uow, actor: Actor, wanted: ListFilter, *, offset: int = 0, limit: int = 10
    ) -> Page[SmsApp]:
        """Return a page of the tenant's apps, newest first."""
        return await store.list_apps(uow, actor.tenant(Permission.SMS_APP_LIST), wanted, offset, limit)

    async def set_suspended(
        self, uow: Uow, actor: Actor, tenant_id: TenantId, app_id: str, *, is_suspended: bool, reason: str = ""
    ) -> SmsApp:
        """Suspend an app or let it go on (operators); sending stops within two seconds; repeating changes nothing."""
        actor.require(Permission.TENANT_EDIT)
        found = await self._find(uow, tenant_id, app_id, lock=True)
        status = AppStatus.SUSPENDED if is_suspended else AppStatus.LAUNCHED
        if found.status is status:
            return found
        app = replace(found, status=status)
        await store.update_app(uow, app, rules.name_key(app.name))
        if is_suspended:
            await self._gates.close(uow, tenant_id, "app", app.app_id, reason or "suspended")
        else:
            await self._gates.open(uow, tenant_id, "app", app.app_id)
        await self._note(uow, actor, "sms_app.set_suspended", app)
        return app

    async def upload_file(self, uow: Uow, actor: Actor, name: str, data: bytes, desc: str = "") -> SmsFile:
        """Keep a picture (jpg, png, gif; 2 MB at most) that proves a signature.

        Raises:
            InvalidInput: too large, empty, damaged, no such picture, or named as what it is not.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_CREATE)
        media_type = await asyncio.to_thread(_check_picture, name, data)
        file = SmsFile(FileId(self._ids.uuid()), tenant_id, name, desc, media_type, len(data), self._clock.now())
        # Bytes first: a row never stands without its file; bytes whose transaction fails are unreachable.
        await self._files.put(AREA, file.file_id, data)
        await store.insert_file(uow, file)
        return file

    async def get_file(self, uow: Uow, actor: Actor, file_id: str) -> SmsFile:
        """Return what is known of a picture.

        Raises:
            FileNotFound: the tenant has none with that id.
        """
        return await find_file(uow, actor.tenant(Permission.SIGNATURE_LIST), "file_id", file_id)

    async def read_file(self, uow: Uow, actor: Actor, tenant_id: TenantId, file_id: str) -> tuple[SmsFile, bytes]:
        """Return a picture: the tenant's own, or any for reviewers."""
        if actor.tenant_id != tenant_id:
            actor.require(Permission.REVIEW_LIST)
        else:
            actor.require(Permission.SIGNATURE_LIST)
        file = await find_file(uow, tenant_id, "file_id", file_id)
        return file, await self._files.get(AREA, file.file_id)

    async def _find(self, uow: Uow, tenant_id: TenantId, app_id: str, *, lock: bool = False) -> SmsApp:
        app = await store.find_app(uow, tenant_id, SmsAppId(app_id), lock=lock) if is_uuid(app_id) else None
        if app is None:
            raise AppNotFound("app_id", id=app_id)
        return app

    async def _note(self, uow: Uow, actor: Actor, action: str, app: SmsApp) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind="sms_app",
            subject_id=app.app_id,
            tenant_id=app.tenant_id,
            after={"name": app.name, "uplink_url": app.uplink_url, "status": app.status.value},
        )


async def find_file(uow: Uow, tenant_id: TenantId, field: str, file_id: str) -> SmsFile:
    """Return a picture of the tenant; ``field`` names the id's field when there is none (``FileNotFound``)."""
    file = await store.find_file(uow, tenant_id, FileId(file_id)) if is_uuid(file_id) else None
    if file is None:
        raise FileNotFound(field, file_id=file_id)
    return file


def _check_picture(name: str, data: bytes) -> str:
    """Return the media type of an uploaded picture; runs in a thread."""
    rules.check_file(name, data, sniff(data))
    kind = sniff(data)
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF")) as picture:
            if picture.width * picture.height > rules.MAX_PIXELS:
                raise InvalidInput("file", reason="the picture has too many pixels", reason_zh="图片像素过大")
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(
            "file", reason="the picture is damaged or incomplete", reason_zh="图片已损坏或不完整"
        ) from error
    return rules.FILE_TYPES[kind or ""]
