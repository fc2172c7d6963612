"""Objections to a text: what the service refuses, and what a reviewer would probably say; one shape for both. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.rooms.sms.errors import LinkVariableMissing, SignatureNameLength


class Severity(StrEnum):
    """How sure an objection is."""

    REFUSED = "refused"
    """The service does not take it."""
    LIKELY = "likely"
    """A reviewer would probably reject it."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that is wrong, or looks wrong, with one field."""

    code: str
    """Which rule, in snake case."""
    field: str
    """As the vendor's API names it."""
    en: str
    zh: str
    start: int | None = None
    """Where in the field's text, in characters; nothing when it is about the whole."""
    end: int | None = None
    """Behind the last character."""
    severity: Severity = Severity.REFUSED


_OWN_ERRORS: Mapping[str, type[HongyanError]] = MappingProxyType(
    {"link_missing": LinkVariableMissing, "signature_name_length": SignatureNameLength}
)
"""Rules whose refusal has the vendor's own code."""


def raise_first(objections: Iterable[Objection]) -> None:
    """Refuse with the first objection, if there is one; all of them must be refusals.

    Raises:
        LinkVariableMissing, SignatureNameLength, InvalidInput: by the rule.
    """
    for found in objections:
        own = _OWN_ERRORS.get(found.code)
        raise own(found.field) if own else InvalidInput(found.field, reason=found.en, reason_zh=found.zh)


def check_length(code: str, field: str, value: str, shortest: int, longest: int) -> Iterable[Objection]:
    """Yield what is wrong with the length of a text; one that is needed must not be blank either."""
    if not shortest <= len(value) <= longest:
        start = (longest, len(value)) if len(value) > longest else (None, None)
        yield Objection(
            code,
            field,
            f"{shortest} to {longest} characters are needed",
            f"长度必须为 {shortest}–{longest} 个字符",
            *start,
        )
    elif shortest and not value.strip():
        yield Objection(code, field, "must not be blank", "不能为空白")
