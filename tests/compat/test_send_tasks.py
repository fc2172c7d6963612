"""The vendor's client, unmodified, sends smart messages and asks what became of them, on a whole installation."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Desk
from support.domains import domain_of
from support.doors import HUAWEI_CARD, PARCEL_CARD, PLAIN_CARD, Company, phones, unique, until, vendor_now
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def row(number: str, *values: str, **more: Any) -> Any:
    """Return one recipient."""
    return sdk.CreateResolveTaskParam(cust_flag=number, sms_params=list(values), **more)


def body(company: Company, rows: list[Any], *, template: str = "member", **changes: Any) -> Any:
    """Return a good request; ``changes`` replaces fields by their names, wherever they are."""
    channel = {
        "channel_number": company.channel_number,
        "sms_tpl_id": company.templates[template],
        "sms_sign": company.name,
        "sms_app_name": company.app_name,
    }
    resolve = {
        "tpl_id": PLAIN_CARD,
        "resolve_times": 1,
        "aim_code_type": "individual",
        "generation_type": "1",
        "expiration_time": 7,
        "params": rows,
    }
    top = {"task_name": "sdk"} | {key: value for key, value in changes.items() if key == "task_name"}
    channel |= {key: value for key, value in changes.items() if key in channel}
    resolve |= {key: value for key, value in changes.items() if key not in channel and key not in top}
    return sdk.CreateAimSendTaskRequestBody(
        sms_channel=sdk.SmsChannel(**channel), resolve_task=sdk.AIMResolveTask(**resolve), **top
    )


def create(company: Company, rows: list[Any], **changes: Any) -> Any:
    """Create a send task."""
    return company.sdk().create_aim_send_task(sdk.CreateAimSendTaskRequest(body=body(company, rows, **changes)))


def list_tasks(company: Company, **query: Any) -> Any:
    """Ask for send tasks."""
    return company.sdk().list_aim_send_tasks(sdk.ListAimSendTasksRequest(**query))


def list_details(company: Company, **query: Any) -> Any:
    """Ask for messages."""
    wanted = {"offset": 0, "limit": 100} | query
    return company.sdk().list_aim_send_details(sdk.ListAimSendDetailsRequest(**wanted))


def refusal(act: Callable[[], Any]) -> tuple[str, str]:
    """Return code and text of a refusal."""
    with pytest.raises(ClientRequestException) as refused:
        act()
    assert refused.value.status_code == 400
    assert refused.value.request_id
    return refused.value.error_code, refused.value.error_msg


@dataclass
class Sent:
    """A send of three, as the create operation answered, and when it was asked."""

    numbers: list[str]
    made: Any
    begin: str


@pytest.fixture(scope="module")
def sent(demo: Company) -> Sent:
    """Given three people who were sent to, whom the vendor's operation does not ask for their phones' ability."""
    numbers = [*phones(2, can_show=True), *phones(1, can_show=False)]
    begin = vendor_now()
    rows = [row(numbers[0], "甲"), row(f"86{numbers[1]}", "乙"), row(f"+86{numbers[2]}", "丙")]
    made = create(demo, rows, task_name=unique("three"))
    until(
        "all have their reports",
        lambda: all(one.send_status != "sending" for one in list_details(demo, task_id=made.task_id).send_details),
    )
    return Sent(numbers, made, begin)


def test_create_answers_with_every_field(demo: Company, sent: Sent) -> None:
    made = sent.made
    assert UUID.fullmatch(made.task_id)
    assert made.task_name.startswith("three-")
    assert made.task_state == "Success"
    assert abs(datetime.now(UTC) - made.creation_time) < timedelta(minutes=5)
    assert (made.submission_count, made.send_count, made.resolve_count) == (3, 3, 0)
    assert made.support_resolve_count == -1
    assert made.failed_short_chains == []
    assert made.sms_channel.to_dict() == {
        "channel_number": demo.channel_number,
        "sms_tpl_id": demo.templates["member"],
        "sms_sign": demo.name,
        "sms_app_name": demo.app_name,
    }
    echo = made.resolve_task
    assert (echo.tpl_id, echo.resolve_times, echo.aim_code_type) == (PLAIN_CARD, 1, "individual")
    assert (echo.generation_type, echo.expiration_time) == ("1", 7)
    assert [one.cust_flag for one in echo.params] == [sent.numbers[0], f"86{sent.numbers[1]}", f"+86{sent.numbers[2]}"]
    assert [one.sms_params for one in echo.params] == [["甲"], ["乙"], ["丙"]]


def test_everybody_gets_text_and_link_whatever_their_phone(installation: Installation, sent: Sent) -> None:
    for number, name in zip(sent.numbers, "甲乙丙", strict=True):
        (sms,) = installation.inbox(number)
        assert sms["text"].startswith(f"【鸿雁演示企业】尊敬的{name}，")
        assert f" {installation.env['HONGYAN_LINKS'].split('://')[1]}/" in sms["text"]


def test_details_answer_with_every_field(demo: Company, sent: Sent) -> None:
    answer = list_details(demo, task_id=sent.made.task_id)
    assert answer.page_info.to_dict() == {"offset": 0, "limit": 100, "total": 3}
    by_account = {one.send_account: one for one in answer.send_details}
    assert len(by_account) == 3
    one = next(found for account, found in by_account.items() if account.endswith(sent.numbers[1]))
    assert re.fullmatch(UUID.pattern + r"_\d+", one.msg_id)
    assert (one.task_id, one.task_name) == (sent.made.task_id, sent.made.task_name)
    assert (one.tpl_id, one.tpl_name) == (PLAIN_CARD, "服务开通通知")
    assert one.cust_flag == f"86{sent.numbers[1]}"
    assert one.send_status == "success"
    assert one.result_code == "DELIVRD"
    assert TIME.fullmatch(one.send_time)
    assert TIME.fullmatch(one.receive_time)
    assert one.receive_time >= one.send_time >= sent.begin


def test_the_list_answers_with_every_field(installation: Installation, demo: Company, sent: Sent) -> None:
    installation.phone_page(sent.numbers[0])
    until("the drawing is counted", lambda: list_tasks(demo, task_id=sent.made.task_id).aim_send_tasks[0].resolve_count)
    answer = list_tasks(demo, task_id=sent.made.task_id)
    assert answer.page_info.to_dict() == {"offset": 0, "limit": 20, "total": 1}
    (one,) = answer.aim_send_tasks
    assert (one.task_id, one.task_name, one.task_state) == (sent.made.task_id, sent.made.task_name, "Success")
    assert one.creation_time == sent.made.creation_time
    assert (one.submission_count, one.send_count, one.success_number) == (3, 3, 3)
    assert (one.resolve_count, one.support_resolve_count) == (1, -1)
    assert one.sms_channel.sms_sign == demo.name
    assert (one.resolve_task.tpl_id, one.resolve_task.expiration_time) == (PLAIN_CARD, 7)
    assert one.resolve_task.aim_code_type == "individual"


def test_the_lists_filter_and_page(demo: Company, sent: Sent) -> None:
    task_id, name = sent.made.task_id, sent.made.task_name
    mine = {"begin_time": sent.begin, "end_time": vendor_now()}
    assert task_id in [one.task_id for one in list_tasks(demo, task_name=name).aim_send_tasks]
    assert task_id in [one.task_id for one in list_tasks(demo, tpl_id=PLAIN_CARD, **mine).aim_send_tasks]
    assert task_id in [one.task_id for one in list_tasks(demo, task_status="Success", **mine).aim_send_tasks]
    assert list_tasks(demo, task_id=task_id, task_status="Fail").aim_send_tasks == []
    shown = f"{sent.made.creation_time:%Y-%m-%dT%H:%M:%SZ}"
    second = {"begin_time": shown, "end_time": shown, "task_status": ""}
    assert [one.task_id for one in list_tasks(demo, task_id=task_id, **second).aim_send_tasks] == [task_id]
    assert list_tasks(demo, task_id=task_id, tpl_id=HUAWEI_CARD).aim_send_tasks == []
    before = {"begin_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-03T00:00:00.522Z"}
    assert list_tasks(demo, task_id=task_id, **before).page_info.total == 0
    # details: one at a time, in a fixed order
    pages = [list_details(demo, task_id=task_id, offset=i, limit=1) for i in range(3)]
    assert [page.page_info.total for page in pages] == [3, 3, 3]
    assert len({page.send_details[0].msg_id for page in pages}) == 3
    assert list_details(demo, task_id=task_id, offset=3, limit=1).send_details == []
    by_phone = list_details(demo, task_id=task_id, cust_flag=sent.numbers[0])
    assert [one.cust_flag for one in by_phone.send_details] == [sent.numbers[0]]
    assert list_details(demo, task_id=task_id, sms_sign=demo.name).page_info.total == 3
    assert list_details(demo, task_id=task_id, sms_sign="谁的签名").page_info.total == 0
    assert list_details(demo, task_id=task_id, tpl_id=HUAWEI_CARD).page_info.total == 0
    assert list_details(demo, task_id=task_id, **mine).page_info.total == 3
    assert list_details(demo, task_id=task_id, **before).page_info.total == 0


def test_behind_ten_thousand_rows_lists_are_empty_not_wrong(demo: Company, sent: Sent) -> None:
    details = list_details(demo, task_id=sent.made.task_id, offset=9_950, limit=100)
    assert (details.send_details, details.page_info.offset) == ([], 9_950)
    assert list_tasks(demo, offset=9_981, limit=20).aim_send_tasks == []


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"begin_time": "2026-11-01T00:00:00Z"}, "end_time"),
        ({"end_time": "2026-11-01T00:00:00Z"}, "begin_time"),
        ({"begin_time": "2026-11-02T00:00:00Z", "end_time": "2026-11-01T00:00:00Z"}, "begin_time"),
        ({"begin_time": "2020-01-01T00:00:00Z", "end_time": "2020-01-02T00:00:00Z"}, "begin_time"),
        ({"begin_time": "yesterday", "end_time": "2026-11-01T00:00:00Z"}, "begin_time"),
        ({"limit": 101}, "limit"),
        ({"limit": 0}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 1_000_001}, "offset"),
        ({"task_id": "not-a-uuid"}, "task_id"),
    ],
)
def test_wrong_questions_are_refused(demo: Company, query: dict[str, Any], word: str) -> None:
    for ask in (list_tasks, list_details):
        code, text = refusal(lambda ask=ask: ask(demo, **query))
        assert code == "KM.90016803"
        assert word in text


def test_details_need_offset_and_limit(demo: Company) -> None:
    client = demo.sdk()
    for query in ({"offset": 0}, {"limit": 10}):
        code, _ = refusal(lambda query=query: client.list_aim_send_details(sdk.ListAimSendDetailsRequest(**query)))
        assert code == "KM.90016803"


NUMBER = "13800138000"
GOOD = (NUMBER, "甲")
REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"channel_number": ""}, "KM.00001126", "channel"),
    ({"channel_number": "1" * 22}, "KM.00001098", "channel_number"),
    ({"channel_number": "88220000"}, "KM.99990211", "88220000"),
    ({"sms_app_name": ""}, "KM.00001124", "sms_app_name"),
    ({"sms_app_name": "别的应用"}, "KM.00001125", "别的应用"),
    ({"sms_sign": ""}, "KM.00001127", "sms_sign"),
    ({"sms_sign": "别的签名"}, "KM.00001128", "别的签名"),
    ({"sms_tpl_id": ""}, "KM.00001129", "sms_tpl_id"),
    ({"sms_tpl_id": "15a"}, "KM.00001134", "15a"),
    ({"sms_tpl_id": "99999999"}, "KM.00001135", "99999999"),
    ({"tpl_id": "600009999"}, "KM.00001080", "600009999"),
    ({"tpl_id": ""}, "KM.00001081", "template id"),
    ({"tpl_id": "6000000012"}, "KM.90016803", "tpl_id"),
    ({"expiration_time": 0}, "KM.90016803", "expiration_time"),
    ({"expiration_time": 8}, "KM.90016803", "expiration_time"),
    ({"resolve_times": 0}, "KM.90016803", "resolve_times"),
    ({"aim_code_type": "group"}, "KM.90016803", "aim_code_type"),
    ({"generation_type": "3"}, "KM.90016803", "generation_type"),
    ({"domain": "elsewhere.example"}, "KM.90017006", "domain"),
    ({"task_name": " "}, "KM.90016803", "task_name"),
    ({"task_name": "名" * 31}, "KM.90016803", "task_name"),
]


@pytest.mark.parametrize(("changes", "code", "word"), REFUSALS, ids=lambda value: str(value)[:40])
def test_a_wrong_request_is_refused(demo: Company, changes: dict[str, Any], code: str, word: str) -> None:
    said, text = refusal(lambda: create(demo, [row(*GOOD)], **changes))
    assert said == code
    assert word in text


def test_without_a_channel_at_all_the_channel_is_what_is_missing(demo: Company) -> None:
    wanted = body(demo, [row(*GOOD)])
    wanted.sms_channel = None
    said, text = refusal(lambda: demo.sdk().create_aim_send_task(sdk.CreateAimSendTaskRequest(body=wanted)))
    assert said == "KM.00001126"
    assert "sms_channel" in text


ROWS: list[tuple[list[Any], str, str]] = [
    ([], "KM.90016803", "params"),
    ([row(f"138{i:08d}", "甲") for i in range(101)], "KM.90016803", "params"),
    ([row(*GOOD), row("+86 138 0013 8000", "乙")], "KM.00001083", "params[1].cust_flag"),
    ([row("12345", "甲")], "KM.00001083", "params[0].cust_flag"),
    ([row("", "甲")], "KM.90016803", "cust_flag"),
    ([row(NUMBER)], "KM.00001376", "params[0].sms_params"),
    ([row(NUMBER, "甲", "乙")], "KM.00001376", "params[0].sms_params"),
    ([row(NUMBER, "x" * 21)], "KM.00001375", "params[0].sms_params"),
    ([row(NUMBER, "")], "KM.00001375", "params[0].sms_params"),
    ([row(NUMBER, *["1"] * 20)], "KM.90016803", "sms_params"),
    ([row(*GOOD, custom_url="ftp://example.com")], "KM", "params[0].custom_url"),
    ([row(*GOOD, custom_short_code="ab")], "KM.90016803", "custom_short_code"),
]


@pytest.mark.parametrize(("rows", "code", "word"), ROWS, ids=[word + code for _, code, word in ROWS])
def test_a_wrong_row_is_named_and_nobody_gets_anything(demo: Company, rows: list[Any], code: str, word: str) -> None:
    name = unique("wrong")
    said, text = refusal(lambda: create(demo, rows, task_name=name))
    assert said.startswith(code)
    assert word in text
    assert list_tasks(demo, task_name=name).page_info.total == 0


KINDS = ["4008123123", "A1", "2026-12-01", "99.5", "送货上门"]


@pytest.mark.parametrize(
    ("position", "value", "code"),
    [
        (0, "1" * 16, "KM.00001375"),
        (0, "call me", "KM.99990221"),
        (1, "A" * 21, "KM.00001375"),
        (1, "A-1", "KM.00001404"),
        (1, NUMBER, "KM.00001404"),
        (2, "2026-02-30", "KM.00001403"),
        (2, "2026-12-01 10:00", "KM.00001403"),
        (3, "￥99", "KM.99990222"),
        (4, "a.b", "KM.99990223"),
        (4, f"打{NUMBER}", "KM.99990223"),
    ],
)
def test_a_value_must_keep_its_variables_rule(demo: Company, position: int, value: str, code: str) -> None:
    values = [*KINDS[:position], value, *KINDS[position + 1 :]]
    said, text = refusal(lambda: create(demo, [row(NUMBER, *values)], template="all kinds"))
    assert said == code
    assert "params[0].sms_params" in text


def test_a_template_with_only_the_link_takes_no_values(installation: Installation, demo: Company) -> None:
    (number,) = phones(1, can_show=True)
    made = create(demo, [row(number)], template="link only")
    assert made.send_count == 1
    until("it arrives", lambda: installation.inbox(number))


def test_card_parameters_and_a_jump_url_of_ones_own(installation: Installation, demo: Company) -> None:
    (number,) = phones(1, can_show=True, vendor="HUAWEI")
    values = {"param1": "钱先生", "param2": "P1", "param3": "速运", "param4": "明天"}
    said, text = refusal(
        lambda: create(demo, [row(number, "钱", dync_params={"param1": "钱先生"})], tpl_id=PARCEL_CARD)
    )
    assert said == "KM.90016802"
    assert "params[0].dync_params" in text
    assert "param2" in text
    said, text = refusal(
        lambda: create(demo, [row(number, "钱", dync_params=values | {"param4": "字" * 101})], tpl_id=PARCEL_CARD)
    )
    assert said == "KM.90016802"
    assert "param4" in text
    rows = [row(number, "钱", dync_params=values, custom_url="https://shop.example.com/orders/P1")]
    made = create(demo, rows, tpl_id=PARCEL_CARD)
    assert made.resolve_task.params[0].custom_url == "https://shop.example.com/orders/P1"
    assert made.resolve_task.params[0].dync_params == values
    until("it arrives", lambda: installation.inbox(number))
    assert "钱先生，您购买的商品已交给承运商。" in installation.phone_page(number)
    code = installation.inbox(number)[0]["text"].split("/")[1].split(" ")[0]
    tapped = installation.tap(f"/{code}")
    assert (tapped.status_code, tapped.headers["location"]) == (302, "https://shop.example.com/orders/P1")


def test_chosen_codes_that_are_taken_leave_their_rows_out(
    installation: Installation, demo: Company, cloud: Client, chosen: str
) -> None:
    numbers = phones(4, can_show=True)
    word, other = uuid4().hex[:9], uuid4().hex[:9]
    rows = [
        row(numbers[0], "甲", custom_short_code=word, custom_url="https://shop.example.com/ignored"),
        row(numbers[1], "乙", custom_short_code=word),
        row(numbers[2], "丙"),
        row(numbers[3], "丁", custom_short_code=other),
    ]
    made = create(demo, rows, generation_type="2", domain=chosen)
    assert (made.task_state, made.submission_count, made.send_count) == ("Success", 4, 2)
    assert (made.resolve_task.generation_type, made.resolve_task.domain) == ("2", chosen)
    assert [one.custom_short_code for one in made.resolve_task.params] == [word, word, None, other]
    assert [one.cust_flag for one in made.failed_short_chains] == numbers[1:3]
    assert [one.result_code for one in made.failed_short_chains] == ["KM.90016482", "KM.90017012"]
    failed = made.failed_short_chains[0]
    assert (failed.aim_url, failed.aim_code, failed.custom_short_code) == (None, None, word)
    assert word in failed.error_message
    sms = until("it arrives", lambda: installation.inbox(numbers[0]))[0]
    assert f" {chosen}/{word} " in sms["text"]
    until("the other one arrives", lambda: installation.inbox(numbers[3]))
    assert installation.inbox(numbers[1]) == installation.inbox(numbers[2]) == []
    found = cloud.ask(
        "list_aim_resolve_details", sdk.ListAimResolveDetailsRequest(task_id=made.task_id, offset=0, limit=10)
    ).resolve_details
    assert [(one.cust_flag, one.resolved_status) for one in found] == [
        (numbers[0], "unresolved"),
        (numbers[1], "fail"),
        (numbers[2], "fail"),
        (numbers[3], "unresolved"),
    ]
    none = create(demo, [row(numbers[1], "乙", custom_short_code=word)], generation_type="2", domain=chosen)
    assert (none.task_state, none.send_count, len(none.failed_short_chains)) == ("Failed", 0, 1)
    assert list_tasks(demo, task_id=none.task_id, task_status="Fail").page_info.total == 1


def test_a_domain_of_the_other_kind_or_of_others_is_refused(
    demo: Company, newcomer: Company, cloud: Client, desk: Desk, chosen: str
) -> None:
    own = domain_of(cloud, desk, "standard")
    coded = [row(*GOOD, custom_short_code="abc")]
    assert refusal(lambda: create(demo, coded, generation_type="2", domain=own))[0] == "KM.90017006"
    assert refusal(lambda: create(demo, coded, generation_type="2"))[0] == "KM.90017006"
    assert refusal(lambda: create(demo, [row(*GOOD)], domain=chosen))[0] == "KM.90017006"
    theirs = {"sms_tpl_id": newcomer.templates["member"], "domain": own}
    assert refusal(lambda: create(newcomer, [row(*GOOD)], **theirs))[0] == "KM.90017006"


def test_links_of_api_tasks_are_among_the_resolve_details(demo: Company, cloud: Client, sent: Sent) -> None:
    asked = sdk.ListAimResolveDetailsRequest(task_id=sent.made.task_id, offset=0, limit=10)
    found = cloud.ask("list_aim_resolve_details", asked).resolve_details
    assert [one.cust_flag for one in found] == [sent.numbers[0], f"86{sent.numbers[1]}", f"+86{sent.numbers[2]}"]
    assert {(one.task_name, one.tpl_id, one.result_code) for one in found} == {(sent.made.task_name, PLAIN_CARD, "0")}


def test_numbers_may_stand_where_strings_are_documented(demo: Company, installation: Installation) -> None:
    (number,) = phones(1, can_show=True)
    made = create(demo, [row(number, "孙")], sms_tpl_id=int(demo.templates["member"]), resolve_times=5)
    assert made.task_state == "Success"
    until("it arrives", lambda: installation.inbox(number))


def test_a_hundred_recipients_go_in_one_call(installation: Installation, demo: Company) -> None:
    numbers = phones(100, can_show=True)
    made = create(demo, [row(number, "众") for number in numbers])
    assert (made.submission_count, made.send_count) == (100, 100)
    until(
        "all hundred succeeded",
        lambda: list_tasks(demo, task_id=made.task_id).aim_send_tasks[0].success_number == 100,
    )
    codes = {installation.inbox(number)[0]["text"].split("/")[1].split(" ")[0] for number in numbers}
    assert len(codes) == 100


def test_nothing_of_another_company_can_be_used_or_seen(demo: Company, newcomer: Company, sent: Sent) -> None:
    said, text = refusal(lambda: create(newcomer, [row(*GOOD)], sms_tpl_id=demo.templates["member"]))
    assert said == "KM.00001138"
    assert demo.templates["member"] in text
    assert refusal(lambda: create(newcomer, [row(*GOOD)], channel_number=demo.channel_number))[0] == "KM.99990211"
    assert refusal(lambda: create(newcomer, [row(*GOOD)], sms_sign=demo.name))[0] == "KM.00001128"
    assert list_tasks(newcomer, task_id=sent.made.task_id).page_info.total == 0
    assert list_details(newcomer, task_id=sent.made.task_id).page_info.total == 0


def test_calls_at_the_same_time_are_all_taken(installation: Installation, demo: Company) -> None:
    numbers = phones(8, can_show=True)

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(asyncio.to_thread(create, demo, [row(number, "齐")]) for number in numbers))

    made = asyncio.run(all_at_once())
    assert len({one.task_id for one in made}) == 8
    for number in numbers:
        until("it arrives", lambda number=number: len(installation.inbox(number)) == 1)
