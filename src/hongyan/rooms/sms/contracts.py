"""What other rooms see of SMS apps, signatures and templates: enums and frozen values.

Not for: the checks on them (``rules``), nor the rendered text of one recipient (room ``rendering``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from hongyan.kernel.ids import FileId, SignatureId, SmsAppId, SmsTemplateId, TenantId

Klass = Literal["notice", "promotion"]
"""Urgency and sending window of a text: promotions go out from 08:00 to 22:00 only."""


class SmsType(StrEnum):
    """Kind of a signature and of a template, as the vendor's API spells it. Source: api.md §5.9."""

    NOTIFY = "NOTIFY_TYPE"
    PROMOTION = "PROMOTION_TYPE"

    @property
    def klass(self) -> Klass:
        """The class the sending line knows it by."""
        return "promotion" if self is SmsType.PROMOTION else "notice"


class VariableType(StrEnum):
    """What may stand in a variable of a template. Source: api.md §5.10, §5.12."""

    PHONE = "PHONE"
    NEWTEXT = "NEWTEXT"
    """解析标识, the short link; filled by the platform."""
    CHARDIGIT = "CHARDIGIT"
    DATETIME = "DATETIME"
    MONEY = "MONEY"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class VariableSpec:
    """One variable ``${index}`` of a template."""

    index: int
    """From 1, in order of position in the text."""
    type: VariableType
    desc: str
    """What the customer says about it; never empty for TEXT."""


@dataclass(frozen=True, slots=True)
class SendableContent:
    """App, signature and template of one send, frozen when it is accepted: later changes do not touch it."""

    tenant_id: TenantId
    app_id: SmsAppId
    app_name: str
    signature_id: SignatureId
    signature_name: str
    """Without brackets; the text carries it as ``【name】``."""
    signature_type: SmsType
    channel_number: str
    """Up to 21 digits; the phone shows it as the sender."""
    template_id: SmsTemplateId
    template_name: str
    content: str
    """Text with ``${1}`` … and no signature."""
    variables: tuple[VariableSpec, ...]
    """In order of index, the link included."""
    link_index: int
    """Index of the NEWTEXT variable."""
    klass: Klass

    @property
    def value_variables(self) -> tuple[VariableSpec, ...]:
        """The variables that a recipient's values fill, in order, the link left out."""
        return tuple(spec for spec in self.variables if spec.index != self.link_index)


@dataclass(frozen=True, slots=True)
class SendableTemplate:
    """One row of the send form's picker: a template with everything that it needs in order."""

    template_id: SmsTemplateId
    template_name: str
    content: str
    app_id: SmsAppId
    app_name: str
    signature_id: SignatureId
    signature_name: str
    signature_type: SmsType
    channel_number: str


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """Why one value of one variable is refused."""

    index: int
    type: VariableType
    reason: str
    reason_zh: str
    vendor_code: str
    """KM code of the rule that it breaks."""


class AppStatus(StrEnum):
    """State of an app; ours are usable at once. Source: api.md §5.8."""

    CREATED = "CREATED"
    LAUNCHED = "LAUNCHED"
    SUSPENDED = "SUSPENDED"


class SignatureStatus(StrEnum):
    """State of a signature. Source: api.md §5.9, product.md §2.4."""

    PENDING_REVIEW = "PENDING_REVIEW"
    """待审核"""
    PROCESSING = "PROCESSING"
    """Content approved, the channel number is being set up."""
    REVIEW_PASSED = "REVIEW_PASSED"
    """处理完毕: the only usable state."""
    REVIEW_NOT_PASS = "REVIEW_NOT_PASS"  # noqa: S105 - the vendor's word for a state
    """审核不通过: the only state that may be modified."""
    TO_BE_ACTIVATED = "TO_BE_ACTIVATED"
    """待激活: dormant."""
    PENDING_ACTIVATE = "PENDING_ACTIVATE"
    """激活审核中"""


class TemplateStatus(StrEnum):
    """State of a template; quickstart §1.4 names the first three in Chinese."""

    REVIEWING = "reviewing"
    """待审核"""
    ACTIVE = "active"
    """审核通过-激活: the only usable state."""
    REJECTED = "rejected"
    """审核不通过: the only state that may be modified."""
    INACTIVE = "inactive"
    """审核通过-去激活: approved, taken out of use."""


class SignatureSource(StrEnum):
    """Where the name of a signature comes from. Source: api.md §5.9."""

    COMPANY = "0"
    SITE = "1"
    APP = "2"
    ACCOUNT = "3"
    SHOP = "4"
    TRADEMARK = "5"


@dataclass(frozen=True, slots=True)
class SmsApp:
    """An SMS app: what carries signatures and templates, and where uplinks go."""

    app_id: SmsAppId
    tenant_id: TenantId
    name: str
    uplink_url: str
    """Empty when uplinks go nowhere."""
    status: AppStatus
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SmsFile:
    """A picture uploaded as proof for a signature."""

    file_id: FileId
    tenant_id: TenantId
    name: str
    desc: str
    media_type: str
    size_bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """What a customer fills in for a signature."""

    name: str
    type: SmsType
    app_id: SmsAppId
    licence_file_id: FileId
    source: SignatureSource
    involves_third_party: bool
    attorney_file_id: FileId | None = None
    """Power of attorney of the third party."""
    source_title: str = ""
    """Site domain, download address, account name or shop address, by source."""
    apply_desc: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as lists and details show it."""

    signature_id: SignatureId
    tenant_id: TenantId
    form: SignatureForm
    app_name: str
    status: SignatureStatus
    channel_number: str
    """Empty until it is provisioned."""
    review_id: str | None
    review_desc: str
    urge_count: int
    urged_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AutoAnswers:
    """What a signature answers to texts from phones by itself, without 【signature】; empty: nothing."""

    opt_out: str = ""
    """To a refusal (R, TD, 退订 …)."""
    other: str = ""
    """To anything else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one uplink, with what a send under the signature needs."""

    app_id: SmsAppId
    app_name: str
    signature_id: SignatureId
    signature_name: str
    signature_type: SmsType
    channel_number: str
    text: str
    """Without the signature."""


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """What a customer fills in for a template; ``None`` takes the signature's."""

    name: str
    signature_id: SignatureId
    content: str
    variables: tuple[VariableSpec, ...]
    app_id: SmsAppId | None = None
    type: SmsType | None = None
    desc: str = ""


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    """A template as lists and details show it."""

    template_id: SmsTemplateId
    tenant_id: TenantId
    name: str
    type: SmsType
    app_id: SmsAppId
    app_name: str
    signature_id: SignatureId
    signature_name: str
    content: str
    desc: str
    variables: tuple[VariableSpec, ...]
    status: TemplateStatus
    review_id: str | None
    review_desc: str
    urge_count: int
    urged_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Filters of the three lists; each list reads those that it has."""

    app_name: str | None = None
    name: str | None = None
    """Name of the listed thing; a part of it is enough."""
    item_id: str | None = None
    type: SmsType | None = None
    statuses: tuple[str, ...] = ()
    begin: datetime | None = None
    end: datetime | None = None
    sort: Literal["-created_at", "created_at", "name", "-name"] = "-created_at"
