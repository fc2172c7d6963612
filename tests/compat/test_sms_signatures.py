"""The vendor's client uploads proofs and submits signatures; every field of every answer is looked at."""

from contextlib import closing
from datetime import datetime

from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkkoomessage import v1 as sdk

from hongyan.rooms.sms.contracts import SignatureStatus
from support.office import CHANNEL, OPERATOR, picture
from support.sms_house import SIGN, SmsHouse


async def test_a_file_is_kept_and_its_name_is_told(sms: SmsHouse) -> None:
    file_id = await sms.upload("营业执照.jpg", picture("JPEG"))
    request = sdk.ShowAimMsgSignatureFileInfoRequest(file_id=file_id, offset="0", limit="10")
    shown = await sms.ask("show_aim_msg_signature_file_info", request)
    assert (shown.file_id, shown.file_name) == (file_id, "营业执照.jpg")


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("a.png", b"", "the file is empty"),
    ("a.png", b"%PDF-1.4 %%EOF", "a jpg, jpeg, png or gif picture is needed; the content is pdf"),
    ("a.png", picture("JPEG"), "the name ends in .png but the content is jpg"),
    ("a.bmp", picture("BMP"), "a jpg, jpeg, png or gif picture is needed; the content is bmp"),
    ("a.png", picture()[:40], "the picture is damaged or incomplete"),
    ("a.png", picture() + bytes(2 * 1024 * 1024), "the file is larger than 2 MB"),
    (f"{'a' * 61}.png", picture(), "the file's name needs 1 to 64 printable characters"),
]


async def test_a_bad_file_is_refused_and_nothing_is_kept(sms: SmsHouse) -> None:
    before = sum(1 for _ in (sms.folder / "files").rglob("*"))
    for name, data, said in BAD_FILES:
        path = sms.folder / name
        path.write_bytes(data)
        # The SDK leaves the file open when it is refused.
        with closing(FormFile(str(path))) as file:
            body = sdk.UploadAimMsgSignatureFileRequestBody(file=file)
            request = sdk.UploadAimMsgSignatureFileRequest(body=body)
            assert await sms.refusal("upload_aim_msg_signature_file", request) == ("KM.90016803", f"file: {said}")
    assert sum(1 for _ in (sms.folder / "files").rglob("*")) == before


async def test_a_signature_goes_from_review_to_its_channel_number(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    attorney = await sms.upload("attorney.gif", picture("GIF"))
    signature_id = await sms.make_signature(
        app_id,
        signature_source="2",
        source_title_content="https://app.example.com/download",
        is_involved_third="yes",
        power_attorney_file_id=attorney,
    )

    shown = await sms.get_signature(signature_id)
    assert (shown.signature_id, shown.signature_name, shown.signature_type) == (signature_id, SIGN, "NOTIFY_TYPE")
    assert (shown.app_id, shown.app_name, shown.apply_desc) == (app_id, "HONGYAN_1", "品牌简称")
    assert (shown.status, shown.channel_num, shown.review_desc) == ("PENDING_REVIEW", "", "")
    assert (shown.signature_source, shown.source_title_content) == (2, "https://app.example.com/download")
    assert (shown.is_involved_third, shown.power_attorney_file_id) == ("yes", attorney)
    assert (shown.urge_status, shown.urge_time, shown.urge_desc) == ("NO", "", "")
    assert shown.file_id
    assert datetime.strptime(shown.create_time, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the vendor's times have no zone

    async with sms.db.begin() as uow:
        found = await sms.office.sms.signatures.get_signature(uow, sms.goose.actor, signature_id)
        await sms.office.decide(uow, found.review_id)
    assert (await sms.get_signature(signature_id)).status == "PROCESSING"
    async with sms.db.begin() as uow:
        await sms.office.sms.set_channel_number(uow, found.tenant_id, found.signature_id, CHANNEL)

    listed = await sms.ask(
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
    assert (await sms.ask("list_aim_msg_signature", nothing)).page_info.total == 0


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


async def test_a_bad_signature_is_refused_with_code_and_field(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    for changes, code, field in BAD_SIGNATURES:
        body = await sms.signature_body(app_id, **changes)
        refused = await sms.refusal("add_aim_msg_signature", sdk.AddAimMsgSignatureRequest(body=body))
        assert (changes, refused[0]) == (changes, code)
        assert refused[1].startswith(field)
    assert (await sms.ask("list_aim_msg_signature", sdk.ListAimMsgSignatureRequest())).page_info.total == 0


async def test_only_a_rejected_signature_is_modified_and_says_why_it_was_rejected(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    signature_id = await sms.make_signature(app_id)
    again = await sms.signature_body(app_id)
    assert (await sms.refusal("add_aim_msg_signature", sdk.AddAimMsgSignatureRequest(body=again)))[0] == "KM.00001486"
    change = sdk.UpdateAimMsgSignatureRequest(
        signature_id=signature_id, body=await sms.signature_body(app_id, signature_name="鸿雁2号")
    )
    assert (await sms.refusal("update_aim_msg_signature", change))[0] == "KM.00001484"

    await sms.reject_signature(signature_id, "执照不清晰")
    rejected = await sms.get_signature(signature_id)
    assert (rejected.status, rejected.review_desc) == ("REVIEW_NOT_PASS", "执照不清晰")

    changed = await sms.ask("update_aim_msg_signature", change)
    assert (changed.signature_id, changed.signature_name) == (signature_id, "鸿雁2号")
    resubmitted = await sms.get_signature(signature_id)
    assert (resubmitted.status, resubmitted.review_desc) == ("PENDING_REVIEW", "")


async def test_deleting_a_signature_deletes_its_templates(sms: SmsHouse) -> None:
    signature_id = await sms.make_signature(await sms.make_app())
    await sms.pass_signature(signature_id)
    template_id = await sms.make_template(signature_id)

    await sms.ask("delete_aim_msg_signature", sdk.DeleteAimMsgSignatureRequest(signature_id=signature_id))

    gone = sdk.ListAimMsgSignatureDetailRequest(signature_id=signature_id)
    assert (await sms.refusal("list_aim_msg_signature_detail", gone))[0] == "KM.99990202"
    gone_too = sdk.ShowAimMsgTemplateDetailRequest(template_id=template_id)
    assert (await sms.refusal("show_aim_msg_template_detail", gone_too))[0] == "KM.00001478"


async def test_a_signature_put_to_rest_is_activated_by_review(sms: SmsHouse) -> None:
    signature_id = await sms.make_signature(await sms.make_app())
    await sms.pass_signature(signature_id)
    signatures = sms.office.sms.signatures
    async with sms.db.begin() as uow:
        await signatures.deactivate_signature(uow, OPERATOR, sms.goose.tenant.id, signature_id, "半年未使用")
    resting = await sms.get_signature(signature_id)
    assert (resting.status, resting.review_desc) == ("TO_BE_ACTIVATED", "半年未使用")
    async with sms.db.begin() as uow:
        asked = await signatures.activate_signature(uow, sms.goose.actor, signature_id)
        assert asked.status is SignatureStatus.PENDING_ACTIVATE
        await sms.office.decide(uow, asked.review_id)
    assert (await sms.get_signature(signature_id)).status == "REVIEW_PASSED"
