"""What other rooms see of video templates and signatures.

Not for: send tasks and messages (``campaigns``, ``delivery``), nor MM7 (``gateways``).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final, Literal

from typing_extensions import TypedDict

from hongyan.kernel.ids import FileId, TenantId, VideoSignatureId, VideoTemplateId

AREA: Final = "video_sms_content"
"""Area of the file store with one document per template (``rules.documents``); gateways read it by ``content_id``."""
MAX_VALUE: Final = 256
"""Characters of one parameter's value."""


class TemplateState(IntEnum):
    """State of a video template; 0 to 5 are the vendor's numbers. Source: api.md of the requirements §5.14."""

    USABLE = 0
    IN_REVIEW = 1
    REJECTED = 2
    DISABLED = 3
    MISSING = 4
    """The carrier's platform does not have it; never a template's own state."""
    EXPIRED = 5
    DRAFT = 6
    """Ours: not handed in. Towards the vendor's clients it is ``MISSING`` with a word of explanation."""


class ElementKind(StrEnum):
    """What an element of a frame is, in the words of the stored document."""

    TEXT = "txt"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a frame; ``text`` only for texts, the bytes of media stand in the document."""

    frame: int
    """From 1."""
    kind: ElementKind
    name: str
    content_type: str
    size_bytes: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class VideoTemplate:
    """A video template; ``tenant_id`` is ``None`` for the platform's public ones."""

    tpl_id: VideoTemplateId
    tenant_id: TenantId | None
    name: str
    title: str
    signature: str
    """Without brackets."""
    state: TemplateState
    state_desc: str
    valid_days: int
    valid_until: datetime | None
    """``None``: forever. Counted from the approval; before that, from the creation."""
    elements: tuple[Element, ...]
    params: tuple[str, ...]
    """Placeholders in the order of their first appearance: ``p_1``."""
    size_bytes: int
    remarks: str
    callback_url: str | None
    content_id: str
    """Key in :data:`AREA`."""
    preview_token: str
    review_id: str | None
    created_by: str
    created_at: datetime

    @property
    def is_public(self) -> bool:
        """Whether every tenant may use it."""
        return self.tenant_id is None


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as a customer hands it in."""

    index: str | None
    """``frame-element``, both from 1."""
    type: str
    name: str
    source: str
    content: str


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """What makes a video template."""

    name: str
    title: str
    valid_days: int
    resources: tuple[Resource, ...]
    remarks: str = ""
    callback_url: str | None = None
    is_draft: bool = False


TemplateSort = Literal["name", "-name", "created_at", "-created_at"]
"""By what templates are listed; ``-`` puts the largest first."""


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """What a list may be narrowed by; ``name`` matches anywhere; creation is in ``[begin, end]``."""

    tpl_id: str | None = None
    name: str | None = None
    is_public: bool | None = None
    has_params: bool | None = None
    begin: datetime | None = None
    end: datetime | None = None
    states: tuple[TemplateState, ...] = ()
    sort: TemplateSort = "-created_at"


@dataclass(frozen=True, slots=True)
class Part:
    """One element of the document, with its bytes (texts in UTF-8)."""

    kind: ElementKind
    content_type: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """What gateways send: frames of parts, placeholders in the texts."""

    subject: str
    signature: str
    frames: tuple[tuple[Part, ...], ...] = field(default_factory=tuple)


class CarrierStatus(TypedDict):
    """One carrier's state of a template."""

    carrier: str
    status: int
    desc: str


class VariableInfo(TypedDict):
    """One placeholder."""

    name: str
    type: str


class StatusDocument(TypedDict):
    """A template's status as the vendor's list and its receipt show it. Source: api.md §5.14, §6.5."""

    tpl_id: str
    audit_state: int
    audit_desc: str
    tpl_size: int
    valid_time: str
    status_detail: list[CarrierStatus]
    preview_url: str
    tpl_name: str
    title: str
    tpl_sign: str
    create_time: str
    var_info: list[VariableInfo]
    restags: str


class VideoSignatureState(StrEnum):
    """State of a signature of video messages."""

    REVIEWING = "reviewing"
    APPROVED = "approved"
    REJECTED = "rejected"
    """Refused, asked back or withdrawn: it may be modified and handed in again."""


@dataclass(frozen=True, slots=True)
class VideoSignatureForm:
    """What a customer fills in for a signature."""

    name: str
    """Without brackets."""
    involves_third_party: bool
    authorisation_id: FileId | None
    """签名授权函; needed where the filing has none, or a third party is involved."""
    material_id: FileId | None = None
    """其他材料."""
    apply_desc: str = ""


@dataclass(frozen=True, slots=True)
class VideoSignature:
    """A signature of video messages."""

    signature_id: VideoSignatureId
    tenant_id: TenantId
    form: VideoSignatureForm
    state: VideoSignatureState
    review_id: str | None
    review_desc: str
    """What the desk said when it refused."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A document that was uploaded for a signature."""

    file_id: FileId
    tenant_id: TenantId
    field: str
    """Of the form: :data:`AUTHORISATION` or :data:`MATERIAL`."""
    name: str
    media_type: str
    size_bytes: int
    sha256: str


AUTHORISATION: Final = "authorisation_file_id"
MATERIAL: Final = "material_file_id"


@dataclass(frozen=True, slots=True)
class SignatureFilter:
    """What a list of signatures may be narrowed by; ``name`` matches anywhere; creation is in ``[begin, end]``."""

    name: str | None = None
    states: tuple[VideoSignatureState, ...] = ()
    begin: datetime | None = None
    end: datetime | None = None
    sort: TemplateSort = "-created_at"
