"""The vendor's client makes and changes apps; every field of every answer is looked at."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkoomessage import v1 as sdk

from support.identity import found_household
from support.sdk import sdk_client
from support.sms_house import UPLINK, SmsHouse


async def test_an_app_is_made_listed_shown_and_changed(sms: SmsHouse) -> None:
    app_id = await sms.make_app()

    shown = await sms.ask("list_aim_msg_app_detail", sdk.ListAimMsgAppDetailRequest(app_id=app_id))
    assert (shown.app_id, shown.app_name, shown.up_link_addr) == (app_id, "HONGYAN_1", UPLINK)
    assert (shown.status, shown.region) == ("LAUNCHED", "cn")
    assert datetime.strptime(shown.create_time, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the vendor's times have no zone

    changed = await sms.ask(
        "update_aim_msg_app",
        sdk.UpdateAimMsgAppRequest(app_id=app_id, body=sdk.MsgAppRequest(app_name="GOOSE")),
    )
    assert (changed.app_id, changed.app_name) == (app_id, "GOOSE")

    listed = await sms.ask(
        "list_aim_msg_app",
        sdk.ListAimMsgAppRequest(
            offset=0,
            limit=10,
            app_name="GOO",
            status="LAUNCHED",
            begin_time="2020-01-01T00:00:00Z",
            end_time="2099-01-01",
        ),
    )
    (found,) = listed.result
    assert (found.app_id, found.app_name, found.up_link_addr) == (app_id, "GOOSE", "")
    assert (listed.page_info.offset, listed.page_info.limit, listed.page_info.total) == (0, 10, 1)
    assert (await sms.ask("list_aim_msg_app", sdk.ListAimMsgAppRequest(status="SUSPENDED"))).result == []


async def test_a_third_app_a_taken_name_and_a_bad_name_are_refused(sms: SmsHouse) -> None:
    app_id = await sms.make_app()

    def make(name: str, link: str | None = None) -> Any:
        return sdk.CreateSmsAppRequest(body=sdk.MsgAppRequest(app_name=name, up_link_addr=link))

    assert (await sms.refusal("create_sms_app", make("hongyan_1")))[0] == "KM.99990205"
    assert await sms.refusal("create_sms_app", make("no blanks")) == (
        "KM.90016803",
        "app_name: only letters, digits, underscores and Chinese characters",
    )
    assert (await sms.refusal("create_sms_app", make("x" * 31)))[1].startswith("app_name: ")
    assert (await sms.refusal("create_sms_app", make("A", "http://127.0.0.1/mo")))[1].startswith("up_link_addr: ")
    await sms.make_app("SECOND")
    assert (await sms.refusal("create_sms_app", make("THIRD")))[0] == "KM.99990204"
    taken = sdk.UpdateAimMsgAppRequest(app_id=app_id, body=sdk.MsgAppRequest(app_name="SECOND"))
    assert (await sms.refusal("update_aim_msg_app", taken))[0] == "KM.99990205"
    for missing in ("not-an-id", "00000000-0000-4000-8000-000000000001"):
        request = sdk.ListAimMsgAppDetailRequest(app_id=missing)
        assert (await sms.refusal("list_aim_msg_app_detail", request))[0] == "KM.99990201"


async def test_another_tenant_sees_nothing_of_it(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    async with sms.db.begin() as uow:
        swan = await found_household(uow, sms.office.identity, "swan", number=1)
    client = sdk_client(sms.url, ak=swan.key.key.ak, sk=swan.key.sk, project_id=swan.tenant.project.id)
    with pytest.raises(ClientRequestException) as refused:
        await asyncio.to_thread(client.list_aim_msg_app_detail, sdk.ListAimMsgAppDetailRequest(app_id=app_id))
    assert refused.value.error_code == "KM.99990201"
    listed = await asyncio.to_thread(client.list_aim_msg_app, sdk.ListAimMsgAppRequest())
    assert listed.page_info.total == 0


async def test_times_limits_and_filters_that_cannot_be_are_refused(sms: SmsHouse) -> None:
    cases: list[tuple[str, Callable[..., Any], dict[str, Any], str]] = [
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"begin_time": "yesterday"}, "begin_time"),
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"end_time": "0001-01-01T00:00:00+08:00"}, "end_time"),
        (
            "list_aim_msg_app",
            sdk.ListAimMsgAppRequest,
            {"begin_time": "2026-01-02", "end_time": "2026-01-01"},
            "end_time",
        ),
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"limit": 101}, "limit"),
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"status": "GONE"}, "status"),
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"app_name": "a\x00b"}, "app_name"),
        ("list_aim_msg_signature", sdk.ListAimMsgSignatureRequest, {"offset": "x"}, "offset"),
        ("list_aim_msg_signature", sdk.ListAimMsgSignatureRequest, {"signature_type": "X"}, "signature_type"),
        ("list_aim_msg_template", sdk.ListAimMsgTemplateRequest, {"flow_status": "X"}, "flow_status"),
        ("list_aim_msg_template", sdk.ListAimMsgTemplateRequest, {"start_time": "x"}, "start_time"),
    ]
    for method, request, query, field in cases:
        code, text = await sms.refusal(method, request(**query))
        assert code == "KM.90016803"
        assert text.startswith(f"{field}: ")
