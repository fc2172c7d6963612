"""Made-up receipts for the test button: ids of zeros, a number that nobody has."""

from typing import Any, Final

from hongyan.rooms.callbacks.contracts import AddressKind, Document
from hongyan.rooms.callbacks.rules import bodies

_NIL: Final = "00000000-0000-0000-0000-000000000000"


def example_of(kind: AddressKind) -> tuple[Document, Any]:
    """Return a made-up receipt of a kind as (document, what is stored of its post)."""
    sms = {
        "task_id": _NIL,
        "cust_flag": "13800000000",
        "msg_id": f"{_NIL}_0",
        "tpl_id": "600000000",
        "sms_sign": "测试",
        "aim_code": "TEST00",
        "aim_url": "example.com/TEST00",
        "send_time": "2026-01-01T00:00:00",
        "receive_time": "2026-01-01T00:00:01",
        "send_status": bodies.DELIVERED,
        "send_status_desc": "测试回执",
        "total": "1",
        "sequence": "1",
        "extend": "",
    }
    video = {"task_id": _NIL, "mobile": "13800000000"}
    examples: dict[AddressKind, tuple[Document, Any]] = {
        AddressKind.AIM_SINGLE: (Document.SMS, sms),
        AddressKind.AIM_BATCH: (Document.SMS, [sms]),
        AddressKind.AIM_TEMPLATE: (
            Document.CARD_TEMPLATE,
            bodies.template_status(
                tpl_id="600000000", tpl_state=1, audit_state=2, audit_desc="测试回执", factories=[("HuaWei", 1)]
            ),
        ),
        AddressKind.VIDEO_STATUS: (
            Document.VIDEO_STATUS,
            [
                {
                    **video,
                    "status": 0,
                    "code": bodies.DELIVERED,
                    "desc": "success",
                    "stime": "2026-01-01 00:00:00",
                    "rtime": "2026-01-01 00:00:01",
                }
            ],
        ),
        AddressKind.VIDEO_REPLY: (
            Document.VIDEO_REPLY,
            [{**video, "content": "Hello", "rtime": "2026-01-01 00:00:00"}],
        ),
        AddressKind.VIDEO_TEMPLATE: (Document.VIDEO_TEMPLATE, {"tpl_id": "800000000", "audit_state": 0}),
        AddressKind.SMS_UPLINK: (
            Document.UPLINK,
            {
                "smsMsgId": _NIL,
                "from": "+8613800000000",
                "to": "1069000000",
                "body": "测试",
                "createTime": "2026-01-01T00:00:00Z",
            },
        ),
    }
    return examples[kind]
