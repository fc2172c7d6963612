"""Pure rules: URLs, times, codes of messages that never left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hongyan.kernel.ids import AccountId, CardTemplateId, MessageId, SignatureId, SmsTemplateId, TaskId
from hongyan.kernel.phones import Phone
from hongyan.rooms.callbacks.contracts import AddressKind, Document
from hongyan.rooms.callbacks.errors import UrlRefused
from hongyan.rooms.callbacks.rules import bodies, schedule
from hongyan.rooms.callbacks.rules.examples import example_of
from hongyan.rooms.callbacks.rules.urls import check_url
from hongyan.rooms.delivery.contracts import MessageKind, MessageState, MessageView

NOW = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
MESSAGE = MessageView(
    message_id=MessageId(1),
    task_id=TaskId("33333333-3333-4333-8333-333333333333"),
    recipient_no=0,
    phone=Phone("8613800138000"),
    state=MessageState.DELIVERED,
    text="【鸿雁】您好",
    parts=2,
    link_code="abc123",
    cust_flag=None,
    carrier_code="DELIVRD",
    account_id=AccountId(1),
    signature_id=SignatureId("s"),
    template_id=SmsTemplateId("15010661"),
    card_template_id=CardTemplateId("600000001"),
    planned_at=NOW,
    submitted_at=NOW,
    final_at=NOW + timedelta(seconds=3),
    kind=MessageKind.SMS,
)


def test_waits_double_from_a_minute_to_six_hours() -> None:
    waits = [(schedule.next_try("id", attempt, NOW) - NOW) / timedelta(minutes=1) for attempt in range(1, 60)]
    for attempt, wait in enumerate(waits):
        middle = min(2**attempt, 360)
        assert 0.8 * middle <= wait <= 1.2 * middle
    assert len({round(wait / min(2**n, 360), 3) for n, wait in enumerate(waits)}) > 40, "jitter"


def test_rests_begin_after_five_failures_and_end_at_five_minutes() -> None:
    rests = [schedule.rests_until(failures, NOW) for failures in (0, 4, 5, 6, 11, 10_000)]
    assert [rest and (rest - NOW).total_seconds() for rest in rests] == [None, None, 5, 10, 300, 300]


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        (MessageState.DELIVERED, "DELIVRD", "DELIVRD"),
        (MessageState.FAILED, "MK:0012", "MK:0012"),
        (MessageState.FAILED, None, "HY:0000"),
        (MessageState.EXPIRED, "EXPIRED", "EXPIRED"),
        (MessageState.EXPIRED, None, "EXPIRED"),
        (MessageState.EXPIRED, "no_report", "EXPIRED"),
        (MessageState.SUPPRESSED, "opted_out", "HY:0001"),
        (MessageState.REFUSED, "no_route", "HY:0002"),
        (MessageState.CANCELLED, "cancelled_by_user", "HY:0003"),
        (MessageState.SKIPPED, None, "HY:0005"),
        (MessageState.UNKNOWN_FINAL, "no_report", "UNKNOWN"),
    ],
)
def test_every_final_state_has_a_code_of_seven_characters(state: MessageState, code: str | None, expected: str) -> None:
    found, text = bodies.status_of(replace(MESSAGE, state=state, carrier_code=code))
    assert (found, len(found)) == (expected, 7)
    assert text


def test_times_are_the_tenants_own() -> None:
    facts = bodies.TaskFacts("鸿雁", "s.example.cn", "")
    receipt = bodies.sms_receipt(MESSAGE, facts, ZoneInfo("Asia/Shanghai"))
    assert (receipt["send_time"], receipt["receive_time"]) == ("2026-11-23T00:30:00", "2026-11-23T00:30:03")
    assert (receipt["total"], receipt["cust_flag"], receipt["aim_url"]) == ("2", "13800138000", "s.example.cn/abc123")
    assert bodies.sms_receipt(replace(MESSAGE, cust_flag="+8613800138000"), facts, ZoneInfo("UTC"))["cust_flag"] == (
        "+8613800138000"
    )
    report = bodies.video_report(MESSAGE, ZoneInfo("Asia/Shanghai"))
    assert (report["stime"], report["status"], report["desc"]) == ("2026-11-23 00:30:00", 0, "success")


def test_a_reply_is_url_encoded_as_the_vendors_sample() -> None:
    reply = bodies.video_reply(
        task_id="t", phone=Phone("8613800138000"), text="It,s late", at=NOW, zone=ZoneInfo("Asia/Shanghai")
    )
    assert reply == {"task_id": "t", "mobile": "13800138000", "content": "It%2Cs+late", "rtime": "2026-11-23 00:30:00"}


@pytest.mark.parametrize("kind", list(AddressKind))
def test_every_kind_has_an_example_that_can_be_posted(kind: AddressKind) -> None:
    document, example = example_of(kind)
    content_type, body = bodies.envelope(
        document, bodies.encode(example), request_id="r", domain_id="d", is_repeat=False
    )
    assert content_type == (bodies.FORM if document is Document.UPLINK else bodies.JSON)
    assert body


@pytest.mark.parametrize(
    "url", ["https://例子.测试/回执", "http://8.8.8.8", "https://a.example:8443/x?y=%20", "HTTPS://A.EXAMPLE/"]
)
def test_urls_that_can_be_called_pass(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "/x", "http:///x", "http://a:0/", "http://a:99999/", "http://u@a/", "http://a/\n", "http://a/<", "x" * 1001],
)
def test_others_do_not(url: str) -> None:
    with pytest.raises(UrlRefused):
        check_url(url)
