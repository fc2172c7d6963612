"""The gate at the task's own doors: may this content be sent by this tenant now?

Asked at accept, when a task starts and for every chunk that is planned; between planning and the wire ``delivery``
asks its own gates, which the other rooms close by job. Source: ARCHITECTURE.md §3, "Gate".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, SmsTemplateId, TenantId
from hongyan.rooms.campaigns.contracts import Content
from hongyan.rooms.campaigns.errors import BasicTemplateInvalid
from hongyan.rooms.campaigns.rules import check_card_signs
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Service, Tenant
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.smart.contracts import CardTemplate
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.sms.contracts import SendableContent, VariableSpec, VariableType
from hongyan.rooms.sms.errors import SmsRefused
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.video_sms.service.door import VideoSmsService

_PLAIN_FIELDS: Final = {
    "sms_tpl_id": "template_id",
    "sms_channel": "channel_num",
    "channel_number": "channel_num",
    "sms_sign": "signature",
}
"""What the operations for plain SMS call the fields of send tasks."""


@dataclass(frozen=True, slots=True)
class Channel:
    """How the vendor's API names what is sent: all four must belong together. Our own doors name the template alone."""

    template_id: str
    channel_number: str | None = None
    sign: str | None = None
    app_name: str | None = None


class Admission:
    """Checks tenant, filing, app, signature, SMS template and card, and freezes what they say."""

    def __init__(
        self,
        *,
        identity: IdentityService,
        enterprises: EnterprisesService,
        sms: SmsService,
        smart: SmartService,
        video: VideoSmsService,
    ) -> None:
        """Ask the rooms that know."""
        self._identity = identity
        self._enterprises = enterprises
        self._sms = sms
        self._smart = smart
        self._video = video

    async def admit(
        self, uow: Uow, tenant_id: TenantId, channel: Channel, card_template_id: str
    ) -> tuple[Tenant, Content]:
        """Return the tenant and the frozen content.

        Raises:
            HongyanError: the first thing that forbids the send, with its own code and field.
        """
        tenant = await self._identity.require_service(uow, tenant_id, Service.SMART)
        await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
        sendable = await self._sms.get_sendable(
            uow,
            tenant_id,
            template_id=SmsTemplateId(channel.template_id),
            channel_number=channel.channel_number,
            sign=channel.sign,
            app_name=channel.app_name,
        )
        card = await self._smart.get_active_template(uow, tenant_id, CardTemplateId(card_template_id))
        check_card_signs(card.sms_signs, (sendable.signature_name,), "sms_sign")
        return tenant, freeze(sendable, card)

    async def admit_sms(self, uow: Uow, tenant_id: TenantId, channel: Channel) -> tuple[Tenant, Content]:
        """Return the tenant and the frozen content of plain SMS: no card of ours.

        Raises:
            HongyanError: the first thing that forbids the send, with its own code and field.
        """
        tenant = await self._identity.require_service(uow, tenant_id, Service.SMS)
        try:
            # It asks for the filing itself.
            sendable = await self._sms.get_sendable(
                uow,
                tenant_id,
                template_id=channel.template_id,
                channel_number=channel.channel_number,
                sign=channel.sign,
            )
        except SmsRefused as error:
            error.field = _PLAIN_FIELDS.get(error.field or "", error.field)
            raise
        return tenant, freeze(sendable, None)

    async def admit_answer(self, uow: Uow, tenant_id: TenantId) -> Tenant:
        """Return the tenant when it may send anything by itself now: an auto-answer has no template and no card.

        Raises:
            HongyanError: it is suspended, its service is not open, or its filing is not approved.
        """
        tenant = await self._identity.require_service(uow, tenant_id, Service.SMS)
        await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
        return tenant

    async def check_card_values(
        self, uow: Uow, tenant_id: TenantId, content: Content, rows: Iterable[tuple[str, Mapping[str, str]]]
    ) -> None:
        """Check the card's values of each recipient; a row is the name of its field and the values.

        Raises:
            ParamsDiffer: one is missing, empty or too long.
        """
        if content.card_template_id is None or not content.card_params:
            return
        card = await self._smart.get_active_template(uow, tenant_id, CardTemplateId(content.card_template_id))
        for field, values in rows:
            self._smart.check_values(card, values, field)

    async def add_basic(self, uow: Uow, tenant_id: TenantId, content: Content, tpl_id: str) -> Content:
        """Return the content with a video template for numbers that cannot show the card.

        Raises:
            BasicTemplateInvalid: it has placeholders, which nothing fills here.
            HongyanError: what forbids the use of video SMS or of this template.
        """
        await self._video.require_open(uow, tenant_id)
        template = await self._video.get_usable(uow, tenant_id, tpl_id)
        if template.params:
            raise BasicTemplateInvalid(
                "basic_template_id", reason="must have no placeholders", reason_zh="必须为不含参数的静态模板"
            )
        text = self._video.message_text(template, {})
        return replace(content, basic_template_id=template.tpl_id, basic_text=text)

    async def readmit(self, uow: Uow, tenant_id: TenantId, content: Content) -> Tenant:
        """Ask again for a content that was frozen earlier; its text stays the frozen one.

        Raises:
            HongyanError: what forbids the send by now.
        """
        channel = Channel(content.sms_template_id)
        if content.basic_template_id is not None:
            await self._video.require_open(uow, tenant_id)
            await self._video.get_usable(uow, tenant_id, content.basic_template_id)
        if content.card_template_id is None:
            return (await self.admit_sms(uow, tenant_id, channel))[0]
        return (await self.admit(uow, tenant_id, channel, content.card_template_id))[0]


def freeze(sendable: SendableContent, card: CardTemplate | None) -> Content:
    """Return the part of app, signature, template and card that a task keeps, whatever becomes of them."""
    return Content(
        app_id=sendable.app_id,
        app_name=sendable.app_name,
        signature_id=sendable.signature_id,
        signature_name=sendable.signature_name,
        signature_type=sendable.signature_type.value,
        channel_number=sendable.channel_number,
        sms_template_id=sendable.template_id,
        sms_text=sendable.content,
        link_index=sendable.link_index,
        variable_types=tuple((spec.index, spec.type.value) for spec in sendable.value_variables),
        is_promotion=sendable.klass == "promotion",
        card_template_id=card.tpl_id if card else None,
        card_template_name=card.name if card else "",
        card_params=card.param_names if card else (),
        card_vendors=tuple(sorted(vendor.value for vendor in card.vendors)) if card else (),
    )


def variable_specs(content: Content) -> tuple[VariableSpec, ...]:
    """Return the variables of a frozen content that values fill, the link left out."""
    return tuple(VariableSpec(index, VariableType(kind), "") for index, kind in content.variable_types)
