"""The vendor's client asks for reports: what was sent, and what handsets did with the cards."""

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Holder, eventually
from support.doors import (
    PARCEL_CARD,
    PLAIN_CARD,
    Company,
    credit_code,
    csv_of,
    found_company,
    phones,
    signed,
    start,
    task_end,
    unique,
)
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
_SENT = ("submission_count", "support_resolve_count", "send_count", "send_success_count", "resolve_success_count")
_DONE = ("resolving_times", "expose_uv", "expose_pv", "click_uv", "click_pv")


def today() -> str:
    """Return the demo tenant's day."""
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"


def span(days: float = 1) -> dict[str, str]:
    """Return the last days until now."""
    now = datetime.now(UTC)
    return {"begin_time": f"{now - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{now:%Y-%m-%dT%H:%M:%S.5Z}"}


def sends(client: Client, **body: Any) -> Any:
    """Ask for the send report."""
    wanted = sdk.ListAimSendReportsRequest(body=sdk.ListAimSendReportsRequestBody(**body))
    return client.ask("list_aim_send_reports", wanted)


def templates(client: Client, tpl_ids: list[str], **body: Any) -> Any:
    """Ask for the template report."""
    fields: dict[str, Any] = {"tpl_ids": tpl_ids, **span()} | body
    wanted = sdk.ListAimTemplateReportsRequest(body=sdk.ListAimTemplateReportsRequestBody(**fields))
    return client.ask("list_aim_template_reports", wanted)


def sent_today(client: Client) -> Counter[str]:
    """Return today's counts of the plain card."""
    rows = sends(client, tpl_id=PLAIN_CARD, **span()).data.data_list
    return Counter({name: sum(getattr(row, name) for row in rows if row.report_time == today()) for name in _SENT})


def done_lately(client: Client, **body: Any) -> Counter[str]:
    """Return what handsets did with the plain card."""
    rows = templates(client, [PLAIN_CARD], **body).template_reports
    return Counter({name: sum(getattr(row, name) for row in rows) for name in _DONE})


def draw(installation: Installation, number: str) -> str:
    """Let a phone draw its newest card; returns the link's code."""

    def drawn() -> list[str]:
        return re.findall(r'has-card"[^>]*data-code="([^"]+)"', installation.phone_page(number))

    return str(eventually("the card is drawn", drawn)[-1])


def do(installation: Installation, number: str, kind: str, code: str) -> None:
    """Let the person with a phone look at a card or tap it."""
    url = f"{installation.env['HONGYAN_HANDSET_URL']}/phone/{number}/events"
    answer = httpx.post(url, json={"kind": kind, "code": code, "position": 1}, trust_env=False)
    assert answer.status_code == 200, answer.text


async def send_file(company: Company, numbers: list[str]) -> None:
    """Send to a file of numbers by our own door, to the end."""
    names = csv_of(numbers, 姓名=["王女士"] * len(numbers))
    async with signed(company) as api:
        made = await start(api, company.templates["member"], names, fallback="none")
        await task_end(api, made["task_id"])


async def send_trial(company: Company, numbers: list[str]) -> None:
    """Try a template out on a few phones, to the end."""
    body = {
        "name": "trial",
        "card_template_id": PLAIN_CARD,
        "sms_template_id": company.templates["link only"],
        "phones": numbers,
        "is_trial": True,
    }
    async with signed(company) as api:
        made = await api.call("POST", "/v1/hongyan/send-tasks", body=body)
        await task_end(api, made["task_id"])


def send_three(client: Client, numbers: list[str]) -> str:
    """Send to three by the vendor's operation; returns the task when carriers have reported all."""
    company = client.company
    made = client.ask(
        "create_aim_send_task",
        sdk.CreateAimSendTaskRequest(
            body=sdk.CreateAimSendTaskRequestBody(
                task_name=unique("report"),
                sms_channel=sdk.SmsChannel(
                    channel_number=company.channel_number,
                    sms_tpl_id=company.templates["member"],
                    sms_sign=company.name,
                    sms_app_name=company.app_name,
                ),
                resolve_task=sdk.AIMResolveTask(
                    tpl_id=PLAIN_CARD,
                    resolve_times=1,
                    aim_code_type="individual",
                    expiration_time=7,
                    params=[sdk.CreateResolveTaskParam(cust_flag=n, sms_params=["王女士"]) for n in numbers],
                ),
            )
        ),
    )
    return str(made.task_id)


def test_reports_count_what_was_sent_and_what_handsets_did(installation: Installation, cloud: Client) -> None:
    sent, done = sent_today(cloud), done_lately(cloud)
    of_huawei, of_others = (
        done_lately(cloud, factory_type=["huawei"]),
        done_lately(cloud, factory_type=["OPPO", "vivo"]),
    )
    numbers = [*phones(2, can_show=True, vendor="HUAWEI"), *phones(1, can_show=False)]
    send_three(cloud, numbers)
    asyncio.run(send_file(cloud.company, [*phones(2, can_show=True), *phones(1, can_show=False)]))
    trial = phones(1, can_show=True, vendor="HUAWEI")
    asyncio.run(send_trial(cloud.company, trial))
    for number in (*numbers[:2], *trial):
        code = draw(installation, number)
        for kind in ("exposed", "exposed", "clicked"):
            do(installation, number, kind, code)
    do(installation, numbers[0], "clicked", draw(installation, numbers[0]))
    # Three by the API, whom nobody checks; two of the file's three can show the card and are sent to.
    grown = Counter(
        submission_count=6,
        support_resolve_count=2,
        send_count=5,
        send_success_count=5,
        resolve_success_count=2,
    )
    eventually("the day has them all, without the trial", lambda: sent_today(cloud) - sent == grown)
    lately = Counter(resolving_times=2, expose_uv=2, expose_pv=4, click_uv=2, click_pv=3)
    eventually("the template has them all, without the trial", lambda: done_lately(cloud) - done == lately)
    assert done_lately(cloud, factory_type=["huawei"]) - of_huawei == lately
    assert done_lately(cloud, factory_type=["OPPO", "vivo"]) == of_others


def test_the_send_report_answers_with_every_field(cloud: Client) -> None:
    answer = sends(cloud, tpl_id=PLAIN_CARD)
    assert (answer.status, answer.message) == ("200", "success")
    (row,) = answer.data.data_list
    assert answer.data.page_info.to_dict() == {"offset": 0, "limit": 20, "total": 1}
    assert (row.report_time, row.tpl_id, row.tpl_name) == (today(), PLAIN_CARD, "服务开通通知")
    assert row.submission_count >= row.send_count >= row.send_success_count > 0
    (month,) = sends(cloud, tpl_id=PLAIN_CARD, report_type="2", tpl_name="开通", **span()).data.data_list
    assert month.report_time == today()[:7]
    assert month.submission_count >= row.submission_count
    assert sends(cloud, tpl_name="no such template").data.data_list == []
    old = {"begin_time": "2026-01-05T00:00:00Z", "end_time": "2026-01-06T00:00:00Z"}
    assert sends(cloud, **old).data.page_info.total == 0


def test_reports_page(cloud: Client) -> None:
    everything = sends(cloud, limit=100).data
    assert everything.page_info.total == len(everything.data_list) >= 1
    first = sends(cloud, offset=0, limit=1).data
    assert first.data_list == everything.data_list[:1]
    assert first.page_info.to_dict() == {"offset": 0, "limit": 1, "total": everything.page_info.total}
    beyond = sends(cloud, offset=10_000, limit=1).data
    assert (beyond.data_list, beyond.page_info.total) == ([], 0)
    page = templates(cloud, [PLAIN_CARD, PARCEL_CARD], offset=5, limit=2)
    assert (page.template_reports, page.page_info.offset, page.page_info.limit) == ([], 5, 2)


def test_the_template_report_answers_with_every_field(cloud: Client) -> None:
    asked = span(3)
    answer = templates(cloud, [PLAIN_CARD, PLAIN_CARD, "699999999"], **asked)
    (row,) = answer.template_reports
    assert answer.page_info.to_dict() == {"offset": 0, "limit": 20, "total": 1}
    assert (row.tpl_id, row.start_time) == (PLAIN_CARD, asked["begin_time"])
    assert row.end_time == asked["end_time"].replace(".5Z", "Z")
    assert row.expose_pv >= row.expose_uv > 0
    assert row.click_pv >= row.click_uv > 0
    assert row.resolving_times >= row.expose_uv
    assert templates(cloud, [PLAIN_CARD], **span(90.5)).template_reports == []
    assert len(templates(cloud, [PLAIN_CARD], **span(89.9)).template_reports) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"report_type": "3"}, "report_type"),
        ({"tpl_id": "6000000010"}, "tpl_id"),
        ({"tpl_name": "x" * 101}, "tpl_name"),
        ({"offset": -1}, "offset"),
        ({"offset": 2_147_483_648}, "offset"),
        ({"limit": 101}, "limit"),
        ({"begin_time": "2026-11-01T00:00:00Z"}, "end_time"),
        ({"begin_time": "yesterday", "end_time": "today"}, "begin_time"),
    ],
)
def test_wrong_questions_about_sends_are_refused(cloud: Client, body: dict[str, Any], field: str) -> None:
    answer = cloud.raw("POST", "/v1/aim/send-reports", body)
    assert answer.status_code == 400
    assert answer.json()["error_code"].startswith("KM.")
    assert field in answer.json()["error_msg"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tpl_ids": []}, "tpl_ids"),
        ({"tpl_ids": ["600000001"] * 101}, "tpl_ids"),
        ({"tpl_ids": ["6000000010"]}, "tpl_ids"),
        ({"begin_time": None}, "begin_time"),
        ({"end_time": "soon"}, "end_time"),
        ({"begin_time": "2027-01-01T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"}, "begin_time"),
        ({"factory_type": ["huawei", "nokia"]}, "factory_type[1]"),
        ({"limit": 0}, "limit"),
    ],
)
def test_wrong_questions_about_templates_are_refused(cloud: Client, change: dict[str, Any], field: str) -> None:
    answer = cloud.raw("POST", "/v1/aim/template-reports/query", {"tpl_ids": [PLAIN_CARD], **span(), **change})
    assert answer.status_code == 400
    assert answer.json()["error_code"].startswith("KM.")
    assert field in answer.json()["error_msg"]


def test_an_unknown_vendor_has_its_own_code(cloud: Client) -> None:
    wanted = sdk.ListAimTemplateReportsRequestBody(tpl_ids=[PLAIN_CARD], factory_type=["nokia"], **span())
    refused = cloud.refused("list_aim_template_reports", sdk.ListAimTemplateReportsRequest(body=wanted))
    assert (refused.status, refused.code) == (400, "KM.99990920")


def test_another_tenant_sees_nothing_of_it(installation: Installation) -> None:
    # A company that sends nothing, in no test.
    stranger = Client(found_company(installation, "静默测试公司", unique("jm"), credit_code()))
    assert templates(stranger, [PLAIN_CARD], **span(80)).template_reports == []
    names = {row.tpl_id for row in sends(stranger, limit=100).data.data_list}
    assert names == set()


def test_who_may_only_read_sees_reports(reader: Holder) -> None:
    body: dict[str, Any] = {"report_type": 1, "tpl_id": "", "tpl_name": "", "unknown": [1]}
    assert reader.call("POST", "/v1/aim/send-reports", body).json()["data"]["page_info"]["total"] >= 1
    body = {"tpl_ids": [int(PLAIN_CARD)], **span(), "factory_type": []}
    assert reader.call("POST", "/v1/aim/template-reports/query", body).status_code == 200
