"""What a call of plain SMS asks for and gets; its pure rules: links in values, a result per number, messages per text.

Source: api.md of the requirements §5.11, §4.3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hongyan.kernel.ids import TaskId
from hongyan.kernel.phones import Phone, normalise_phone
from hongyan.rooms.campaigns.contracts import Content, Task
from hongyan.rooms.campaigns.errors import LinkValueInvalid
from hongyan.rooms.delivery.contracts import MessageState, PlannedMessage
from hongyan.rooms.identity.contracts import Actor

MAX_NUMBERS: Final = 2_500
"""Numbers of one call over all its texts; one text takes at most 500."""
_MAX_LINK_CHARS: Final = 99


class SendStatus(StrEnum):
    """What became of one number of a call. Source: api.md of the requirements §4.3."""

    ACCEPTED = "000000"
    VARIABLE_CHECK = "E200028"
    TEMPLATE_INACTIVE = "E200030"
    NO_NUMBER = "E200031"
    DUPLICATE = "E200041"


@dataclass(frozen=True, slots=True)
class SmsText:
    """A template, its values (the link among them, in order of the variables) and the numbers that get it."""

    template_id: str
    params: tuple[str, ...]
    to: tuple[str, ...]
    field: str = ""
    """Where it stands in the request: ``sms_content[2].``."""


@dataclass(frozen=True, slots=True)
class SmsWish:
    """A request of either operation, parsed."""

    texts: tuple[SmsText, ...]
    channel_number: str | None
    """``None``: that of the template's signature."""
    task_name: str | None = None
    extend: str | None = None
    sign: str | None = None
    is_mixed: bool = False
    """Several texts: one that cannot be sent fails for its own numbers alone."""


@dataclass(frozen=True, slots=True)
class SmsCall:
    """Who asks for what; ``own_links``: which values are links of the tenant, and their codes."""

    actor: Actor
    wish: SmsWish
    own_links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmsResult:
    """One number of the call."""

    number: str
    """As it was given."""
    phone: Phone | None
    msg_id: str
    status: SendStatus


@dataclass(frozen=True, slots=True)
class SmsAccepted:
    """What became of the call: one result per number, in order."""

    task: Task
    results: tuple[SmsResult, ...]


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text that can be sent: its content, whole text, parts and the code of our own link in it."""

    content: Content
    text: str
    parts: int
    code: str | None


def check_link(value: str, field: str) -> str:
    """Return the value of the link's variable.

    Raises:
        LinkValueInvalid: empty, longer than 99 characters, or with blanks in it, so that it would not be one link.
    """
    if not 1 <= len(value) <= _MAX_LINK_CHARS or not value.isprintable() or any(char.isspace() for char in value):
        raise LinkValueInvalid(
            field,
            reason=f"is the link: 1 to {_MAX_LINK_CHARS} characters without blanks",
            reason_zh=f"为短链变量，应为 1–{_MAX_LINK_CHARS} 个字符且不含空格",
        )
    return value


def results_of(task_id: TaskId, texts: Sequence[SmsText], ready: Sequence[ReadyText | SendStatus]) -> list[SmsResult]:
    """Return one result per number, in order: what is wrong with its text or with itself, or that it is accepted."""
    results: list[SmsResult] = []
    for text, one in zip(texts, ready, strict=True):
        seen: set[Phone] = set()
        for number in text.to:
            phone = normalise_phone(number)
            status = SendStatus.ACCEPTED if isinstance(one, ReadyText) else one
            if status is SendStatus.ACCEPTED and phone is None:
                status = SendStatus.NO_NUMBER
            elif status is SendStatus.ACCEPTED and phone in seen:
                status = SendStatus.DUPLICATE
            elif phone is not None:
                seen.add(phone)
            results.append(SmsResult(number, phone, f"{task_id}_{len(results)}", status))
    return results


def chunks_of(
    texts: Sequence[SmsText], ready: Sequence[ReadyText | SendStatus], results: Sequence[SmsResult], out: set[Phone]
) -> list[tuple[Content, list[PlannedMessage]]]:
    """Return the messages of accepted numbers by template; the position in the call is the recipient's number."""
    chunks: dict[str, tuple[Content, list[PlannedMessage]]] = {}
    numbered = enumerate(results)
    for text, one in zip(texts, ready, strict=True):
        for _ in text.to:
            recipient_no, row = next(numbered)
            if row.status is not SendStatus.ACCEPTED or row.phone is None or not isinstance(one, ReadyText):
                continue
            is_out = row.phone in out
            message = PlannedMessage(
                recipient_no,
                row.phone,
                one.text,
                one.parts,
                link_code=one.code,
                ended=MessageState.SUPPRESSED if is_out else None,
                reason="opted_out" if is_out else None,
            )
            chunks.setdefault(text.template_id, (one.content, []))[1].append(message)
    return list(chunks.values())
