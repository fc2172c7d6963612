"""The vendor's client in front of the SMS doors: a filed company, its office, and shorthands for what tests repeat."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
from hongyan.kernel.http.once import Once
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.sms.vendor_api.router import vendor_router
from support.identity import Household, cheap_identity, found_household, identity_app, vendor_doors
from support.office import CHANNEL, CONTENT, Office, open_office, picture
from support.sdk import sdk_client
from support.server import serving

UPLINK = "https://uplink.example.com/mo"
SIGN = "鸿雁演示"


@dataclass(frozen=True, slots=True)
class SmsHouse:
    """A served company and the vendor's client with its key."""

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

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        """Send a body that the vendor's models would not let through; see :meth:`call`."""
        return await self.call("POST", path, json.dumps(body), **headers)

    async def call(self, method: str, path: str, text: str = "", **headers: str) -> httpx.Response:
        """Send a request signed with the vendor's signer; ``headers`` (``_`` for ``-``) are not signed."""
        host = self.url.removeprefix("http://")
        request = SdkRequest(
            method=method,
            schema="http",
            host=host,
            resource_path=path,
            query_params=[],
            header_params={"Content-Type": "application/json"},
            body=text,
        )
        signed = Signer(self.client._credentials).sign(request)
        async with httpx.AsyncClient() as client:
            more = {name.replace("_", "-"): value for name, value in headers.items()}
            url = self.url + path
            return await client.request(method, url, content=text, headers=signed.header_params | more)


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


@asynccontextmanager
async def sms_house(db: Database, folder: Path) -> AsyncIterator[SmsHouse]:
    """Serve the SMS operations for goose科技有限公司, which has filed and may use any signature."""
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, folder / "files")
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        await office.file_enterprise(uow, goose.actor)
    once = Once(db, clock, create_key_ring())
    router = vendor_router(db, office.sms, vendor_doors(db, identity, clock), once)
    async with serving(identity_app(db, identity, clock, vendor_routers=[router])) as url:
        client = sdk_client(url, ak=goose.key.key.ak, sk=goose.key.sk, project_id=goose.tenant.project.id)
        yield SmsHouse(url, db, office, goose, client, folder)
