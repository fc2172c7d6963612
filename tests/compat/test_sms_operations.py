"""The vendor's client makes apps, signatures and templates; every field of every answer is looked at."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkkoomessage import v1 as sdk

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.sms.contracts import SignatureStatus
from hongyan.rooms.sms.vendor_api.router import vendor_router
from support.identity import Household, cheap_identity, found_household, identity_app, vendor_doors
from support.office import CHANNEL, CONTENT, OPERATOR, Office, open_office, picture
from support.sdk import sdk_client
from support.server import serving

UPLINK = "https://uplink.example.com/mo"
SIGN = "鸿雁演示"


@dataclass(frozen=True, slots=True)
class House:
    url: str
    db: Database
    office: Office
    goose: Household
    client: Any
    folder: Path

    async def ask(self, method: str, request: Any) -> Any:
        return await asyncio.to_thread(getattr(self.client, method), request)

    async def refusal(self, method: str, request: Any) -> tuple[str, str]:
        with pytest.raises(ClientRequestException) as refused:
            await self.ask(method, request)
        assert refused.value.status_code == 400
        assert refused.value.request_id
        return refused.value.error_code, refused.value.error_msg

    async def make_app(self, name: str = "HONGYAN_1") -> str:
        body = sdk.MsgAppRequest(app_name=name, up_link_addr=UPLINK)
        made = await self.ask("create_sms_app", sdk.CreateSmsAppRequest(body=body))
        assert made.app_name == name
        return str(made.app_id)

    async def upload(self, name: str = "licence.png", data: bytes | None = None) -> str:
        path = self.folder / name
        path.write_bytes(picture() if data is None else data)
        body = sdk.UploadAimMsgSignatureFileRequestBody(file=FormFile(str(path)))
        request = sdk.UploadAimMsgSignatureFileRequest(file_desc="营业执照", body=body)
        made = await self.ask("upload_aim_msg_signature_file", request)
        return str(made.file_id)

    async def signature_body(self, app: str, **changes: Any) -> Any:
        good = {
            "signature_name": SIGN,
            "signature_type": "NOTIFY_TYPE",
            "app_id": app,
            "apply_desc": "品牌简称",
            "file_id": await self.upload(),
            "signature_source": "0",
            "is_involved_third": "no",
        }
        return sdk.SignatureRequest(**(good | changes))

    async def make_signature(self, app_id: str, **changes: Any) -> str:
        body = await self.signature_body(app_id, **changes)
        made = await self.ask("add_aim_msg_signature", sdk.AddAimMsgSignatureRequest(body=body))
        assert made.signature_name == body.signature_name
        return str(made.signature_id)

    async def get_signature(self, signature_id: str) -> Any:
        request = sdk.ListAimMsgSignatureDetailRequest(signature_id=signature_id)
        return await self.ask("list_aim_msg_signature_detail", request)

    async def pass_signature(self, signature_id: str) -> None:
        """The desk approves and carriers give a number."""
        async with self.db.begin() as uow:
            found = await self.office.sms.signatures.get_signature(uow, self.goose.actor, signature_id)
            await self.office.decide(uow, found.review_id)
            await self.office.sms.set_channel_number(uow, found.tenant_id, found.signature_id, CHANNEL)

    async def reject_signature(self, signature_id: str, reason: str) -> None:
        async with self.db.begin() as uow:
            found = await self.office.sms.signatures.get_signature(uow, self.goose.actor, signature_id)
            await self.office.decide(uow, found.review_id, is_approved=False, reason=reason)

    async def decide_template(self, template_id: str, *, is_approved: bool = True, reason: str = "") -> None:
        async with self.db.begin() as uow:
            found = await self.office.sms.templates.get_template(uow, self.goose.actor, template_id)
            await self.office.decide(uow, found.review_id, is_approved=is_approved, reason=reason)

    async def make_template(self, signature_id: str, **changes: Any) -> str:
        request = sdk.CreateAimMsgTemplateRequest(body=template_body(signature_id, **changes))
        made = await self.ask("create_aim_msg_template", request)
        assert made.template_name == "发货通知"
        return str(made.template_id)

    async def get_template(self, template_id: str) -> Any:
        return await self.ask(
            "show_aim_msg_template_detail", sdk.ShowAimMsgTemplateDetailRequest(template_id=template_id)
        )


def template_body(signature: str, **changes: Any) -> Any:
    good = {
        "signature_id": signature,
        "template_content": CONTENT,
        "template_desc": "订单发货提醒",
        "template_name": "发货通知",
        "variable_attributes": [
            sdk.VariableAttributes(variable_index=1, variable_type="TEXT", variable_desc="姓名"),
            sdk.VariableAttributes(variable_index=2, variable_type="NEWTEXT"),
        ],
    }
    return sdk.MsgTemplateRequest(**(good | changes))


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, tmp_path / "files")
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        await office.file_enterprise(uow, goose.actor)
    router = vendor_router(db, office.sms, vendor_doors(db, identity, clock))
    async with serving(identity_app(db, identity, clock, vendor_routers=[router])) as url:
        client = sdk_client(url, ak=goose.key.key.ak, sk=goose.key.sk, project_id=goose.tenant.project.id)
        yield House(url, db, office, goose, client, tmp_path)


async def test_an_app_is_made_listed_shown_and_changed(house: House) -> None:
    app_id = await house.make_app()

    shown = await house.ask("list_aim_msg_app_detail", sdk.ListAimMsgAppDetailRequest(app_id=app_id))
    assert (shown.app_id, shown.app_name, shown.up_link_addr) == (app_id, "HONGYAN_1", UPLINK)
    assert (shown.status, shown.region) == ("LAUNCHED", "cn")
    assert datetime.strptime(shown.create_time, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the vendor's times have no zone

    changed = await house.ask(
        "update_aim_msg_app",
        sdk.UpdateAimMsgAppRequest(app_id=app_id, body=sdk.MsgAppRequest(app_name="GOOSE")),
    )
    assert (changed.app_id, changed.app_name) == (app_id, "GOOSE")

    listed = await house.ask(
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
    assert (await house.ask("list_aim_msg_app", sdk.ListAimMsgAppRequest(status="SUSPENDED"))).result == []


async def test_a_third_app_a_taken_name_and_a_bad_name_are_refused(house: House) -> None:
    app_id = await house.make_app()

    def make(name: str, link: str | None = None) -> Any:
        return sdk.CreateSmsAppRequest(body=sdk.MsgAppRequest(app_name=name, up_link_addr=link))

    assert (await house.refusal("create_sms_app", make("hongyan_1")))[0] == "KM.99990205"
    assert await house.refusal("create_sms_app", make("no blanks")) == (
        "KM.90016803",
        "app_name: only letters, digits, underscores and Chinese characters",
    )
    assert (await house.refusal("create_sms_app", make("x" * 31)))[1].startswith("app_name: ")
    assert (await house.refusal("create_sms_app", make("A", "http://127.0.0.1/mo")))[1].startswith("up_link_addr: ")
    await house.make_app("SECOND")
    assert (await house.refusal("create_sms_app", make("THIRD")))[0] == "KM.99990204"
    taken = sdk.UpdateAimMsgAppRequest(app_id=app_id, body=sdk.MsgAppRequest(app_name="SECOND"))
    assert (await house.refusal("update_aim_msg_app", taken))[0] == "KM.99990205"
    for missing in ("not-an-id", "00000000-0000-4000-8000-000000000001"):
        request = sdk.ListAimMsgAppDetailRequest(app_id=missing)
        assert (await house.refusal("list_aim_msg_app_detail", request))[0] == "KM.99990201"


async def test_a_file_is_kept_and_its_name_is_told(house: House) -> None:
    file_id = await house.upload("营业执照.jpg", picture("JPEG"))
    request = sdk.ShowAimMsgSignatureFileInfoRequest(file_id=file_id, offset="0", limit="10")
    shown = await house.ask("show_aim_msg_signature_file_info", request)
    assert (shown.file_id, shown.file_name) == (file_id, "营业执照.jpg")


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("a.png", b"", "the file is empty"),
    ("a.png", b"%PDF-1.4 %%EOF", "a jpg, jpeg, png or gif picture is needed; the content is pdf"),
    ("a.png", picture("JPEG"), "the name ends in .png but the content is jpg"),
    ("a.bmp", picture("BMP"), "a jpg, jpeg, png or gif picture is needed; the content is bmp"),
    ("a.png", picture()[:40], "the picture is damaged or incomplete"),
    ("a.png", picture() + bytes(2 * 1024 * 1024), "the file is larger than 2 MB"),
    (f"{'a' * 61}.png", picture(), "the file's name needs 1 to 64 characters"),
]


async def test_a_bad_file_is_refused_and_nothing_is_kept(house: House) -> None:
    before = sum(1 for _ in (house.folder / "files").rglob("*"))
    for name, data, said in BAD_FILES:
        path = house.folder / name
        path.write_bytes(data)
        body = sdk.UploadAimMsgSignatureFileRequestBody(file=FormFile(str(path)))
        request = sdk.UploadAimMsgSignatureFileRequest(body=body)
        assert await house.refusal("upload_aim_msg_signature_file", request) == ("KM.90016803", f"file: {said}")
    assert sum(1 for _ in (house.folder / "files").rglob("*")) == before


async def test_a_signature_goes_from_review_to_its_channel_number(house: House) -> None:
    app_id = await house.make_app()
    attorney = await house.upload("attorney.gif", picture("GIF"))
    signature_id = await house.make_signature(
        app_id,
        signature_source="2",
        source_title_content="https://app.example.com/download",
        is_involved_third="yes",
        power_attorney_file_id=attorney,
    )

    shown = await house.get_signature(signature_id)
    assert (shown.signature_id, shown.signature_name, shown.signature_type) == (signature_id, SIGN, "NOTIFY_TYPE")
    assert (shown.app_id, shown.app_name, shown.apply_desc) == (app_id, "HONGYAN_1", "品牌简称")
    assert (shown.status, shown.channel_num, shown.review_desc) == ("PENDING_REVIEW", "", "")
    assert (shown.signature_source, shown.source_title_content) == (2, "https://app.example.com/download")
    assert (shown.is_involved_third, shown.power_attorney_file_id) == ("yes", attorney)
    assert (shown.urge_status, shown.urge_time, shown.urge_desc) == ("NO", "", "")
    assert shown.file_id
    assert datetime.strptime(shown.create_time, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the vendor's times have no zone

    async with house.db.begin() as uow:
        found = await house.office.sms.signatures.get_signature(uow, house.goose.actor, signature_id)
        await house.office.decide(uow, found.review_id)
    assert (await house.get_signature(signature_id)).status == "PROCESSING"
    async with house.db.begin() as uow:
        await house.office.sms.set_channel_number(uow, found.tenant_id, found.signature_id, CHANNEL)

    listed = await house.ask(
        "list_aim_msg_signature",
        sdk.ListAimMsgSignatureRequest(
            app_name="HONGYAN_1",
            signature_id=signature_id,
            signature_name="鸿雁",
            signature_type="NOTIFY_TYPE",
            begin_time="2020-01-01 00:00:00",
            end_time="2099-01-01T00:00:00.000Z",
            status="REVIEW_PASSED",
            limit=10,
            offset="0",
        ),
    )
    (passed,) = listed.result
    assert (passed.status, passed.channel_num) == ("REVIEW_PASSED", CHANNEL)
    assert (listed.page_info.offset, listed.page_info.limit, listed.page_info.total) == (0, 10, 1)
    nothing = sdk.ListAimMsgSignatureRequest(status="REVIEW_NOT_PASS", signature_type="PROMOTION_TYPE")
    assert (await house.ask("list_aim_msg_signature", nothing)).page_info.total == 0


BAD_SIGNATURES: list[tuple[dict[str, str], str, str]] = [
    ({"signature_name": "x"}, "KM.00001485", "signature_name"),
    ({"signature_name": "签" * 17}, "KM.00001485", "signature_name"),
    ({"signature_name": "12345"}, "KM.90016803", "signature_name"),
    ({"signature_name": "【鸿雁】"}, "KM.90016803", "signature_name"),
    ({"signature_type": "OTHER"}, "KM.90016803", "signature_type"),
    ({"app_id": ""}, "KM.90016803", "app_id"),
    ({"app_id": "00000000-0000-4000-8000-000000000001"}, "KM.99990201", ""),
    ({"apply_desc": "x" * 81}, "KM.90016803", "apply_desc"),
    ({"file_id": ""}, "KM.90016803", "file_id"),
    ({"file_id": "00000000-0000-4000-8000-000000000001"}, "KM.99990203", "file_id"),
    ({"signature_source": "6"}, "KM.90016803", "signature_source"),
    ({"signature_source": "1"}, "KM.90016803", "source_title_content"),
    ({"source_title_content": "x" * 181}, "KM.90016803", "source_title_content"),
    ({"is_involved_third": "maybe"}, "KM.00001482", "is_involved_third"),
    ({"is_involved_third": "yes"}, "KM.90016803", "power_attorney_file_id"),
]


async def test_a_bad_signature_is_refused_with_code_and_field(house: House) -> None:
    app_id = await house.make_app()
    for changes, code, field in BAD_SIGNATURES:
        body = await house.signature_body(app_id, **changes)
        refused = await house.refusal("add_aim_msg_signature", sdk.AddAimMsgSignatureRequest(body=body))
        assert (changes, refused[0]) == (changes, code)
        assert refused[1].startswith(field)
    assert (await house.ask("list_aim_msg_signature", sdk.ListAimMsgSignatureRequest())).page_info.total == 0


async def test_only_a_rejected_signature_is_modified_and_says_why_it_was_rejected(house: House) -> None:
    app_id = await house.make_app()
    signature_id = await house.make_signature(app_id)
    again = await house.signature_body(app_id)
    assert (await house.refusal("add_aim_msg_signature", sdk.AddAimMsgSignatureRequest(body=again)))[0] == "KM.00001486"
    change = sdk.UpdateAimMsgSignatureRequest(
        signature_id=signature_id, body=await house.signature_body(app_id, signature_name="鸿雁2号")
    )
    assert (await house.refusal("update_aim_msg_signature", change))[0] == "KM.00001484"

    await house.reject_signature(signature_id, "执照不清晰")
    rejected = await house.get_signature(signature_id)
    assert (rejected.status, rejected.review_desc) == ("REVIEW_NOT_PASS", "执照不清晰")

    changed = await house.ask("update_aim_msg_signature", change)
    assert (changed.signature_id, changed.signature_name) == (signature_id, "鸿雁2号")
    resubmitted = await house.get_signature(signature_id)
    assert (resubmitted.status, resubmitted.review_desc) == ("PENDING_REVIEW", "")


async def test_deleting_a_signature_deletes_its_templates(house: House) -> None:
    signature_id = await house.make_signature(await house.make_app())
    await house.pass_signature(signature_id)
    template_id = await house.make_template(signature_id)

    await house.ask("delete_aim_msg_signature", sdk.DeleteAimMsgSignatureRequest(signature_id=signature_id))

    gone = sdk.ListAimMsgSignatureDetailRequest(signature_id=signature_id)
    assert (await house.refusal("list_aim_msg_signature_detail", gone))[0] == "KM.99990202"
    gone_too = sdk.ShowAimMsgTemplateDetailRequest(template_id=template_id)
    assert (await house.refusal("show_aim_msg_template_detail", gone_too))[0] == "KM.00001478"


async def test_a_template_goes_from_review_to_use(house: House) -> None:
    app_id = await house.make_app()
    signature_id = await house.make_signature(app_id)
    early = sdk.CreateAimMsgTemplateRequest(body=template_body(signature_id))
    assert (await house.refusal("create_aim_msg_template", early))[0] == "KM.00001483"
    await house.pass_signature(signature_id)

    template_id = await house.make_template(signature_id, universal_template="0", app_id=app_id)
    assert len(template_id) == 8
    assert template_id.isdigit()

    shown = await house.get_template(template_id)
    assert (shown.template_id, shown.template_name, shown.template_type) == (template_id, "发货通知", "NOTIFY_TYPE")
    assert (shown.app_id, shown.app_name, shown.signature_id) == (app_id, "HONGYAN_1", signature_id)
    assert (shown.template_content, shown.template_desc) == (CONTENT, "订单发货提醒")
    assert (shown.has_variable, shown.flow_status, shown.status) == ("Yes", "Reviewing", "Normal")
    assert (shown.universal_template, shown.review_desc) == (0, "")
    assert (shown.urge_status, shown.urge_time, shown.urge_desc) == ("NO", "", "")
    assert datetime.strptime(shown.create_time, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the vendor's times have no zone

    variables = await house.ask(
        "show_aim_msg_template_variable", sdk.ShowAimMsgTemplateVariableRequest(template_id=template_id)
    )
    assert variables.total == 2
    first, second = variables.results
    assert (first.variable_index, first.variable_type, first.variable_length) == (1, "TEXT", 20)
    assert first.variable_desc == "姓名"
    assert (second.variable_index, second.variable_type, second.variable_length) == (2, "NEWTEXT", 99)
    assert isinstance(first.id, int)
    assert first.id != second.id

    await house.decide_template(template_id)
    listed = await house.ask(
        "list_aim_msg_template",
        sdk.ListAimMsgTemplateRequest(
            offset=1,
            limit=10,
            app_name="HONGYAN_1",
            start_time="2020-01-01 00:00:00",
            end_time="2099-01-01 00:00:00",
            flow_status="Adopted",
            template_id=template_id,
            template_name="发货",
            template_type="NOTIFY_TYPE",
        ),
    )
    (adopted,) = listed.result
    assert (adopted.template_id, adopted.flow_status, adopted.status) == (template_id, "Adopted", "Normal")
    assert (listed.page_info.offset, listed.page_info.limit, listed.page_info.total) == (1, 10, 1)
    first_page = await house.ask("list_aim_msg_template", sdk.ListAimMsgTemplateRequest(offset=0))
    assert [found.template_id for found in first_page.result] == [template_id]
    foreign = await house.ask("list_aim_msg_template", sdk.ListAimMsgTemplateRequest(template_id="not-a-number"))
    assert foreign.result == []


async def test_only_a_rejected_template_is_modified_and_any_is_deleted(house: House) -> None:
    signature_id = await house.make_signature(await house.make_app())
    await house.pass_signature(signature_id)
    template_id = await house.make_template(signature_id)
    change = sdk.UpdateAimMsgTemplateRequest(
        template_id=template_id, body=template_body(signature_id, template_name="到货通知")
    )
    assert (await house.refusal("update_aim_msg_template", change))[0] == "KM.00001484"

    await house.decide_template(template_id, is_approved=False, reason="变量过多")
    rejected = await house.get_template(template_id)
    assert (rejected.flow_status, rejected.review_desc) == ("Reject", "变量过多")

    changed = await house.ask("update_aim_msg_template", change)
    assert (changed.template_id, changed.template_name) == (template_id, "到货通知")
    assert (await house.get_template(template_id)).flow_status == "Reviewing"

    await house.ask("delete_aim_msg_template", sdk.DeleteAimMsgTemplateRequest(template_id=template_id))
    gone = sdk.DeleteAimMsgTemplateRequest(template_id=template_id)
    assert (await house.refusal("delete_aim_msg_template", gone))[0] == "KM.00001478"


def _variable(index: int, kind: str, desc: str | None = None) -> Any:
    return sdk.VariableAttributes(variable_index=index, variable_type=kind, variable_desc=desc)


BAD_TEMPLATES: list[tuple[dict[str, Any], str, str]] = [
    ({"signature_id": ""}, "KM.00001189", "signature_id"),
    ({"signature_id": "00000000-0000-4000-8000-000000000001"}, "KM.99990202", ""),
    ({"variable_attributes": [_variable(1, "TEXT", "x"), _variable(2, "MONEY")]}, "KM.00001377", "variable"),
    ({"variable_attributes": [_variable(1, "WHAT"), _variable(2, "NEWTEXT")]}, "KM.90016803", "variable"),
    ({"variable_attributes": [_variable(1, "TEXT"), _variable(2, "NEWTEXT")]}, "KM.90016803", "variable"),
    ({"template_content": "订单${2}，${1}"}, "KM.90016803", "template_content"),
    ({"template_content": "x" * 501}, "KM.90016803", "template_content"),
    ({"template_name": "x" * 31}, "KM.90016803", "template_name"),
    ({"template_desc": "x" * 101}, "KM.90016803", "template_desc"),
    ({"template_type": "PROMOTION_TYPE"}, "KM.90016803", "template_content"),
    (
        {"template_type": "PROMOTION_TYPE", "template_content": CONTENT + "拒收请回复R"},
        "KM.90016803",
        "template_type",
    ),
    ({"universal_template": "1"}, "KM.99990210", "universal_template"),
    ({"app_id": "00000000-0000-4000-8000-000000000001"}, "KM.90016803", "app_id"),
]


async def test_a_bad_template_is_refused_with_code_and_field(house: House) -> None:
    signature_id = await house.make_signature(await house.make_app())
    await house.pass_signature(signature_id)
    for changes, code, field in BAD_TEMPLATES:
        body = template_body(signature_id, **changes)
        refused = await house.refusal("create_aim_msg_template", sdk.CreateAimMsgTemplateRequest(body=body))
        assert (changes, refused[0]) == (changes, code)
        assert refused[1].startswith(field)
    assert (await house.ask("list_aim_msg_template", sdk.ListAimMsgTemplateRequest())).page_info.total == 0


async def test_times_limits_and_filters_that_cannot_be_are_refused(house: House) -> None:
    cases: list[tuple[str, Callable[..., Any], dict[str, Any], str]] = [
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"begin_time": "yesterday"}, "begin_time"),
        (
            "list_aim_msg_app",
            sdk.ListAimMsgAppRequest,
            {"begin_time": "2026-01-02", "end_time": "2026-01-01"},
            "end_time",
        ),
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"limit": 101}, "limit"),
        ("list_aim_msg_app", sdk.ListAimMsgAppRequest, {"status": "GONE"}, "status"),
        ("list_aim_msg_signature", sdk.ListAimMsgSignatureRequest, {"offset": "x"}, "offset"),
        ("list_aim_msg_signature", sdk.ListAimMsgSignatureRequest, {"signature_type": "X"}, "signature_type"),
        ("list_aim_msg_template", sdk.ListAimMsgTemplateRequest, {"flow_status": "X"}, "flow_status"),
        ("list_aim_msg_template", sdk.ListAimMsgTemplateRequest, {"start_time": "x"}, "start_time"),
    ]
    for method, request, query, field in cases:
        code, text = await house.refusal(method, request(**query))
        assert code == "KM.90016803"
        assert text.startswith(f"{field}: ")


async def test_numbers_for_texts_and_unknown_fields_are_taken(house: House) -> None:
    signature_id = await house.make_signature(await house.make_app())
    await house.pass_signature(signature_id)
    body = {
        "signature_id": signature_id,
        "template_content": "${1} 的包裹已到",
        "template_name": 12345,
        "universal_template": 0,
        "colour": "red",
        "variable_attributes": [{"variable_index": "1", "variable_type": "NEWTEXT", "weight": 3}],
    }
    answer = await _post(house, "/v1/sms/templates", body)
    assert answer.status_code == 200
    assert answer.json()["template_name"] == "12345"

    broken = await _post(house, "/v1/sms/templates", {**body, "variable_attributes": "none"})
    assert broken.status_code == 400
    assert broken.json()["error_code"] == "KM.90016803"
    assert broken.json()["error_msg"].startswith("variable_attributes")


async def test_another_tenant_sees_nothing_of_it(house: House) -> None:
    app_id = await house.make_app()
    async with house.db.begin() as uow:
        swan = await found_household(uow, house.office.identity, "swan", number=1)
    client = sdk_client(house.url, ak=swan.key.key.ak, sk=swan.key.sk, project_id=swan.tenant.project.id)
    with pytest.raises(ClientRequestException) as refused:
        await asyncio.to_thread(client.list_aim_msg_app_detail, sdk.ListAimMsgAppDetailRequest(app_id=app_id))
    assert refused.value.error_code == "KM.99990201"
    listed = await asyncio.to_thread(client.list_aim_msg_app, sdk.ListAimMsgAppRequest())
    assert listed.page_info.total == 0


async def test_a_signature_put_to_rest_is_activated_by_review(house: House) -> None:
    signature_id = await house.make_signature(await house.make_app())
    await house.pass_signature(signature_id)
    signatures = house.office.sms.signatures
    async with house.db.begin() as uow:
        await signatures.deactivate_signature(uow, OPERATOR, house.goose.tenant.id, signature_id, "半年未使用")
    resting = await house.get_signature(signature_id)
    assert (resting.status, resting.review_desc) == ("TO_BE_ACTIVATED", "半年未使用")
    async with house.db.begin() as uow:
        asked = await signatures.activate_signature(uow, house.goose.actor, signature_id)
        assert asked.status is SignatureStatus.PENDING_ACTIVATE
        await house.office.decide(uow, asked.review_id)
    assert (await house.get_signature(signature_id)).status == "REVIEW_PASSED"


async def _post(house: House, path: str, body: dict[str, Any]) -> httpx.Response:
    """Send a body that the vendor's models would not let through, signed with the vendor's signer."""
    text = json.dumps(body)
    host = house.url.removeprefix("http://")
    request = SdkRequest(
        method="POST",
        schema="http",
        host=host,
        resource_path=path,
        query_params=[],
        header_params={"Content-Type": "application/json"},
        body=text,
    )
    signed = Signer(house.client._credentials).sign(request)
    async with httpx.AsyncClient() as client:
        return await client.post(house.url + path, content=text, headers=signed.header_params)
