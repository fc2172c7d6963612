"""The browsers of a company's people on the console's endpoints of service accounts, over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.service_accounts.console_api.router import console_router
from support.identity import PASSWORD, cheap_identity, identity_app, vendor_doors
from support.server import serving
from support.sessions import signed_in

MENU = [
    {
        "name": "会员服务",
        "action_type": "OPEN_SUBMENU",
        "sub_menu_items": [
            {
                "name": "我的订单",
                "action_type": "OPEN_URL",
                "content": "https://example.com/orders",
                "ext_msg": {"open_in_browser": True, "web_title": "订单"},
            }
        ],
    },
    {"name": "客服", "action_type": "CALLING", "content": "4008008800"},
]


def drawn(width: int, height: int) -> bytes:
    """Return a picture."""
    kept = BytesIO()
    Image.new("RGB", (width, height), (24, 90, 150)).save(kept, "PNG")
    return kept.getvalue()


@dataclass(frozen=True, slots=True)
class Desks:
    """The browsers of a company's people, and another company's."""

    goose: Any
    admin: httpx.AsyncClient
    reader: httpx.AsyncClient
    other: httpx.AsyncClient

    async def upload(self, use: str, width: int, height: int) -> str:
        """Upload a picture for a use and return its id."""
        answer = await self.admin.post(
            "/service-accounts/pictures", files={"file": ("one.png", drawn(width, height))}, data={"use": use}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["picture_id"])

    async def form(self, **changes: Any) -> dict[str, Any]:
        """Return what the wizard sends."""
        body = {
            "pub_name": "鸿雁会员",
            "pub_abstract": "会员权益与订单服务",
            "logo_img": await self.upload("PUB_LOGO", 240, 240),
            "authorization_files": [await self.upload("OTHER", 30, 40)],
            "menu_items": MENU,
            "background_img": await self.upload("BG_IMAGE", 1440, 810),
            "summary": "会员服务一站直达",
            "tels": [{"tel": "400-8008800", "usage": "客服热线"}],
        }
        return {**body, **changes}

    async def live(self, **changes: Any) -> str:
        """Make an account that is in effect and return its id."""
        answer = await self.admin.post("/service-accounts", json=await self.form(**changes))
        assert answer.status_code == 201, answer.text
        async with self.goose.db.begin() as uow:
            await self.goose.decide_all(uow)
        return str(answer.json()["pub_id"])

    async def port(self, number: str = "1069000099", *signs: str) -> dict[str, Any]:
        """Register a channel number."""
        body = {
            "port": number,
            "port_type": 1,
            "sign": list(signs) or ["鸿雁会员"],
            "authorization_files": [await self.upload("OTHER", 30, 40)],
        }
        answer = await self.admin.post("/channel-numbers", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@asynccontextmanager
async def open_desks(goose: Any) -> AsyncIterator[Desks]:
    """Sign in an administrator and a reader of the company, and the administrator of another."""
    identity = cheap_identity(goose.clock, goose.db.url)
    tenant_id = goose.actor.tenant()
    async with goose.db.begin() as uow:
        reader = NewUser("goose-reader", PASSWORD, frozenset({Role.READ_ONLY}))
        await identity.people.create_user(uow, system_actor(tenant_id), tenant_id, reader)
    router = console_router(goose.db, goose.service, vendor_doors(goose.db, identity, goose.clock))
    async with serving(identity_app(goose.db, identity, goose.clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name) for name in ("goose-admin", "goose-reader", "heron-admin")]
        yield Desks(goose, *browsers)
        for browser in browsers:
            await browser.aclose()


def refused(answer: httpx.Response) -> tuple[int, str | None]:
    """Return status and field of a refusal."""
    return answer.status_code, answer.json().get("field")
