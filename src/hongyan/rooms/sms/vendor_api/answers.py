"""What the vendor's clients are answered: its field names, its spellings, its time formats."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from hongyan.kernel.paging import Page
from hongyan.rooms.sms.contracts import Signature, SmsApp, SmsTemplate, TemplateStatus, VariableSpec
from hongyan.rooms.sms.rules.values import MAX_LENGTH

T = TypeVar("T")
_REGION = "cn"
_FLOW = {
    TemplateStatus.REVIEWING: "Reviewing",
    TemplateStatus.ACTIVE: "Adopted",
    TemplateStatus.INACTIVE: "Adopted",
    TemplateStatus.REJECTED: "Reject",
}
_VARIABLE_IDS = 100
"""A variable's id is its template's number times this plus its index: stable, and no row of its own."""


def _time_t(at: datetime | None) -> str:
    """Format as apps and signatures do (UTC, no zone)."""
    return at.strftime("%Y-%m-%dT%H:%M:%S") if at else ""


def _time_blank(at: datetime | None) -> str:
    """Format as templates do (UTC, no zone)."""
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else ""


def page(found: Page[T], shape: Callable[[T], dict[str, Any]], *, offset: int) -> dict[str, Any]:
    """Return a list answer; ``offset`` is echoed as the client wrote it."""
    return {
        "result": [shape(item) for item in found.items],
        "page_info": {"offset": offset, "limit": found.limit, "total": found.total},
    }


def app(found: SmsApp) -> dict[str, Any]:
    """Return an app."""
    return {
        "app_id": found.app_id,
        "app_name": found.name,
        "status": found.status.value,
        "region": _REGION,
        "create_time": _time_t(found.created_at),
        "up_link_addr": found.uplink_url,
    }


def signature(found: Signature) -> dict[str, Any]:
    """Return a signature."""
    form = found.form
    return {
        "signature_name": form.name,
        "signature_id": found.signature_id,
        "signature_type": form.type.value,
        "app_name": found.app_name,
        "app_id": form.app_id,
        "apply_desc": form.apply_desc,
        "channel_num": found.channel_number,
        "file_id": form.licence_file_id,
        "status": found.status.value,
        "signature_source": int(form.source.value),
        "is_involved_third": "yes" if form.involves_third_party else "no",
        "power_attorney_file_id": form.attorney_file_id or "",
        **_urging(found.urge_count, _time_t(found.urged_at)),
        "review_desc": found.review_desc,
        "source_title_content": form.source_title,
        "create_time": _time_t(found.created_at),
    }


def template(found: SmsTemplate) -> dict[str, Any]:
    """Return a template."""
    return {
        "template_id": found.template_id,
        "template_name": found.name,
        "create_time": _time_blank(found.created_at),
        "template_type": found.type.value,
        "app_id": found.app_id,
        "app_name": found.app_name,
        "signature_id": found.signature_id,
        "template_content": found.content,
        "template_desc": found.desc,
        "has_variable": "Yes" if found.variables else "No",
        "flow_status": _FLOW[found.status],
        "status": "Stopped" if found.status is TemplateStatus.INACTIVE else "Normal",
        "universal_template": 0,
        **_urging(found.urge_count, _time_blank(found.urged_at)),
        "review_desc": found.review_desc,
    }


def variables(found: SmsTemplate) -> dict[str, Any]:
    """Return the variables of a template."""

    def shape(spec: VariableSpec) -> dict[str, Any]:
        return {
            "id": int(found.template_id) * _VARIABLE_IDS + spec.index,
            "variable_index": spec.index,
            "variable_length": MAX_LENGTH[spec.type],
            "variable_type": spec.type.value,
            "variable_desc": spec.desc,
        }

    return {"results": [shape(spec) for spec in found.variables], "total": len(found.variables)}


def _urging(count: int, at: str) -> dict[str, str]:
    return {
        "urge_status": "YES" if count else "NO",
        "urge_time": at,
        "urge_desc": f"urged {count} times" if count else "",
    }
