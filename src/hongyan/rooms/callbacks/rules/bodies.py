"""Bodies of posts, field by field. Source: api.md of the requirements §6.

Times carry no zone there: they are the tenant's own wall clock (Asia/Shanghai unless it chose another); only the
uplink's ``createTime`` is documented as UTC.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlencode
from zoneinfo import ZoneInfo

import msgspec

from hongyan.kernel.phones import Phone, national_form
from hongyan.rooms.callbacks.contracts import Document
from hongyan.rooms.delivery.contracts import MessageState, MessageView

DELIVERED: Final = "DELIVRD"
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

# What never left the house has no code of a carrier: seven characters of our own, as theirs have.
_OWN_CODES: Final[Mapping[str, tuple[str, str]]] = {
    "opted_out": ("HY:0001", "号码已退订"),
    "no_route": ("HY:0002", "没有可用通道"),
    "cancelled": ("HY:0003", "发送任务已取消"),
    "refused": ("HY:0004", "平台拒绝发送"),
    "skipped": ("HY:0005", "按策略不发送"),
    "suppressed": ("HY:0006", "号码在屏蔽名单中"),
    "expired": ("EXPIRED", "超过有效期"),
    "unknown_final": ("UNKNOWN", "72 小时内未收到状态报告"),
}
_OK_TEXT: Final = "发送成功"
_FAILED_TEXT: Final = "发送失败"
_BY_CARRIER: Final = frozenset({MessageState.FAILED, MessageState.EXPIRED})
_SILENCE: Final = "no_report"
"""What the ledger writes where a carrier said nothing for 72 hours: no code of anybody's."""


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What a receipt says of the task of its message; frozen when the task was accepted."""

    signature: str
    """Without brackets."""
    domain: str
    extend: str


def _local(at: datetime | None, zone: ZoneInfo, between: str) -> str:
    return "" if at is None else at.astimezone(zone).strftime(f"%Y-%m-%d{between}%H:%M:%S")


def status_of(message: MessageView) -> tuple[str, str]:
    """Return (code, text) of a final message: ``DELIVRD``, the carrier's code, or ours."""
    if message.state is MessageState.DELIVERED:
        return DELIVERED, _OK_TEXT
    code = message.carrier_code
    if message.state in _BY_CARRIER and code and code not in {*_OWN_CODES, _SILENCE}:
        return code, _FAILED_TEXT
    return _OWN_CODES.get(code or "") or _OWN_CODES.get(message.state.value) or ("HY:0000", _FAILED_TEXT)


def customer_of(message: MessageView) -> str:
    """Return how the sender marked the recipient; without a mark, the number."""
    return message.cust_flag or national_form(message.phone)


def _link_of(message: MessageView, domain: str) -> str:
    """Return ``domain/code``; in plain SMS the customer wrote the link, so that only the text knows its domain."""
    code = message.link_code
    if not code:
        return ""
    if domain:
        return f"{domain}/{code}"
    found = re.search(rf"(?:https?://)?(\S+/{re.escape(code)})(?!\w)", message.text)
    return found[1] if found else ""


def sms_receipt(message: MessageView, facts: TaskFacts, zone: ZoneInfo) -> dict[str, Any]:
    """Return the object of one message for ``callback_type`` sms."""
    code, text = status_of(message)
    return {
        "task_id": message.task_id,
        "cust_flag": customer_of(message),
        "msg_id": f"{message.task_id}_{message.recipient_no}",
        "tpl_id": message.card_template_id or "",
        "sms_sign": facts.signature,
        "aim_code": message.link_code or "",
        "aim_url": _link_of(message, facts.domain),
        "send_time": _local(message.submitted_at or message.planned_at, zone, "T"),
        "receive_time": _local(message.final_at, zone, "T"),
        "send_status": code,
        "send_status_desc": text,
        "total": str(message.parts),
        "sequence": "1",
        "extend": facts.extend,
    }


def shortchain_receipt(
    *, task_id: str, customer: str, tpl_id: str, domain: str, code: str, result_code: str
) -> dict[str, Any]:
    """Return the object of one card for ``callback_type`` shortchain."""
    is_ok = result_code in {"", "0"}
    digits = "".join(char for char in result_code if char.isdigit())
    return {
        "task_id": task_id,
        "cust_flag": customer,
        "tpl_id": tpl_id,
        "aim_url": f"{domain}/{code}",
        "aim_code": code,
        "status": 0 if is_ok else int(digits or "1"),
        "describe": "解析成功" if is_ok else "解析失败",
    }


def template_status(
    *, tpl_id: str, tpl_state: int, audit_state: int, audit_desc: str, factories: Sequence[tuple[str, int]]
) -> dict[str, Any]:
    """Return the whole body for a card template; factories are (vendor in the vendor's case, state)."""
    return {
        "tpl_id": tpl_id,
        "tpl_state": tpl_state,
        "audit_state": audit_state,
        "audit_desc": audit_desc,
        "factory_info": [{"factory_type": name, "state": state} for name, state in factories],
    }


def video_report(message: MessageView, zone: ZoneInfo) -> dict[str, Any]:
    """Return one element of ``reports`` of a video SMS receipt."""
    code, _ = status_of(message)
    is_ok = message.state is MessageState.DELIVERED
    return {
        "task_id": message.task_id,
        "mobile": national_form(message.phone),
        "status": 0 if is_ok else 1,
        "code": code,
        "desc": "success" if is_ok else "fail",
        "stime": _local(message.submitted_at or message.planned_at, zone, " "),
        "rtime": _local(message.final_at, zone, " "),
    }


def video_reply(*, task_id: str, phone: Phone, text: str, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return one element of ``result`` of a reply to a video SMS; the text is URL-encoded as in the vendor's sample."""
    return {
        "task_id": task_id,
        "mobile": national_form(phone),
        "content": quote_plus(text),
        "rtime": _local(at, zone, " "),
    }


def uplink(*, uplink_id: str, phone: str, dialled: str, text: str, at: datetime) -> dict[str, str]:
    """Return the form fields of a text from a phone."""
    return {
        "smsMsgId": uplink_id,
        "from": f"+{phone}",
        "to": dialled,
        "body": text,
        "createTime": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def envelope(
    document: Document, inner: bytes, *, request_id: str, domain_id: str, is_repeat: bool
) -> tuple[str, bytes]:
    """Return (content type, body) of a post; ``inner`` is what was stored, as JSON.

    ``request_id`` (for video SMS ``seq_id``) is the same at every repetition.
    """
    if document in {Document.SMS, Document.SHORTCHAIN}:
        whole: dict[str, Any] = {
            "request_id": request_id,
            "domain_id": domain_id,
            "callback_type": document.value,
            "body": inner.decode(),
            "retry": is_repeat,
        }
        return JSON, encode(whole)
    if document is Document.VIDEO_STATUS:
        return JSON, b'{"seq_id":"' + request_id.encode() + b'","reports":' + inner + b"}"
    if document is Document.VIDEO_REPLY:
        return JSON, b'{"seq_id":"' + request_id.encode() + b'","result":' + inner + b"}"
    if document is Document.UPLINK:
        return FORM, urlencode(msgspec.json.decode(inner)).encode()
    return JSON, inner


def encode(value: Any) -> bytes:
    """Return what is stored of a post: JSON in UTF-8."""
    # A Phone is a str that msgspec does not know.
    return msgspec.json.encode(value, enc_hook=str)
