"""What the vendor's clients send: tolerant about numbers and texts, exact about everything else.

Not for: rules of apps, signatures and templates (``rules``); here texts only become types.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.vendor import parse_time
from hongyan.kernel.ids import FileId, SignatureId, SmsAppId
from hongyan.rooms.sms.contracts import (
    ListFilter,
    SignatureForm,
    SignatureSource,
    SmsType,
    TemplateForm,
    TemplateStatus,
    VariableSpec,
    VariableType,
)
from hongyan.rooms.sms.errors import ThirdPartyUnclear, UniversalTemplateUnsupported

MAX_ID = 50
MAX_LIMIT = 100
MAX_OFFSET = 1_000_000

E = TypeVar("E", bound=StrEnum)


def _as_text(value: object) -> object:
    """Take a number where a text is documented, and nothing for an empty text; the samples do both."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and "\x00" in value:
        # PostgreSQL has no such character; without this it would be its error, and ours a 500.
        msg = "the character U+0000 is not allowed"
        raise ValueError(msg)
    return value


Text = Annotated[str, BeforeValidator(_as_text)]


class AppBody(BaseModel):
    """Body of creating and changing an app."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"app_name": "HONGYAN_1", "up_link_addr": "https://uplink.example.com/mo"}]}
    )

    app_name: Text = ""
    up_link_addr: Text = ""


class SignatureBody(BaseModel):
    """Body of creating and changing a signature."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "signature_name": "鸿雁演示",
                    "signature_type": "NOTIFY_TYPE",
                    "app_id": "5f7b2f4e-8a1c-4c5e-9b7d-2f0c7c1f6a11",
                    "apply_desc": "品牌简称",
                    "file_id": "0f5b0c0a-6a37-4a0e-8f6e-1f1f3c9d2b22",
                    "signature_source": "0",
                    "is_involved_third": "no",
                }
            ]
        }
    )

    signature_name: Text = ""
    signature_type: Text = ""
    app_id: Text = ""
    apply_desc: Text = ""
    file_id: Text = ""
    signature_source: Text = ""
    is_involved_third: Text = ""
    power_attorney_file_id: Text = ""
    source_title_content: Text = ""

    def form(self) -> SignatureForm:
        """Return the form that the service takes.

        Raises:
            ThirdPartyUnclear: ``is_involved_third`` is neither yes nor no.
            InvalidInput: an id or an enumeration is missing or wrong.
        """
        third = self.is_involved_third.strip().lower()
        if third not in {"yes", "no"}:
            raise ThirdPartyUnclear("is_involved_third")
        return SignatureForm(
            name=self.signature_name,
            type=_one_of(SmsType, "signature_type", self.signature_type),
            app_id=SmsAppId(_required("app_id", self.app_id)),
            licence_file_id=FileId(_required("file_id", self.file_id)),
            source=_one_of(SignatureSource, "signature_source", self.signature_source),
            involves_third_party=third == "yes",
            attorney_file_id=FileId(self.power_attorney_file_id) if self.power_attorney_file_id else None,
            source_title=self.source_title_content,
            apply_desc=self.apply_desc,
        )


class VariableBody(BaseModel):
    """One entry of ``variable_attributes``."""

    variable_index: int
    variable_type: Text = ""
    variable_desc: Text = ""


class TemplateBody(BaseModel):
    """Body of creating and changing a template."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "signature_id": "7c1f6a11-5f7b-4c5e-8a1c-2f4e9b7d2f0c",
                    "template_name": "发货通知",
                    "template_content": "您的订单${1}已发货，${2}",
                    "template_type": "NOTIFY_TYPE",
                    "variable_attributes": [
                        {"variable_index": 1, "variable_type": "TEXT", "variable_desc": "订单号"},
                        {"variable_index": 2, "variable_type": "NEWTEXT", "variable_desc": "解析标识"},
                    ],
                }
            ]
        }
    )

    app_id: Text = ""
    signature_id: Text = ""
    template_content: Text = ""
    template_desc: Text = ""
    template_name: Text = ""
    template_type: Text = ""
    universal_template: Text = ""
    variable_attributes: list[VariableBody] | None = Field(default=None)

    def form(self) -> TemplateForm:
        """Return the form that the service takes.

        Raises:
            UniversalTemplateUnsupported: a universal template is asked for.
            InvalidInput: an enumeration is wrong.
        """
        if self.universal_template not in {"", "0"}:
            raise UniversalTemplateUnsupported("universal_template")
        field = "variable_attributes"
        return TemplateForm(
            name=self.template_name,
            signature_id=SignatureId(self.signature_id),
            content=self.template_content,
            variables=tuple(
                VariableSpec(
                    item.variable_index,
                    _one_of(VariableType, f"{field}.{item.variable_index}.variable_type", item.variable_type),
                    item.variable_desc,
                )
                for item in self.variable_attributes or ()
            ),
            app_id=SmsAppId(self.app_id) if self.app_id else None,
            type=_one_of(SmsType, "template_type", self.template_type) if self.template_type else None,
            desc=self.template_desc,
        )


FLOW_STATUSES: dict[str, tuple[TemplateStatus, ...]] = {
    "Adopted": (TemplateStatus.ACTIVE, TemplateStatus.INACTIVE),
    "Reviewing": (TemplateStatus.REVIEWING,),
    "Reject": (TemplateStatus.REJECTED,),
}


def flow_statuses(flow_status: str | None) -> tuple[str, ...]:
    """Return the states that a ``flow_status`` filter means."""
    if not flow_status:
        return ()
    if flow_status not in FLOW_STATUSES:
        raise _not_one_of("flow_status", FLOW_STATUSES)
    return tuple(status.value for status in FLOW_STATUSES[flow_status])


def statuses(kind: type[StrEnum], status: str | None) -> tuple[str, ...]:
    """Return the states that a ``status`` filter means."""
    return (_one_of(kind, "status", status).value,) if status else ()


def list_filter(
    *,
    app_name: str | None = None,
    name: str | None = None,
    item_id: str | None = None,
    kind: tuple[str, str | None] | None = None,
    states: Iterable[str] = (),
    begin: tuple[str, str | None] = ("begin_time", None),
    end: str | None = None,
) -> ListFilter:
    """Return the filter of a list; ``kind`` and ``begin`` come with the name of their query parameter.

    Raises:
        InvalidInput: a type or a time is wrong, or the times are in the wrong order.
    """
    first, last = _time(begin[0], begin[1]), _time("end_time", end)
    if first and last and first > last:
        raise InvalidInput("end_time", reason=f"lies before {begin[0]}", reason_zh="结束时间早于开始时间")
    return ListFilter(
        app_name=app_name or None,
        name=name or None,
        item_id=item_id or None,
        type=_one_of(SmsType, kind[0], kind[1]) if kind and kind[1] else None,
        statuses=tuple(states),
        begin=first,
        end=last,
    )


def page_number(field: str, value: str | None, default: int, largest: int) -> int:
    """Return an offset or a limit; the vendor types some of them as texts.

    Raises:
        InvalidInput: not a number, or out of range.
    """
    if not value:
        return default
    lowest = 1 if field == "limit" else 0
    if not (value.isascii() and value.isdigit()) or not lowest <= int(value[:9]) <= largest:
        raise InvalidInput(
            field,
            reason=f"a number from {lowest} to {largest} is needed",
            reason_zh=f"必须为 {lowest}–{largest} 的数字",
        )
    return int(value)


def _time(field: str, value: str | None) -> datetime | None:
    return parse_time(value.strip(), field) if value else None


def _required(field: str, value: str) -> str:
    if not 1 <= len(value) <= MAX_ID:
        raise InvalidInput(
            field, reason=f"1 to {MAX_ID} characters are needed", reason_zh=f"长度必须为 1–{MAX_ID} 个字符"
        )
    return value


def _one_of(kind: type[E], field: str, value: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise _not_one_of(field, kind) from None


def _not_one_of(field: str, allowed: Iterable[str]) -> InvalidInput:
    names = ", ".join(str(item) for item in allowed)
    return InvalidInput(field, reason=f"one of {names} is needed", reason_zh=f"只能为 {names}")
