"""Service accounts through the vendor's client: pictures, wizards, the desk's decisions, and a rival company.

Fixtures: ``studio`` (the demo tenant's), ``rival`` (another company that has filed for service accounts).
"""

import io
import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkkoomessage import v1 as sdk
from PIL import Image

from support.cloud import Client, Desk, eventually
from support.doors import Company, credit_code, found_company, unique
from support.installation import Installation
from support.office import PDF, picture

REASON = "按计划调整内容"
_SIZES = {"PUB_LOGO": (240, 240), "BG_IMAGE": (1440, 810), "FASTAPP_LOGO": (192, 192), "OTHER": (300, 400)}
_PORTS = itertools.count(int(uuid4().hex[:7], 16) + 10**9)


def image(width: int, height: int, kind: str = "PNG") -> bytes:
    """Return a picture of one colour in a format of Pillow's."""
    packed = io.BytesIO()
    Image.new("RGB", (width, height), "#2a6df4").save(packed, kind)
    return packed.getvalue()


def new_port() -> str:
    """Return a channel number that nobody used before."""
    return f"106{next(_PORTS)}"


def new_name(prefix: str = "号") -> str:
    """Return an account's name that nobody used before."""
    return f"{prefix}{uuid4().hex[:10]}"


def form_of(name: str, data: bytes, use: str, call: Callable[[Any], Any]) -> Any:
    """Upload with the vendor's client through ``call``, which gets the request while the file is open."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with closing(FormFile(str(path))) as file:
            return call(sdk.UploadMediaRequest(body=sdk.UploadMediaRequestBody(file=file, file_type=use)))


def menu_item(name: str, action: str, content: str | None = None, **more: Any) -> Any:
    """Return a menu item; other keywords are fields of ``ext_msg`` but for ``sub_menu_items``."""
    children = more.pop("sub_menu_items", None)
    ext = sdk.ExtMsg(**more) if more else None
    return sdk.MenuItem(name=name, action_type=action, content=content, ext_msg=ext, sub_menu_items=children)


def good_menu() -> list[Any]:
    """Return three menus that use every action."""
    return [
        menu_item(
            "会员",
            "OPEN_SUBMENU",
            sub_menu_items=[
                menu_item("我的订单", "OPEN_URL", "https://example.com/orders", open_in_browser=1, web_title="订单"),
                menu_item(
                    "打开应用",
                    "OPEN_APP",
                    "shop://home",
                    package_name="com.example.shop",
                    app_id="10086",
                    browser_floor_url="https://example.com/app",
                ),
            ],
        ),
        menu_item("客服", "CALLING", "4008008800"),
        menu_item(
            "快应用", "OPEN_QUICK", "hap://app/com.example", depend_engine_ver="1070", third_service_name="示例服务"
        ),
    ]


@dataclass
class Studio:
    """One company's service accounts."""

    client: Client
    desk: Desk
    _pictures: dict[str, str] = field(default_factory=dict)

    def upload(self, name: str, data: bytes, use: str) -> Any:
        """Upload a picture and return the answer."""
        return form_of(name, data, use, lambda request: self.client.ask("upload_media", request))

    def picture(self, use: str) -> str:
        """Return the id of a picture that is good for a use, uploaded once."""
        if use not in self._pictures:
            self._pictures[use] = str(self.upload("picture.png", image(*_SIZES[use]), use).data.resource_id)
        return self._pictures[use]

    def pub_body(self, **changes: Any) -> Any:
        """Return the account's part of the wizard."""
        good: dict[str, Any] = {
            "logo_img": self.picture("PUB_LOGO"),
            "pub_name": new_name(),
            "pub_abstract": "会员权益与订单服务",
            "authorization_files": [self.picture("OTHER")],
        }
        return sdk.PubInfoRequestBody(**(good | changes))

    def portal_body(self, **changes: Any) -> Any:
        """Return the home page's part of the wizard."""
        app = sdk.CreatePubFastappModel(
            name="示例快应用",
            logo_img=self.picture("FASTAPP_LOGO"),
            description="查订单更方便",
            deeplink="hap://app/com.example/orders",
            depend_engine_version="1070",
        )
        good: dict[str, Any] = {
            "background_img": self.picture("BG_IMAGE"),
            "summary": "会员服务一站直达",
            "tels": [sdk.TelModel(tel="400-8008800", usage="客服热线")],
            "fastapps": [app],
        }
        return sdk.PortalInfoRequestBody(**(good | changes))

    def wizard(self, *, pub: Any = None, portal: Any = None, menu: list[Any] | None = None) -> Any:
        """Return the request that creates an account."""
        items = sdk.MenusMode(menu_items=good_menu() if menu is None else menu)
        body = sdk.CreatePubInfoRequestBody(
            pub_request_body=pub or self.pub_body(),
            portal_request_body=portal or self.portal_body(),
            menu_request_body=sdk.MenuInfoRequestBody(menu=items),
        )
        return sdk.CreatePubInfoRequest(body=body)

    def create(self, **changes: Any) -> Any:
        """Create an account and return the ids; keywords are fields of the account."""
        return self.client.ask("create_pub_info", self.wizard(pub=self.pub_body(**changes))).data.data

    def get_pub(self, made: Any) -> Any:
        """Return an account as its list shows it."""
        rows = self.client.ask("list_pub_infos", sdk.ListPubInfosRequest(pub_name=made.pub_name, limit=100)).data.data
        return next(row for row in rows if row.pub_id == made.pub_id)

    def get_menu(self, made: Any) -> Any:
        """Return an account's menus."""
        return self.client.ask("list_menus", sdk.ListMenusRequest(menu_id=made.menu_id)).data.data[0]

    def get_portal(self, made: Any) -> Any:
        """Return an account's home page."""
        rows = self.client.ask("list_portal_infos", sdk.ListPortalInfosRequest(pub_name=made.pub_name, limit=100)).data
        return next(row for row in rows.portals if row.portal_id == made.portal_id)

    def approve(self, made: Any, *nouns: str) -> None:
        """Approve what waits of an account (default: all of it) and wait until it is known."""
        for noun in nouns or ("pub", "menu", "portal"):
            assert self.desk.approve(f"service_accounts.{noun}", made.pub_name) == 1
            self._decided(made, noun, 2)

    def reject(self, made: Any, noun: str) -> None:
        """Reject what waits of an account and wait until it is known."""
        assert self.desk.reject(f"service_accounts.{noun}", "资料不清晰", made.pub_name) == 1
        self._decided(made, noun, 3)

    def _decided(self, made: Any, noun: str, approval: int) -> None:
        get = {"pub": self.get_pub, "menu": self.get_menu, "portal": self.get_portal}[noun]
        eventually(f"the {noun} is decided", lambda: get(made).approve_state == approval)

    def live(self, **changes: Any) -> Any:
        """Create an account that is in effect with all of its parts."""
        made = self.create(**changes)
        self.approve(made)
        return made

    def register(self, port: str, signs: list[str], /, **changes: Any) -> Any:
        """Register a channel number and return it as its list shows it."""
        self.client.ask("register_port", self.port_request(port, signs, **changes))
        return self.get_port(port)

    def port_request(self, port: str, signs: list[str], /, **changes: Any) -> Any:
        """Return the request that registers a channel number."""
        good: dict[str, Any] = {"port": port, "port_type": 1, "sign": signs, "sign_check": 1}
        proof = self.picture("OTHER")
        good["authorization_files"] = [f"{proof}:AimSauploadService/{proof}.png"]
        return sdk.RegisterPortRequest(body=sdk.RegisterPortRequestBody(**(good | changes)))

    def get_port(self, port: str) -> Any:
        """Return a channel number as its list shows it."""
        rows = self.client.ask("list_port_infos", sdk.ListPortInfosRequest(port=port, limit=100)).data.data
        return next(row for row in rows if row.port == port)

    def bindings(self, port: str) -> list[Any]:
        """Return the bindings of a channel number."""
        request = sdk.ListPortInfosRequest(type=1, port=port, limit=100)
        return list(self.client.ask("list_port_infos", request).data.data)

    def bind_request(self, made: Any, row: Any, /, **changes: Any) -> Any:
        """Return the request that binds an account."""
        good: dict[str, Any] = {
            "pub_id": made.pub_id,
            "port": row.port,
            "province": "全国",
            "sign": row.sign,
            "ext_port_id": row.id,
        }
        return sdk.LockPortRequest(body=sdk.LockPortRequestBody(**(good | changes)))


def file_for_accounts(company: Company) -> None:
    """Open the service and hand in its filing."""
    owner = company.console()
    owner.act("POST", "/services/service_accounts/open")
    values = {
        "document_type": "business_licence",
        "company_name": company.name,
        "credit_code": "91110000MADEMA0DER",
        "contact_name": "王一",
        "contact_phone": "400-8008800",
        "contact_email": "it@example.com",
        "company_type": "company",
        "industry": "travel",
        "signature_differs": "yes",
    }
    owner.act("PUT", "/filings/service_account", {"values": values})
    papers = {
        "business_licence": ("licence.png", picture()),
        "account_authorisation": ("authorisation.png", picture()),
        "company_relation": ("relation.pdf", PDF),
    }
    for paper, content in papers.items():
        owner.act("POST", f"/filings/service_account/papers/{paper}", files={"file": content})
    owner.act("POST", "/filings/service_account/submit")


@pytest.fixture(scope="session")
def studio(cloud: Client, desk: Desk) -> Studio:
    """The demo tenant's service accounts."""
    return Studio(cloud, desk)


@pytest.fixture(scope="session")
def rival(installation: Installation, desk: Desk) -> Studio:
    """A company that has filed, too."""
    company = found_company(installation, "白鹭测试公司", unique("bl"), credit_code())
    file_for_accounts(company)
    desk.approve("enterprises.filing", company.name)
    owner = company.console()

    def is_filed() -> bool:
        rows = owner.get("/filings")["items"]
        return any(row["scene"] == "service_account" and row["state"] == "approved" for row in rows)

    eventually("the rival has filed", is_filed)
    return Studio(Client(company), desk)
