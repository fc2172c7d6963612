import pytest

from hongyan.kernel.ids import SignatureId, SmsAppId, SmsTemplateId, TaskId
from hongyan.kernel.phones import Phone
from hongyan.rooms.campaigns.contracts import Content
from hongyan.rooms.campaigns.errors import LinkValueInvalid
from hongyan.rooms.campaigns.service.sms_calls import (
    ReadyText,
    SendStatus,
    SmsText,
    check_link,
    chunks_of,
    results_of,
)
from hongyan.rooms.delivery.contracts import MessageState

TASK = TaskId("00000000-0000-4000-8000-0000000000aa")


def content(template_id: str) -> Content:
    return Content(
        app_id=SmsAppId("a"),
        app_name="app",
        signature_id=SignatureId("s"),
        signature_name="鸿雁",
        signature_type="NOTIFY_TYPE",
        channel_number="88220001",
        sms_template_id=SmsTemplateId(template_id),
        sms_text="${1}",
        link_index=1,
        variable_types=(),
        is_promotion=False,
        card_template_id=None,
        card_template_name="",
        card_params=(),
        card_vendors=(),
    )


ONE = ReadyText(content("1"), "text one", 1, "abc")
TWO = ReadyText(content("2"), "text two", 2, None)


def test_every_number_has_a_result_and_a_message_id_of_its_own() -> None:
    texts = [
        SmsText("1", (), ("13800138000", "+8613800138000", "no", "13800138001")),
        SmsText("2", (), ("13800138000",)),
        SmsText("3", (), ("13800138002", "no")),
    ]
    results = results_of(TASK, texts, [ONE, TWO, SendStatus.VARIABLE_CHECK])
    assert [(row.status.value, row.phone) for row in results] == [
        ("000000", "8613800138000"),
        ("E200041", "8613800138000"),
        ("E200031", None),
        ("000000", "8613800138001"),
        ("000000", "8613800138000"),
        ("E200028", "8613800138002"),
        ("E200028", None),
    ]
    assert [row.msg_id for row in results] == [f"{TASK}_{i}" for i in range(7)]
    chunks = chunks_of(texts, [ONE, TWO, SendStatus.VARIABLE_CHECK], results, {Phone("8613800138001")})
    assert [(what.sms_template_id, [m.recipient_no for m in messages]) for what, messages in chunks] == [
        ("1", [0, 3]),
        ("2", [4]),
    ]
    first, out = chunks[0][1]
    assert (first.text, first.parts, first.link_code, first.ended) == ("text one", 1, "abc", None)
    assert (out.ended, out.reason) == (MessageState.SUPPRESSED, "opted_out")


def test_texts_of_one_template_share_a_chunk() -> None:
    texts = [SmsText("1", (), ("13800138000",)), SmsText("2", (), ("13800138001",)), SmsText("1", (), ("13800138002",))]
    again = ReadyText(ONE.content, "text three", 1, None)
    ready = [ONE, TWO, again]
    chunks = chunks_of(texts, ready, results_of(TASK, texts, ready), set())
    assert [[m.text for m in messages] for _, messages in chunks] == [["text one", "text three"], ["text two"]]


@pytest.mark.parametrize("value", ["", " ", "a b", "a\tb", "a\nb", "a\x00", "a\u3000b", "x" * 100])
def test_what_is_not_one_link_is_refused(value: str) -> None:
    with pytest.raises(LinkValueInvalid, match=r"params\[1\]"):
        check_link(value, "params[1]")


@pytest.mark.parametrize("value", ["s.example.cn/Ab3dE9x", "https://商城.example.com/a?b=c#d", "x" * 99])
def test_a_link_stays_as_it_is(value: str) -> None:
    assert check_link(value, "params[1]") == value
