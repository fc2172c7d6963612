"""The vendor's client signs; the house believes it or says why not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkkoomessage.v1 import (
    CheckMobileCapabilityRequest,
    CheckMobileCapabilityRequestBody,
    DeleteAimMsgTemplateRequest,
    KooMessageClient,
    ListAimTemplatesRequest,
    MsgAppRequest,
    UpdateAimMsgAppRequest,
    UploadMediaRequest,
    UploadMediaRequestBody,
)
from huaweicloudsdkkoomessage.v1.region.koomessage_region import KooMessageRegion

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, KeyState, Permission, TenantState, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from support.identity import Household, cheap_identity, found_household, identity_app, vendor_doors
from support.sdk import sdk_client
from support.server import serving


@dataclass(frozen=True, slots=True)
class House:
    url: str
    db: Database
    identity: IdentityService
    clock: FrozenClock
    goose: Household
    swan: Household
    calls: list[dict[str, Any]]

    def client(self, **changes: str) -> KooMessageClient:
        ours = {"ak": self.goose.key.key.ak, "sk": self.goose.key.sk, "project_id": self.goose.tenant.project.id}
        return sdk_client(self.url, **(ours | changes))


def echo_router(calls: list[dict[str, Any]], auth: Any) -> APIRouter:
    """Return endpoints at paths of the vendor that note what reached them."""
    router = APIRouter()
    caller = Annotated[Actor, Depends(auth.vendor)]

    @router.get("/v1/aim/templates")
    async def templates(actor: caller, request: Request, factory_type: Annotated[list[str], Query()]) -> dict[str, Any]:
        actor.require(Permission.CARD_TEMPLATE_LIST)
        calls.append({"actor": actor, "factory_type": factory_type, "tpl_name": request.query_params.get("tpl_name")})
        return {"templates": [], "page_info": {"offset": 0, "limit": 20, "total": 0}}

    @router.post("/v1/aim/mobile-capabilities/check")
    async def check(actor: caller, body: dict[str, Any]) -> dict[str, Any]:
        calls.append({"actor": actor, "body": body})
        return {"mobile_capabilities": []}

    @router.post("/v1/aim-sa/media/upload")
    async def upload(actor: caller, file: Annotated[UploadFile, File()], file_type: Annotated[str, Form()]) -> dict:
        calls.append({"actor": actor, "file": await file.read(), "name": file.filename, "file_type": file_type})
        return {"data": {}}

    @router.put("/v1/sms/apps/{app_id}")
    async def update(actor: caller, app_id: str, body: dict[str, Any]) -> dict[str, str]:
        calls.append({"actor": actor, "app_id": app_id, "body": body})
        return {"app_id": app_id}

    @router.delete("/v1/sms/templates/{template_id:path}")
    async def delete(actor: caller, template_id: str) -> None:
        calls.append({"actor": actor, "template_id": template_id})

    return router


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        swan = await found_household(uow, identity, "swan", number=1)
    calls: list[dict[str, Any]] = []
    router = echo_router(calls, vendor_doors(db, identity, clock))
    async with serving(identity_app(db, identity, clock, vendor_routers=[router])) as url:
        yield House(url, db, identity, clock, goose, swan, calls)


def list_templates(client: KooMessageClient, **query: Any) -> Any:
    return client.list_aim_templates(ListAimTemplatesRequest(**({"factory_type": ["HUAWEI"]} | query)))


async def refusal(client: KooMessageClient) -> ClientRequestException:
    with pytest.raises(ClientRequestException) as refused:
        await asyncio.to_thread(list_templates, client)
    return refused.value


async def test_a_signed_query_with_arrays_and_unicode_arrives(house: House) -> None:
    query = {"factory_type": ["XIAOMI", "HUAWEI"], "tpl_name": "鸿雁 +%/&= ~", "offset": 0, "is_only_status": True}
    answer = await asyncio.to_thread(list_templates, house.client(), **query)
    assert answer.page_info.limit == 20
    (call,) = house.calls
    assert sorted(call["factory_type"]) == ["HUAWEI", "XIAOMI"]
    assert call["tpl_name"] == "鸿雁 +%/&= ~"
    actor = call["actor"]
    assert (actor.tenant_id, actor.user_id, actor.via) == (house.goose.tenant.id, house.goose.admin.id, "aksk")
    assert (actor.address, len(actor.request_id)) == ("127.0.0.1", 32)


async def test_a_signed_body_arrives(house: House) -> None:
    body = CheckMobileCapabilityRequestBody(mobiles=["13800138000"], tpl_id="600000001")
    await asyncio.to_thread(house.client().check_mobile_capability, CheckMobileCapabilityRequest(body=body))
    assert house.calls[0]["body"] == {"mobiles": ["13800138000"], "tpl_id": "600000001"}


async def test_a_signed_change_arrives(house: House) -> None:
    body = MsgAppRequest(app_name="鸿雁", up_link_addr="https://uplink.example.com/mo?a=1&b=2")
    request = UpdateAimMsgAppRequest(app_id="a+b c%", body=body)
    await asyncio.to_thread(house.client().update_aim_msg_app, request)
    (call,) = house.calls
    assert call["app_id"] == "a+b c%"
    assert call["body"] == {"app_name": "鸿雁", "up_link_addr": "https://uplink.example.com/mo?a=1&b=2"}


async def test_a_changed_request_is_refused(house: House) -> None:
    """Whatever is signed cannot be changed on the way: method, path, query, body, and headers."""
    path = "/v1/aim/mobile-capabilities/check"
    credentials = BasicCredentials(house.goose.key.key.ak, house.goose.key.sk)
    body = b'{"mobiles":["13800138000"]}'
    headers = {**_sign(credentials, house.url, path, body), "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=house.url) as client:
        good = await client.post(path, headers=headers, content=body)
        again = await client.post(path, headers=headers, content=body)
        later = {**headers, "X-Sdk-Date": "20200101T000000Z"}
        bad = [
            await client.post(path, headers=headers, content=body.replace(b"8000", b"8001")),
            await client.post(f"{path}?a=1", headers=headers, content=body),
            await client.post(path, headers=later, content=body),
            await client.get("/v1/aim/templates?factory_type=HUAWEI", headers=headers),
        ]
    # There is no nonce in the vendor's proof: the same request is good again within its fifteen minutes.
    assert (good.status_code, again.status_code) == (200, 200)
    assert [answer.status_code for answer in bad] == [401] * 4
    assert all(answer.json()["request_id"] == answer.headers["x-request-id"] for answer in bad)
    assert len(house.calls) == 2


async def test_a_literal_plus_in_a_query_is_signed_as_one(house: House) -> None:
    credentials = BasicCredentials(house.goose.key.key.ak, house.goose.key.sk)
    path = "/v1/aim/templates"
    request = SdkRequest("GET", "http", house.url.removeprefix("http://"), path, header_params={}, body="")
    request.query_params = [("factory_type", "HUAWEI"), ("tpl_name", "a+b")]
    signed = Signer(credentials).sign(request)
    async with httpx.AsyncClient() as client:
        url = f"{house.url}{path}?tpl_name=a+b&factory_type=HUAWEI"
        answer = await client.get(url, headers=signed.header_params)
    assert answer.status_code == 200


async def test_an_unsigned_multipart_payload_arrives(house: House, tmp_path: Path) -> None:
    path = tmp_path / "营业执照.png"
    path.write_bytes(b"\x89PNG" + bytes(range(256)) * 300)
    with closing(FormFile(str(path))) as file:
        body = UploadMediaRequestBody(file=file, file_type="OTHER")
        await asyncio.to_thread(house.client().upload_media, UploadMediaRequest(body=body))
    assert house.calls[0]["file"] == path.read_bytes()
    assert house.calls[0]["file_type"] == "OTHER"


@pytest.mark.parametrize("template_id", ["15010661", "a/b", "a b~中%2F"])
async def test_path_parameters_are_signed_as_a_whole(house: House, template_id: str) -> None:
    request = DeleteAimMsgTemplateRequest(template_id=template_id)
    await asyncio.to_thread(house.client().delete_aim_msg_template, request)
    assert house.calls[0]["template_id"] == template_id


async def test_a_wrong_secret_is_told_in_the_gateways_words(house: House) -> None:
    error = await refusal(house.client(sk="x" * 40))
    assert (error.status_code, error.error_code) == (401, "APIGW.0301")
    assert error.error_msg.startswith("Incorrect IAM authentication information: verify aksk signature fail")
    assert "canonicalRequest:GET|/v1/aim/templates/|factory_type=HUAWEI|" in error.error_msg
    assert len(error.request_id) == 32


async def test_an_unknown_key_has_no_secret(house: House) -> None:
    error = await refusal(house.client(ak="A" * 20))
    assert error.error_msg == "Incorrect IAM authentication information: Get secretKey failed"


@pytest.mark.parametrize("minutes", [-16, 16])
async def test_a_clock_that_is_off_is_told(house: House, minutes: int) -> None:
    house.clock.advance(timedelta(minutes=minutes))
    error = await refusal(house.client())
    assert error.error_msg.endswith("calc ak sk signature fail:signature expired")


async def test_five_wrong_secrets_lock_the_key_for_five_minutes(house: House) -> None:
    for _ in range(5):
        assert "verify aksk signature fail" in (await refusal(house.client(sk="x" * 40))).error_msg
    locked = "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden"
    assert (await refusal(house.client(sk="x" * 40))).error_msg == locked
    assert (await refusal(house.client())).error_msg == locked
    house.clock.advance(timedelta(minutes=5))
    await asyncio.to_thread(list_templates, house.client())
    assert len(house.calls) == 1


async def test_failures_that_are_not_in_a_row_do_not_lock(house: House) -> None:
    for _ in range(2):
        for _ in range(4):
            await refusal(house.client(sk="x" * 40))
        await asyncio.to_thread(list_templates, house.client())
    assert len(house.calls) == 2


async def test_a_disabled_key_is_refused_within_two_seconds(house: House) -> None:
    await asyncio.to_thread(list_templates, house.client())
    async with house.db.begin() as uow:
        await house.identity.access.set_key_state(uow, house.goose.actor, house.goose.key.key.ak, KeyState.DISABLED)
    house.clock.advance(timedelta(seconds=2))
    assert (await refusal(house.client())).error_msg.endswith("Get secretKey failed")


async def test_a_rotated_key_takes_the_new_secret(house: House) -> None:
    async with house.db.begin() as uow:
        new = await house.identity.access.rotate_key(uow, house.goose.actor, house.goose.key.key.ak)
    await asyncio.to_thread(list_templates, house.client(sk=new.sk))
    assert "verify aksk signature fail" in (await refusal(house.client())).error_msg


async def test_a_suspended_tenant_is_forbidden(house: House) -> None:
    async with house.db.begin() as uow:
        await house.identity.tenants.set_state(uow, system_actor(), house.goose.tenant.id, TenantState.SUSPENDED)
    error = await refusal(house.client())
    assert (error.status_code, error.error_code) == (403, "KM.99990403")


async def test_another_tenants_project_is_forbidden(house: House) -> None:
    error = await refusal(house.client(project_id=house.swan.tenant.project.id))
    assert error.status_code == 403
    assert "X-Project-Id" in error.error_msg


async def test_the_use_of_a_key_is_noted(house: House) -> None:
    await asyncio.to_thread(list_templates, house.client())
    async with house.db.begin() as uow:
        (key,) = await house.identity.access.list_keys(uow, house.goose.actor)
    assert key.last_used_at == house.clock.now()


async def test_the_region_finds_project_and_endpoint(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", house.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_KOOMESSAGE_CN_NORTH_4", house.url)

    def build_and_list(sk: str) -> None:
        credentials = BasicCredentials(house.goose.key.key.ak, sk)
        builder = KooMessageClient.new_builder().with_credentials(credentials)
        list_templates(builder.with_region(KooMessageRegion.value_of("cn-north-4")).build())

    with pytest.raises(SdkException, match="Failed to get project id"):
        await asyncio.to_thread(build_and_list, "x" * 40)
    await asyncio.to_thread(build_and_list, house.goose.key.sk)
    assert house.calls[0]["actor"].tenant_id == house.goose.tenant.id


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({}, "x-auth-token not found"),
        ({"Authorization": "Bearer x"}, "unsupported algorithm"),
        ({"X-Auth-Token": "nonsense"}, "decrypt token fail"),
    ],
)
async def test_without_a_proof_no_endpoint_runs(house: House, headers: dict[str, str], detail: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{house.url}/v1/aim/mobile-capabilities/check", headers=headers, json={"a": 1})
    assert answer.status_code == 401
    body = answer.json()
    assert detail in body["error_msg"]
    assert (body["error_code"], body["request_id"]) == ("APIGW.0301", answer.headers["X-Request-Id"])
    assert house.calls == []


async def test_a_form_that_was_signed_is_checked_against_its_bytes(house: House) -> None:
    """A client may sign a form's bytes: the framework has read them before, and the digest has seen them."""
    credentials = BasicCredentials(house.goose.key.key.ak, house.goose.key.sk)
    form = b'--b\r\nContent-Disposition: form-data; name="file_type"\r\n\r\nOTHER\r\n'
    form += b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nPNG\r\n--b--\r\n'
    headers = _sign(credentials, house.url, "/v1/aim-sa/media/upload", form)
    async with httpx.AsyncClient() as client:
        url = f"{house.url}/v1/aim-sa/media/upload"
        good = await client.post(url, headers=headers, content=form)
        bad = await client.post(url, headers=headers, content=form.replace(b"PNG", b"GIF"))
    assert (good.status_code, bad.status_code) == (200, 401)
    assert [call["file"] for call in house.calls] == [b"PNG"]


def _sign(credentials: BasicCredentials, url: str, path: str, body: bytes) -> dict[str, str]:
    host = url.removeprefix("http://")
    request = SdkRequest(method="POST", schema="http", host=host, resource_path=path, header_params={}, body=body)
    request.query_params = []
    Signer(credentials).sign(request)
    return {**request.header_params, "Content-Type": "multipart/form-data; boundary=b"}
