"""The vendor's client makes short links that somebody else sends, and asks what became of them."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Desk, Holder, eventually
from support.domains import domain, domain_of, tap
from support.doors import PARCEL_CARD, PLAIN_CARD, Company, csv_of, phones, signed, start, task_end, unique, vendor_now
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VALUES = {"param1": "钱先生", "param2": "P1", "param3": "速运", "param4": "明天"}


def chain(flag: str, **more: Any) -> Any:
    """Return one wanted link."""
    return sdk.CreateShortChainParam(cust_flag=flag, **more)


def create(client: Client, rows: list[Any], **changes: Any) -> Any:
    """Make links."""
    return client.ask("create_resolve_task", request(client, rows, **changes))


def request(client: Client, rows: list[Any] | None, **changes: Any) -> Any:
    """Return a good request; ``changes`` replaces fields."""
    fields = {
        "tpl_id": PLAIN_CARD,
        "sms_signs": [client.company.name],
        "resolving_times": 1,
        "aim_code_type": "individual",
        "expiration_time": 7,
        "params": rows,
    }
    return sdk.CreateResolveTaskRequest(body=sdk.CreateResolveTaskRequestBody(**(fields | changes)))


def list_tasks(client: Client, **query: Any) -> Any:
    """Ask for resolve tasks, a link a row."""
    return client.ask("list_resolve_tasks", sdk.ListResolveTasksRequest(**query))


def list_details(client: Client, **query: Any) -> Any:
    """Ask for links."""
    return client.ask(
        "list_aim_resolve_details", sdk.ListAimResolveDetailsRequest(**({"offset": 0, "limit": 100} | query))
    )


def seconds_between(first: str, last: str) -> float:
    """Return how much later the second time is."""
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


@pytest.fixture(scope="module")
def own(cloud: Client, desk: Desk) -> str:
    """A domain of the demo's whose codes are generated."""
    return domain_of(cloud, desk, "standard")


def test_the_answer_has_every_field(installation: Installation, cloud: Client) -> None:
    flags = [unique("customer"), "13800138000"]
    made = create(
        cloud, [chain(flags[0], custom_url="https://shop.example.com/a?b=c"), chain(flags[1])], resolving_times=9
    )
    assert UUID.fullmatch(made.task_id)
    assert (made.tpl_id, made.sms_signs, made.aim_code_type) == (PLAIN_CARD, [cloud.company.name], "individual")
    assert (made.resolving_times, made.resolved_times, made.expiration_time) == (1, 0, 7)
    preset = installation.env["HONGYAN_LINKS"].split("://")[1]
    assert made.domain == preset
    assert [row.cust_flag for row in made.params] == flags
    first, second = made.params
    assert first.custom_url == "https://shop.example.com/a?b=c"
    assert second.custom_url is None
    assert first.dync_params == {}
    assert re.fullmatch("[0-9a-f]{32}", first.cust_id)
    assert first.aim_url == f"{preset}/{first.aim_code}"
    assert first.aim_code != second.aim_code
    assert (first.result_code, first.error_message, first.ext_data) == ("0", "-", None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.generate_date)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(first.generate_date)) < timedelta(minutes=1)
    assert seconds_between(first.generate_date, first.expire_date) == 7 * 86_400
    assert (first.resolved_date, first.resolved_times, first.custom_short_code) == (None, 0, None)


def test_a_tap_goes_to_the_jump_url_or_to_the_card_as_a_page(installation: Installation, cloud: Client) -> None:
    rows = [chain("a", custom_url="https://shop.example.com/x"), chain("b", custom_url="", custom_short_code="")]
    first, second = create(cloud, rows).params
    assert installation.tap(f"/{first.aim_code}").headers["location"] == "https://shop.example.com/x"
    page = installation.tap(f"/{second.aim_code}")
    assert page.status_code == 302
    assert page.headers["location"].startswith("/c/")


def test_a_phone_shows_the_card_and_lists_say_so(installation: Installation, cloud: Client) -> None:
    (number,) = phones(1, can_show=True, vendor="HUAWEI")
    made = create(
        cloud, [chain(number, dync_params=VALUES)], tpl_id=PARCEL_CARD, sms_signs=["别的签名", cloud.company.name]
    )
    (row,) = made.params
    assert row.dync_params == VALUES
    send_by_hand(cloud, number, row.aim_url)
    eventually("the message arrives", lambda: installation.inbox(number))
    assert "钱先生，您购买的商品已交给承运商。" in installation.phone_page(number)
    detail = eventually(
        "the drawing is known",
        lambda: list_details(cloud, task_id=made.task_id, resolved_status="success").resolve_details,
    )[0]
    assert detail.resolved_status == "success"
    assert seconds_between(detail.generate_date, detail.resolved_time) >= 0
    (task,) = list_tasks(cloud, task_id=made.task_id).resolve_tasks
    assert (task.resolved_times, task.params[0].resolved_times) == (1, 1)
    assert task.params[0].resolved_date == detail.resolved_time


def send_by_hand(client: Client, number: str, link: str) -> None:
    """Send a link with the operation for plain SMS."""
    body = sdk.SmsTaskReq(template_id=client.company.templates["member"], to=[number], template_params=["甲", link])
    assert client.ask("send_aim_batch_messages", sdk.SendAimBatchMessagesRequest(body=body)).status == "Success"


def test_a_group_link_is_shared(installation: Installation, cloud: Client) -> None:
    made = create(cloud, [chain("spring")], aim_code_type="group", resolving_times=2, expiration_time=180)
    assert (made.aim_code_type, made.resolving_times, made.expiration_time) == ("group", 2, 180)
    (row,) = made.params
    assert seconds_between(row.generate_date, row.expire_date) == 180 * 86_400
    numbers = phones(2, can_show=True)
    for number in numbers:
        send_by_hand(cloud, number, f"https://{row.aim_url}")
    for number in numbers:
        eventually("the message arrives", lambda number=number: installation.inbox(number))
        installation.phone_page(number)
    eventually(
        "both drawings are counted",
        lambda: list_tasks(cloud, task_id=made.task_id).resolve_tasks[0].resolved_times == 2,
    )
    assert list_tasks(cloud, task_id=made.task_id).resolve_tasks[0].params[0].resolved_times == 2


def test_chosen_codes_fail_row_by_row(installation: Installation, cloud: Client, chosen: str) -> None:
    word, other = unique("")[1:8], unique("")[1:8]
    rows = [
        chain("a", custom_short_code=word, custom_url="https://shop.example.com/ignored"),
        chain("b", custom_short_code=word),
        chain("c"),
        chain("d", custom_short_code="livez"),
        chain("e", custom_short_code=other),
    ]
    made = create(cloud, rows, generation_type="2", domain=chosen)
    assert [row.result_code for row in made.params] == ["0", "KM.90016482", "KM.90017012", "KM.90016803", "0"]
    assert [row.aim_code for row in made.params] == [word, None, None, None, other]
    assert [row.custom_short_code for row in made.params] == [word, word, None, "livez", other]
    assert made.params[0].aim_url == f"{chosen}/{word}"
    assert word in made.params[1].error_message
    assert made.params[1].expire_date is None
    again = create(cloud, [chain("f", custom_short_code=word)], generation_type="2", domain=chosen)
    assert (again.params[0].result_code, again.params[0].aim_url) == ("KM.90016482", None)
    assert tap(installation, chosen, word).headers["location"].startswith("/c/")
    assert tap(installation, chosen, word.swapcase() + "x").status_code == 404
    failed = list_details(cloud, task_id=made.task_id, resolved_status="fail")
    assert [row.cust_flag for row in failed.resolve_details] == ["b", "c", "d"]
    assert failed.resolve_details[0].result_code == "KM.90016482"
    assert failed.resolve_details[0].aim_url is None
    left = list_details(cloud, task_id=made.task_id, resolved_status="unresolved")
    assert [row.cust_flag for row in left.resolve_details] == ["a", "e"]


def test_values_that_do_not_fit_fail_their_row(cloud: Client) -> None:
    rows = [chain("a", dync_params={"param1": "钱先生"}), chain("b", dync_params=VALUES)]
    made = create(cloud, rows, tpl_id=PARCEL_CARD)
    assert [row.result_code for row in made.params] == ["KM.90016802", "0"]
    assert "param2" in made.params[0].error_message


def test_own_domains_are_reviewed_and_belong_to_their_tenant(
    installation: Installation, cloud: Client, stranger: Client, reader: Holder, desk: Desk, own: str, chosen: str
) -> None:
    made = create(cloud, [chain("a", custom_url="https://shop.example.com/own")], domain=own.upper())
    assert made.params[0].aim_url == f"{own}/{made.params[0].aim_code}"
    assert tap(installation, own, made.params[0].aim_code).headers["location"] == "https://shop.example.com/own"
    # of the other kind, of nobody, of somebody else, with a path
    assert cloud.refused("create_resolve_task", request(cloud, [chain("a")], domain=chosen)).code == "KM.90017006"
    wrong = request(cloud, [chain("a", custom_short_code="abc")], generation_type="2", domain=own)
    assert cloud.refused("create_resolve_task", wrong).code == "KM.90017006"
    assert stranger.refused("create_resolve_task", request(stranger, [chain("a")], domain=own)).code == "KM.90017006"
    assert (
        cloud.refused("create_resolve_task", request(cloud, [chain("a")], domain=f"{own}/a1/b2")).code == "KM.90017006"
    )
    taken = stranger.raw("POST", "/v1/hongyan/link-domains", {"domain": own})
    assert (taken.status_code, taken.json()["error_code"]) == (400, "KM.90016420")
    assert cloud.raw("POST", "/v1/hongyan/link-domains", {"domain": "no domain"}).json()["error_code"] == "KM.90016803"
    assert stranger.raw("GET", f"/v1/hongyan/link-domains?domain={own}").json() == {"items": [], "total": 0}
    public = stranger.raw("GET", "/v1/hongyan/link-domains?kind=standard&state=active").json()["items"]
    assert [row["domain"] for row in public if row["is_preset"]] == [installation.env["HONGYAN_LINKS"].split("://")[1]]
    identity = domain(cloud, own)["domain_id"]
    assert stranger.raw("DELETE", f"/v1/hongyan/link-domains/{identity}").status_code == 400
    assert reader.call("POST", "/v1/hongyan/link-domains", {"domain": "r.example.com"}).status_code == 403
    assert reader.call("DELETE", f"/v1/hongyan/link-domains/{identity}").status_code == 403
    assert reader.call("GET", "/v1/hongyan/link-domains").status_code == 200
    # rejected: handed in again
    name = f"{unique('r')}.example.com"
    cloud.raw("POST", "/v1/hongyan/link-domains", {"domain": name})
    assert cloud.refused("create_resolve_task", request(cloud, [chain("a")], domain=name)).code == "KM.90017006"
    assert desk.reject("campaigns.link_domain", "not filed with the carriers", name) == 1
    eventually("the domain is rejected", lambda: domain(cloud, name)["state"] == "rejected")
    assert cloud.raw("POST", "/v1/hongyan/link-domains", {"domain": name}).json()["state"] == "reviewing"


def test_links_of_a_disabled_domain_are_dead(installation: Installation, cloud: Client, desk: Desk) -> None:
    name = domain_of(cloud, desk, "standard")
    code = create(cloud, [chain("a", custom_url="https://shop.example.com/")], domain=name).params[0].aim_code
    assert tap(installation, name, code).status_code == 302
    off = cloud.raw("DELETE", f"/v1/hongyan/link-domains/{domain(cloud, name)['domain_id']}")
    assert off.json()["state"] == "disabled"
    eventually("its links are dead", lambda: tap(installation, name, code).status_code != 302, 5)
    assert cloud.refused("create_resolve_task", request(cloud, [chain("a")], domain=name)).code == "KM.90017006"


def test_the_lists_answer_with_every_field(cloud: Client) -> None:
    flag, begin = unique("flag"), vendor_now()
    made = create(cloud, [chain(flag, custom_url="https://shop.example.com/l"), chain("13800138111")])
    answer = list_tasks(cloud, task_id=made.task_id)
    assert answer.page_info.to_dict() == {"offset": 0, "limit": 20, "total": 2}
    assert [len(row.params) for row in answer.resolve_tasks] == [1, 1]
    row = answer.resolve_tasks[0]
    assert (row.task_id, row.tpl_id, row.sms_signs) == (made.task_id, PLAIN_CARD, [cloud.company.name])
    assert row.task_name.startswith("Task_")
    assert (row.resolving_times, row.resolved_times, row.aim_code_type) == (1, 0, "individual")
    assert (row.domain, row.expiration_time) == (made.domain, 7)
    shown = {key: value for key, value in made.params[0].to_dict().items() if key != "custom_short_code"}
    assert row.params[0].to_dict() == shown
    details = list_details(cloud, task_id=made.task_id)
    assert details.page_info.to_dict() == {"offset": 0, "limit": 100, "total": 2}
    one = details.resolve_details[0]
    assert one.resolve_id != details.resolve_details[1].resolve_id
    assert (one.task_id, one.task_name, one.send_account) == (made.task_id, row.task_name, "admin")
    assert (one.tpl_id, one.tpl_name, one.cust_flag) == (PLAIN_CARD, "服务开通通知", flag)
    assert (one.aim_url, one.result_code) == (made.params[0].aim_url, "0")
    assert (one.generate_date, one.expire_date) == (made.params[0].generate_date, made.params[0].expire_date)
    assert (one.resolved_time, one.resolved_status) == (None, "unresolved")
    # filters of both
    mine = {"begin_time": begin, "end_time": vendor_now()}
    for ask, key in ((list_tasks, "resolve_tasks"), (list_details, "resolve_details")):
        for query in (
            {"cust_flag": flag},
            {"aim_url": made.params[0].aim_url},
            {"aim_url": f"https://{made.params[0].aim_url}"},
            {"cust_flag": flag, "task_name": row.task_name, "tpl_id": PLAIN_CARD, "tpl_name": "开通", **mine},
            {"cust_flag": flag, "tpl_id": "", "task_name": ""},
        ):
            assert [found.task_id for found in getattr(ask(cloud, **query), key)] == [made.task_id], query
        assert ask(cloud, cust_flag="+86 138 0013 8111", **mine).page_info.total == 1
        for query in ({"tpl_id": PARCEL_CARD}, {"tpl_name": "没有"}, {"task_name": "nobody's"}, {"cust_flag": "x"}):
            assert ask(cloud, task_id=made.task_id, **query).page_info.total == 0
        before = {"begin_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-03T00:00:00.522Z"}
        assert ask(cloud, task_id=made.task_id, **before).page_info.total == 0
        pages = [getattr(ask(cloud, task_id=made.task_id, offset=i, limit=1), key)[0] for i in range(2)]
        assert pages[0] != pages[1]
        beyond = ask(cloud, task_id=made.task_id, offset=9_950, limit=100)
        assert (getattr(beyond, key), beyond.page_info.offset) == ([], 9_950)
    assert list_details(cloud, task_id=made.task_id, sms_sign=cloud.company.name).page_info.total == 2
    assert list_details(cloud, task_id=made.task_id, sms_sign="谁的").page_info.total == 0


async def test_links_of_send_tasks_are_among_the_details(
    installation: Installation, demo: Company, cloud: Client
) -> None:
    numbers = phones(3, can_show=True)
    async with signed(demo) as api:
        task = await start(api, demo.templates["member"], csv_of(numbers, name=["甲", "乙", "丙"]))
        await task_end(api, task["task_id"])
    installation.phone_page(numbers[1])

    def drawn() -> Any:
        return list_details(cloud, task_id=task["task_id"], resolved_status="success").resolve_details

    (one,) = eventually("the drawing is known", drawn)
    assert (one.task_name, one.tpl_id, one.cust_flag) == ("journey", PLAIN_CARD, numbers[1])
    left = list_details(cloud, task_id=task["task_id"], resolved_status="unresolved")
    assert [row.cust_flag for row in left.resolve_details] == [numbers[0], numbers[2]]
    assert list_details(cloud, task_id=task["task_id"], aim_url=one.aim_url).page_info.total == 1
    assert list_details(cloud, task_id=task["task_id"], cust_flag=f"86{numbers[2]}").page_info.total == 1
    assert list_details(cloud, task_id=task["task_id"], offset=1, limit=1).resolve_details[0].cust_flag == numbers[1]
    assert list_tasks(cloud, task_id=task["task_id"]).page_info.total == 0


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"tpl_id": ""}, "KM.00001081", "template id"),
    ({"tpl_id": "600009999"}, "KM.00001080", "600009999"),
    ({"tpl_id": "6000000012"}, "KM.90016803", "tpl_id"),
    ({"sms_signs": []}, "KM.00001075", "sms_signs"),
    ({"sms_signs": ["鸿雁", ""]}, "KM.00001075", "sms_signs"),
    ({"sms_signs": ["名" * 19]}, "KM.00001076", "sms_signs[0]"),
    ({"sms_signs": list("一二三四五六")}, "KM.90016803", "sms_signs"),
    ({"params": None}, "KM.90016414", "params"),
    ({"params": []}, "KM.90016415", "params"),
    ({"params": [chain(str(i)) for i in range(101)]}, "KM.90016416", "101"),
    ({"params": [chain("")]}, "KM.90016803", "cust_flag"),
    ({"params": [chain("x" * 65)]}, "KM.90016803", "cust_flag"),
    ({"params": [chain("x", custom_url="ftp://example.com")]}, "KM.90016803", "custom_url"),
    ({"params": [chain("x", custom_url="https://example.com/" + "y" * 237)]}, "KM.90016803", "custom_url"),
    ({"params": [chain("x", custom_short_code="ab")]}, "KM.90016803", "custom_short_code"),
    ({"params": [chain("x", custom_short_code="abcdefghijk")]}, "KM.90016803", "custom_short_code"),
    ({"params": [chain("x", custom_short_code="ab_c")]}, "KM.90016803", "custom_short_code"),
    ({"resolving_times": 0}, "KM.90016803", "resolving_times"),
    ({"resolving_times": 10_000_001}, "KM.90016803", "resolving_times"),
    ({"expiration_time": 0}, "KM.90016803", "expiration_time"),
    ({"expiration_time": 8}, "KM.90017005", "expiration_time"),
    ({"aim_code_type": "crowd"}, "KM.90016803", "aim_code_type"),
    ({"generation_type": "3"}, "KM.90016803", "generation_type"),
    ({"generation_type": "2"}, "KM.90017006", "domain"),
    ({"domain": "no domain"}, "KM.90016803", "domain"),
    ({"domain": "elsewhere.example"}, "KM.90017006", "elsewhere.example"),
    ({"aim_code_type": "group"}, "KM.90017011", "resolving_times"),
    ({"aim_code_type": "group", "resolving_times": 2, "expiration_time": 181}, "KM.90016803", "expiration_time"),
    ({"aim_code_type": "group", "resolving_times": 2, "params": [chain("a"), chain("b")]}, "KM.90016416", "params"),
    ({"aim_code_type": "group", "resolving_times": 2, "tpl_id": PARCEL_CARD}, "KM.90017013", PARCEL_CARD),
]


@pytest.mark.parametrize(("changes", "code", "word"), REFUSALS, ids=lambda value: str(value)[:30])
def test_a_wrong_request_is_refused(cloud: Client, changes: dict[str, Any], code: str, word: str) -> None:
    refusal = cloud.refused("create_resolve_task", request(cloud, [chain("a")], **changes))
    assert (refusal.status, refusal.code) == (400, code)
    assert word in refusal.text


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"begin_time": "2026-11-01T00:00:00Z"}, "end_time"),
        ({"begin_time": "2026-11-02T00:00:00Z", "end_time": "2026-11-01T00:00:00Z"}, "begin_time"),
        ({"begin_time": "2020-01-01T00:00:00Z", "end_time": "2020-01-02T00:00:00Z"}, "begin_time"),
        ({"limit": 101}, "limit"),
        ({"offset": 1_000_001}, "offset"),
        ({"task_id": "not-a-uuid"}, "task_id"),
        ({"task_name": "x" * 31}, "task_name"),
        ({"tpl_id": "x" * 10}, "tpl_id"),
    ],
)
def test_wrong_questions_are_refused(cloud: Client, query: dict[str, Any], word: str) -> None:
    tasks = cloud.refused("list_resolve_tasks", sdk.ListResolveTasksRequest(**query))
    details = cloud.refused(
        "list_aim_resolve_details", sdk.ListAimResolveDetailsRequest(**({"offset": 0, "limit": 10} | query))
    )
    for refusal in (tasks, details):
        assert refusal.code == "KM.90016803"
        assert word in refusal.text


def test_details_need_a_page_and_a_known_status(cloud: Client) -> None:
    for query in ({"offset": 0}, {"limit": 10}, {"offset": 0, "limit": 10, "resolved_status": "done"}):
        refusal = cloud.refused("list_aim_resolve_details", sdk.ListAimResolveDetailsRequest(**query))
        assert refusal.code == "KM.90016803"


def test_others_see_and_use_nothing_and_readers_make_nothing(cloud: Client, stranger: Client, reader: Holder) -> None:
    made = create(cloud, [chain(unique("mine"))])
    assert list_tasks(stranger, task_id=made.task_id).page_info.total == 0
    assert list_details(stranger, task_id=made.task_id).page_info.total == 0
    assert list_details(stranger, aim_url=made.params[0].aim_url).page_info.total == 0
    body = {
        "tpl_id": PLAIN_CARD,
        "sms_signs": ["x"],
        "resolving_times": 1,
        "aim_code_type": "individual",
        "expiration_time": 1,
        "params": [{"cust_flag": "a"}],
    }
    assert reader.call("POST", "/v1/aim/resolve-tasks", body).status_code == 403
    assert reader.call("GET", f"/v1/aim/resolve-tasks?task_id={made.task_id}").json()["page_info"]["total"] == 1


def test_the_same_key_makes_links_once(cloud: Client) -> None:
    body = {
        "tpl_id": 600000001,
        "sms_signs": [f"【{cloud.company.name}】"],
        "resolving_times": "1",
        "aim_code_type": "individual",
        "generation_type": 1,
        "expiration_time": "1",
        "params": [{"cust_flag": 13800138222, "colour": "unknown fields do no harm"}],
    }
    key = {"Idempotency-Key": unique("key")}
    first = cloud.raw("POST", "/v1/aim/resolve-tasks", body, headers=key)
    assert first.status_code == 200, first.text
    assert first.json()["sms_signs"] == [cloud.company.name]
    assert cloud.raw("POST", "/v1/aim/resolve-tasks", body, headers=key).json() == first.json()
    other = cloud.raw("POST", "/v1/aim/resolve-tasks", body | {"expiration_time": 2}, headers=key)
    assert other.status_code == 422


def test_a_hundred_links_in_one_call(cloud: Client) -> None:
    started_s = time.monotonic()
    made = create(cloud, [chain(f"many-{i}") for i in range(100)])
    assert time.monotonic() - started_s < 5
    assert len({row.aim_code for row in made.params}) == 100
    assert list_tasks(cloud, task_id=made.task_id, limit=100).page_info.total == 100
