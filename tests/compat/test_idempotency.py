"""One idempotency key, one object: the vendor's operations on apps, signatures, templates and files."""

import asyncio
import json
from typing import Any

import httpx
from huaweicloudsdkkoomessage import v1 as sdk

from support.office import picture
from support.sms_house import UPLINK, SmsHouse, template_body


async def count_apps(sms: SmsHouse) -> int:
    answer = await sms.ask("list_aim_msg_app", sdk.ListAimMsgAppRequest())
    return int(answer.page_info.total)


def json_of(model: Any) -> str:
    return json.dumps(model.to_dict())


async def test_the_same_key_and_body_make_one_app(sms: SmsHouse) -> None:
    body = {"app_name": "GOOSE", "up_link_addr": UPLINK}
    answers = await asyncio.gather(*(sms.post("/v1/sms/apps", body, Idempotency_Key="k1") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    assert await count_apps(sms) == 1


async def test_another_body_under_the_key_is_refused(sms: SmsHouse) -> None:
    await sms.post("/v1/sms/apps", {"app_name": "GOOSE"}, Idempotency_Key="k1")
    refused = await sms.post("/v1/sms/apps", {"app_name": "SWAN"}, Idempotency_Key="k1")
    assert refused.status_code == 422
    assert refused.json() == {
        "error_code": "KM.99990422",
        "error_msg": "The Idempotency-Key was used for another request.",
    }
    assert await count_apps(sms) == 1


async def test_a_key_that_cannot_be_kept_is_refused(sms: SmsHouse) -> None:
    for key in ("", "k" * 256, "tab\there"):
        refused = await sms.post("/v1/sms/apps", {"app_name": "GOOSE"}, Idempotency_Key=key)
        assert refused.status_code == 400, key
        assert "Idempotency-Key" in refused.json()["error_msg"]
    assert await count_apps(sms) == 0


async def test_a_refused_request_leaves_its_key_free(sms: SmsHouse) -> None:
    refused = await sms.post("/v1/sms/apps", {"app_name": "no blanks"}, Idempotency_Key="k1")
    assert refused.status_code == 400
    assert (await sms.post("/v1/sms/apps", {"app_name": "GOOSE"}, Idempotency_Key="k1")).status_code == 200


async def test_changes_and_deletes_are_repeated_without_harm(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    path = f"/v1/sms/apps/{app_id}"
    for _ in range(2):
        changed = await sms.call("PUT", path, '{"app_name":"SWAN"}', Idempotency_Key="put")
        assert changed.json() == {"app_id": app_id, "app_name": "SWAN"}
    signature_id = await sms.make_signature(app_id)
    gone = [await sms.call("DELETE", f"/v1/sms/signatures/{signature_id}", Idempotency_Key="del") for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in gone] == [(200, b""), (200, b"")]
    assert (await sms.call("DELETE", f"/v1/sms/signatures/{signature_id}")).status_code == 400


async def test_signatures_templates_and_files_are_made_once(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    text = json_of(await sms.signature_body(app_id))
    made = [await sms.call("POST", "/v1/sms/signatures", text, Idempotency_Key="s") for _ in range(2)]
    assert made[0].json() == made[1].json()
    signature_id = made[0].json()["signature_id"]
    await sms.pass_signature(signature_id)
    text = json_of(template_body(signature_id))
    made = [await sms.call("POST", "/v1/sms/templates", text, Idempotency_Key="t") for _ in range(2)]
    assert made[0].json() == made[1].json()
    files = [await upload(sms, data, boundary) for data, boundary in ((picture(), "a"), (picture(), "b"))]
    assert (files[0].status_code, files[0].json()) == (200, files[1].json())
    other = await upload(sms, picture() + b"\0", "c")
    assert (other.status_code, other.json()["error_code"]) == (422, "KM.99990422")


async def upload(sms: SmsHouse, data: bytes, boundary: str) -> httpx.Response:
    """Upload by hand: two clients that repeat an upload choose different boundaries."""
    headers = {
        "X-Auth-Token": await token(sms),
        "Idempotency-Key": "f",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    head = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    body = f"--{boundary}\r\n{head}".encode() + data + f"\r\n--{boundary}--\r\n".encode()
    async with httpx.AsyncClient() as client:
        return await client.post(f"{sms.url}/v1/sms/signatures/files", content=body, headers=headers)


async def token(sms: SmsHouse) -> str:
    async with sms.db.begin() as uow:
        identity = sms.office.identity
        text, _ = await identity.access.issue_token(uow, sms.goose.admin, sms.goose.tenant, "project")
    return text
