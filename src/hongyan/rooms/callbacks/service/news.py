"""What other rooms say by job, as posts: decided templates, texts from phones."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import TaskId, TenantId, VideoTemplateId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.phones import Phone
from hongyan.rooms.callbacks.contracts import AddressKind, Document
from hongyan.rooms.callbacks.rules import bodies
from hongyan.rooms.callbacks.service.writer import Writer
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.video_sms.service.door import VideoSmsService


@dataclass(frozen=True, slots=True)
class Uplink:
    """A text from a phone; ``number`` is base64, sealed under the tenant's key."""

    uplink_id: str
    tenant_id: TenantId
    signature_id: str
    number: str
    dialled: str
    text: str
    at: datetime


class News:
    """Handlers' work; each in the caller's transaction."""

    def __init__(
        self,
        *,
        writer: Writer,
        keys: TenantKeys,
        identity: IdentityService,
        smart: SmartService,
        sms: SmsService,
        video: VideoSmsService,
    ) -> None:
        """Look things up in the rooms below."""
        self._writer = writer
        self._keys = keys
        self._identity = identity
        self._smart = smart
        self._sms = sms
        self._video = video

    async def card_template_decided(self, uow: Uow, tenant_id: TenantId, tpl_id: str) -> bool:
        """Tell the state that a card template has now; nothing about one that was deleted meanwhile."""
        notice = await self._smart.life.find_notice(uow, tenant_id, tpl_id)
        if notice is None:
            return False
        body = bodies.template_status(
            tpl_id=notice.tpl_id,
            tpl_state=notice.tpl_state,
            audit_state=notice.audit_state,
            audit_desc=notice.audit_desc,
            factories=notice.factory_info,
        )
        return await self._writer.write_one(
            uow, tenant_id, AddressKind.AIM_TEMPLATE, Document.CARD_TEMPLATE, body, source=None
        )

    async def video_template_decided(self, uow: Uow, tenant_id: TenantId, tpl_id: str) -> bool:
        """Tell the state that a video template has now, to the address that it was handed in with."""
        template = await self._video.get_template(uow, tenant_id, VideoTemplateId(tpl_id))
        if not template.callback_url:
            return False
        (body,) = await self._video.describe(uow, [template])
        return await self._writer.write_one(
            uow,
            tenant_id,
            AddressKind.VIDEO_TEMPLATE,
            Document.VIDEO_TEMPLATE,
            body,
            source=None,
            subject=tpl_id,
            url=template.callback_url,
        )

    async def uplink(self, uow: Uow, uplink: Uplink) -> bool:
        """Hand a text to the app of the signature whose channel number was dialled. Keyed by the uplink's id."""
        actor = system_actor(uplink.tenant_id)
        try:
            signature = await self._sms.signatures.get_signature(uow, actor, uplink.signature_id)
        except NotFound:
            return False  # deleted since
        app = await self._sms.apps.get_app(uow, actor, signature.form.app_id)
        if not app.uplink_url:
            return False
        body = bodies.uplink(
            uplink_id=uplink.uplink_id,
            phone=await self._open(uow, uplink.tenant_id, uplink.number),
            dialled=uplink.dialled,
            text=uplink.text,
            at=uplink.at,
        )
        return await self._writer.write_one(
            uow,
            uplink.tenant_id,
            AddressKind.SMS_UPLINK,
            Document.UPLINK,
            body,
            source=f"uplink {uplink.uplink_id}",
            subject=app.app_id,
            url=app.uplink_url,
        )

    async def video_reply(self, uow: Uow, reply: Mapping[str, Any]) -> bool:
        """Hand on a reply to a video message. Keyed by the reply's id."""
        tenant_id, task_id = TenantId(reply["tenant_id"]), TaskId(reply["task_id"])
        element = bodies.video_reply(
            task_id=task_id,
            phone=await self._open(uow, tenant_id, reply["number"]),
            text=reply["text"],
            at=datetime.fromisoformat(reply["at"]),
            zone=ZoneInfo((await self._identity.get_tenant(uow, tenant_id)).zone),
        )
        return await self._writer.write_one(
            uow,
            tenant_id,
            AddressKind.VIDEO_REPLY,
            Document.VIDEO_REPLY,
            [element],
            source=f"reply {reply['reply_id']}",
            task_id=task_id,
        )

    async def _open(self, uow: Uow, tenant_id: TenantId, number: str) -> Phone:
        return (await self._keys.sealer(uow, tenant_id)).open(base64.b64decode(number))
