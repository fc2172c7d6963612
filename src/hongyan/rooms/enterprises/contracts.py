"""What other rooms and the console see of filings: scenes, fields as data, states, papers.

Not for: the review itself (``reviews.contracts``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hongyan.kernel.ids import FileId, TenantId


class Scene(StrEnum):
    """What a company files for. Source: quickstart §1.1, §2.1, §3.1."""

    SMART_SEND = "smart_send"
    """智能信息 · 发送任务备案"""
    SMART_LINKS = "smart_links"
    """智能信息 · 生成短链备案"""
    SERVICE_ACCOUNT = "service_account"
    """智能信息服务号"""
    BASIC = "basic"
    """智能信息基础版"""


class FilingState(StrEnum):
    """State of a filing. Source: product.md §2.2."""

    NONE = "none"
    """未提交"""
    REVIEWING = "reviewing"
    """审核中"""
    APPROVED = "approved"
    """通过; an edit keeps this state while it is reviewed."""
    REJECTED = "rejected"
    """未通过"""


class FieldKind(StrEnum):
    """How a field is filled in, and for texts also which form they have."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    CREDIT_CODE = "credit_code"
    CHOICE = "choice"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice field."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a filing's form."""

    name: str
    group: str
    """Key of the form's section: certificate, company, letters, others, special."""
    zh: str
    en: str
    kind: FieldKind
    is_required: bool = False
    required_when: tuple[str, str] | None = None
    """(field, value): required when that choice field has that value."""
    max_chars: int = 0
    """Texts."""
    choices: tuple[Choice, ...] = ()
    """The first is the default."""
    types: tuple[str, ...] = ()
    """Files: extensions in lower case; the content is checked, not only the name."""
    max_bytes: int = 0
    letter: str = ""
    """Id of the sample letter that can be downloaded, or empty."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An uploaded document."""

    paper_id: FileId
    tenant_id: TenantId
    scene: Scene
    field: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    approved_at: datetime | None
    """When a review that contained it was approved; an approved paper is offered to the other scenes."""
    removed_at: datetime | None = None
    """When the company took it out of its form; what a reviewer has seen stays as evidence."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A company's filing for one scene."""

    tenant_id: TenantId
    scene: Scene
    state: FilingState
    is_pending: bool
    """A submission waits for its decision: nothing can be changed."""
    values: Mapping[str, str]
    """Texts and choices by field."""
    papers: Mapping[str, Paper]
    """By field; a paper of another scene stands here when it was approved there and this scene has none."""
    reason: str
    """What the reviewer said last."""
    submitted_at: datetime | None
    decided_at: datetime | None
    review_id: str | None
    missing: tuple[str, ...] = ()
    """Required fields that are empty, in the form's order."""
