"""What a program may ask for and what it must not: each refusal names the field, and nothing is half-written."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hongyan.run.client import ApiClient, ApiRefusedError
from support.doors import PARCEL_CARD, Company, csv_of, phones, signed, start, task_end, task_when, unique, upload
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
SEND = "/v1/hongyan/send-tasks"


@pytest.fixture
async def api(demo: Company) -> AsyncIterator[ApiClient]:
    """Give a signed client of the demo tenant."""
    async with signed(demo) as client:
        yield client


def typed(demo: Company, **changes: Any) -> dict[str, Any]:
    """Return a good request for one typed number."""
    good = {
        "name": "requests",
        "card_template_id": "600000001",
        "sms_template_id": demo.templates["link only"],
        "phones": ["13800138000"],
        "fallback": "sms",
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


async def count_tasks(api: ApiClient) -> int:
    """Return how many tasks there are."""
    return int((await api.call("GET", SEND, query={"limit": "1"}))["total"])


async def refusal(api: ApiClient, body: dict[str, Any]) -> tuple[str, str]:
    """Return code and text of a refused create, which must leave no trace."""
    before = await count_tasks(api)
    with pytest.raises(ApiRefusedError) as refused:
        await api.call("POST", SEND, body=body)
    assert refused.value.status == 400
    assert refused.value.request_id
    assert await count_tasks(api) == before
    return refused.value.code, str(refused.value)


def ago(**span: float) -> str:
    """Return a time in the past."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"name": "名" * 31}, "KM.90017003", ("name", "31", "30")),
        ({"name": "   "}, "KM.90017003", ("name", "blank")),
        ({"name": "a\x00b"}, "KM.90016803", ("name", "U+0000")),
        ({"send_at": ago(hours=1)}, "KM.90017004", ("send_at", "past")),
        ({"send_at": ago(days=-91)}, "KM.90017004", ("send_at", "90 days")),
        ({"send_at": "2030-01-01T00:00:00"}, "KM.90016803", ("send_at",)),
        ({"validity_days": 0}, "KM.90017005", ("validity_days", "1 to 7")),
        ({"validity_days": 8}, "KM.90017005", ("validity_days", "1 to 7")),
        ({"fallback": "video"}, "KM.90016803", ("fallback",)),
        ({"phones": []}, "KM.00001083", ("phones",)),
        ({"phones": [f"138{i:08d}" for i in range(501)]}, "KM.00001083", ("phones", "501", "500")),
        ({"phones": [f"138{i:08d}" for i in range(6)], "is_trial": True}, "KM.00001083", ("phones", "trial", "5")),
        ({"number_file_id": "0b4a1b0e-0000-4000-8000-000000000000"}, "KM.00001083", ("phones", "number_file_id")),
        ({"card_template_id": "600009999"}, "KM.00001080", ("600009999",)),
        ({"sms_template_id": "99999999"}, "KM.00001135", ("sms_tpl_id", "99999999")),
        ({"sms_template_id": "abc"}, "KM.00001134", ("sms_tpl_id", "abc")),
        ({"domain": "elsewhere.example"}, "KM.90017006", ("domain", "elsewhere.example")),
        ({"jump_url": "ftp://example.com/"}, "", ("jump_url",)),
        ({"jump_url": "javascript:alert(1)"}, "", ("jump_url",)),
        ({"card_template_id": PARCEL_CARD}, "KM.00001376", ("columns", "4")),
    ],
)
async def test_a_wrong_field_is_named(
    api: ApiClient, demo: Company, changes: dict[str, Any], code: str, words: tuple[str, ...]
) -> None:
    said, text = await refusal(api, typed(demo, **changes))
    assert said == code or (code == "" and said.startswith("KM."))
    for word in words:
        assert word in text


async def test_a_file_of_nobody_is_refused(api: ApiClient, demo: Company) -> None:
    missing = "0b4a1b0e-0000-4000-8000-000000000000"
    before = await count_tasks(api)
    with pytest.raises(ApiRefusedError) as refused:
        await api.call("POST", SEND, body=typed(demo, phones=None, number_file_id=missing))
    assert missing in str(refused.value)
    assert await count_tasks(api) == before


async def test_what_belongs_to_another_company_cannot_be_used(api: ApiClient, demo: Company, newcomer: Company) -> None:
    # its template
    code, text = await refusal(api, typed(demo, sms_template_id=newcomer.templates["member"]))
    assert code == "KM.00001138"
    assert newcomer.templates["member"] in text
    # its numbers
    async with signed(newcomer) as theirs:
        file = await upload(theirs, "numbers.csv", csv_of(phones(1, can_show=True)))
        made = await start(theirs, newcomer.templates["member"], csv_of(phones(1, can_show=True), 称呼=["某"]))
    with pytest.raises(ApiRefusedError) as refused:
        await api.call("POST", SEND, body=typed(demo, phones=None, number_file_id=file["file_id"]))
    assert file["file_id"] in str(refused.value)
    # its tasks
    for method, path in (("GET", ""), ("POST", "/pause"), ("POST", "/cancel"), ("GET", "/progress")):
        with pytest.raises(ApiRefusedError) as refused:
            await api.call(method, f"{SEND}/{made['task_id']}{path}")
        assert refused.value.code == "KM.90017001"


async def test_one_key_is_one_send(installation: Installation, api: ApiClient, demo: Company) -> None:
    # given a request that a program repeats because it did not hear the answer
    (number,) = phones(1, can_show=True)
    key, body = unique("key"), typed(demo, phones=[number], name=unique("once"))
    answers = await asyncio.gather(
        *(api.call("POST", SEND, body=body, idempotency_key=key) for _ in range(4)), return_exceptions=True
    )
    # then every answer is the first one, and there is one task and one SMS
    assert [answer["task_id"] for answer in answers] == [answers[0]["task_id"]] * 4
    assert (await api.call("GET", SEND, query={"name": body["name"]}))["total"] == 1
    task = await task_end(api, answers[0]["task_id"])
    assert task["states"] == {"delivered": 1}
    assert len(installation.inbox(number)) == 1
    # but the key is of no use for another request
    with pytest.raises(ApiRefusedError) as refused:
        await api.call("POST", SEND, body={**body, "name": "another"}, idempotency_key=key)
    assert (refused.value.status, refused.value.code) == (422, "KM.99990422")


async def test_a_refused_request_does_not_use_up_its_key(api: ApiClient, demo: Company) -> None:
    key = unique("key")
    with pytest.raises(ApiRefusedError):
        await api.call("POST", SEND, body=typed(demo, validity_days=9), idempotency_key=key)
    task = await api.call("POST", SEND, body=typed(demo, phones=phones(1, can_show=True)), idempotency_key=key)
    assert task["state"] == "parsing"


async def test_typed_numbers_are_written_in_many_ways(
    installation: Installation, api: ApiClient, demo: Company
) -> None:
    one, two, three = phones(3, can_show=True)
    written = [f"+86 {one}", f"0086-{two}", f" {three[:3]} {three[3:7]} {three[7:]} ", one, "10086"]
    task = await api.call("POST", SEND, body=typed(demo, phones=written))
    done = await task_end(api, task["task_id"])
    assert (done["counts"]["imported"], done["counts"]["duplicates"], done["counts"]["invalid"]) == (3, 1, 1)
    assert [len(installation.inbox(number)) for number in (one, two, three)] == [1, 1, 1]


async def test_a_trial_goes_to_typed_numbers_and_is_marked(api: ApiClient, demo: Company) -> None:
    task = await api.call("POST", SEND, body=typed(demo, phones=phones(2, can_show=True), is_trial=True))
    assert (await task_end(api, task["task_id"]))["is_trial"] is True


async def test_with_no_valid_number_the_task_is_refused_with_its_reason(api: ApiClient, demo: Company) -> None:
    task = await api.call("POST", SEND, body=typed(demo, phones=["12345", "abc"]))
    done = await task_end(api, task["task_id"])
    assert (done["state"], done["states"]) == ("refused", {})
    assert done["counts"]["invalid"] == 2
    assert "没有可发送的号码" in done["reason"]


async def test_without_capable_phone_and_fallback_the_task_is_refused(api: ApiClient, demo: Company) -> None:
    body = typed(demo, phones=phones(2, can_show=False), fallback="none")
    done = await task_end(api, (await api.call("POST", SEND, body=body))["task_id"])
    assert done["state"] == "refused"
    assert "2 个号码均不支持" in done["reason"]


async def test_values_that_break_a_rule_make_their_row_invalid(
    installation: Installation, api: ApiClient, demo: Company
) -> None:
    good, no_phone, no_date, no_money, no_text, empty = phones(6, can_show=True)
    columns = {
        "变量1": ["4008123123", "call me", *["4008123123"] * 4],
        "变量2": ["A1"] * 6,
        "变量3": ["2026-12-01", "2026-12-01", "2026-02-30", *["2026-12-01"] * 3],
        "变量4": ["99.5", "99.5", "99.5", "￥99", "99.5", "99.5"],
        "变量5": ["送货上门", "送货上门", "送货上门", "送货上门", "{x}", ""],
    }
    numbers = [good, no_phone, no_date, no_money, no_text, empty]
    task = await start(api, demo.templates["all kinds"], csv_of(numbers, **columns), fallback="sms")
    done = await task_end(api, task["task_id"])
    assert done["counts"]["invalid"] == 5
    assert done["states"] == {"delivered": 1}
    assert "号码4008123123单号A1日期2026-12-01金额99.5备注送货上门详情" in installation.inbox(good)[0]["text"]
    assert [installation.inbox(number) for number in numbers[1:]] == [[]] * 5


async def test_too_few_columns_refuse_the_task(api: ApiClient, demo: Company) -> None:
    task = await start(api, demo.templates["all kinds"], csv_of(phones(1, can_show=True), 变量1=["4008123123"]))
    done = await task_end(api, task["task_id"])
    assert done["state"] == "refused"
    assert "5" in done["reason"]


async def test_who_answered_r_gets_nothing_more(installation: Installation, api: ApiClient, newcomer: Company) -> None:
    # given somebody who got a message and answered R
    leaving, staying = phones(2, can_show=True)
    data = csv_of([leaving, staying], 称呼=["甲", "乙"])
    async with signed(newcomer) as theirs:
        first = await task_end(theirs, (await start(theirs, newcomer.templates["member"], data))["task_id"])
        assert first["states"] == {"delivered": 2}
        await asyncio.to_thread(installation.uplink, leaving, newcomer.channel_number, "R")

        # when the company sends again two seconds later: by then it is promised to be in force
        await asyncio.sleep(2.0)
        task = await start(theirs, newcomer.templates["member"], data)
        done = await task_when(theirs, task["task_id"], lambda now: now["is_final"])
    # then only the other one is sent to
    assert done["counts"]["opted_out"] + done["states"].get("suppressed", 0) == 1
    assert done["states"]["delivered"] == 1
    assert [len(installation.inbox(number)) for number in (leaving, staying)] == [1, 2]
