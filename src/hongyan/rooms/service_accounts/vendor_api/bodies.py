"""What the vendor's clients send. Lengths, patterns and ranges stand here; rules across fields in ``rules``."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from hongyan.kernel.http.vendor import VendorBody
from hongyan.rooms.service_accounts.contracts.accounts import (
    Action,
    FastApp,
    MenuForm,
    MenuItem,
    PortalForm,
    PubChange,
    PubForm,
    Tel,
)
from hongyan.rooms.service_accounts.contracts.ports import PortForm, PortType
from hongyan.rooms.service_accounts.rules.regions import split_areas

Id = Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{32}$")]
Sign = Annotated[str, StringConstraints(min_length=2, max_length=18)]
Area = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Proof = Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{32}(:[^\\x00]{0,1000})?$")]
_NO_NUL = "^[^\\x00]*$"
MAX_AREAS = 400
Bit = Annotated[int, Field(ge=0, le=1)]
"""0 or 1; a string of it is taken, too."""

_ID = "3d214a61672846f88ad77597f935cccc"
_MENU_EXAMPLE: Any = {
    "menu_items": [
        {
            "name": "会员服务",
            "action_type": "OPEN_SUBMENU",
            "sub_menu_items": [
                {
                    "name": "我的订单",
                    "action_type": "OPEN_URL",
                    "content": "https://example.com/orders",
                    "ext_msg": {"open_in_browser": "0", "web_title": "订单"},
                }
            ],
        },
        {"name": "客服", "action_type": "CALLING", "content": "4008008800"},
    ]
}
_PORTAL_EXAMPLE: Any = {
    "background_img": _ID,
    "summary": "会员服务一站直达",
    "tels": [{"tel": "400-8008800", "usage": "客服热线"}],
    "fastapps": [],
}


class PubBody(VendorBody):
    """``pub_request_body``."""

    logo_img: Id
    pub_name: str = Field(min_length=1, max_length=15, pattern=_NO_NUL)
    pub_abstract: str = Field(min_length=1, max_length=75, pattern=_NO_NUL)
    pub_remark: str | None = Field(default=None, max_length=15, pattern=_NO_NUL)
    auto_get_port: Bit | None = None
    signs_for_auto_get_port: list[Sign] | None = Field(default=None, max_length=5)
    areas_for_auto_get_port: list[Area] | None = Field(default=None, max_length=MAX_AREAS)
    industry: Annotated[int, Field(ge=1, le=11)] | None = None
    authorization_files: list[Id] = Field(min_length=1, max_length=6)

    def form(self) -> PubForm:
        """Return the form that the service takes."""
        return PubForm(
            logo=self.logo_img.lower(),
            name=self.pub_name.strip(),
            abstract=self.pub_abstract,
            remark=(self.pub_remark or "").strip(),
            industry=self.industry or 0,
            proofs=tuple(one.lower() for one in self.authorization_files),
            auto_ports=bool(self.auto_get_port),
            signs=tuple(self.signs_for_auto_get_port or ()),
            areas=tuple(self.areas_for_auto_get_port or ()),
        )


class TelBody(VendorBody):
    """One hotline."""

    tel: str = Field(min_length=1, max_length=20)
    usage: str = Field(min_length=1, max_length=30, pattern=_NO_NUL)

    def form(self) -> Tel:
        """Return the form that the service takes."""
        return Tel(self.tel, self.usage)


class FastAppBody(VendorBody):
    """One quick app."""

    name: str = Field(min_length=1, max_length=15, pattern=_NO_NUL)
    logo_img: Id
    description: str = Field(min_length=1, max_length=38, pattern=_NO_NUL)
    deeplink: str = Field(min_length=1, max_length=1000, pattern="^hap://app/[^\\x00]*$")
    depend_engine_version: str = Field(min_length=1, max_length=50, pattern=_NO_NUL)

    def form(self) -> FastApp:
        """Return the form that the service takes."""
        return FastApp(self.name, self.logo_img.lower(), self.description, self.deeplink, self.depend_engine_version)


class PortalBody(VendorBody):
    """``portal_request_body``; ``hw_pubs`` is reserved and kept nowhere."""

    background_img: Id
    summary: str = Field(min_length=1, max_length=75, pattern=_NO_NUL)
    tels: list[TelBody] | None = Field(default=None, max_length=5)
    fastapps: list[FastAppBody] | None = Field(default=None, max_length=10)
    hw_pubs: list[str] | None = Field(default=None, max_length=10)

    def form(self) -> PortalForm:
        """Return the form that the service takes."""
        return PortalForm(
            background=self.background_img.lower(),
            summary=self.summary,
            tels=tuple(tel.form() for tel in self.tels or ()),
            fastapps=tuple(app.form() for app in self.fastapps or ()),
        )


class ExtBody(VendorBody):
    """``ext_msg`` of a menu item: what its action needs besides ``content``."""

    open_in_browser: str | None = Field(default=None, max_length=1, pattern=_NO_NUL)
    web_title: str | None = Field(default=None, max_length=20, pattern=_NO_NUL)
    package_name: str | None = Field(default=None, max_length=50, pattern=_NO_NUL)
    app_id: str | None = Field(default=None, max_length=60, pattern=_NO_NUL)
    browser_floor_url: str | None = Field(default=None, max_length=1000, pattern=_NO_NUL)
    depend_engine_ver: str | None = Field(default=None, max_length=50, pattern=_NO_NUL)
    third_service_name: str | None = Field(default=None, max_length=50, pattern=_NO_NUL)


class SubItemBody(VendorBody):
    """A menu item."""

    name: str = Field(min_length=1, max_length=24, pattern=_NO_NUL)
    action_type: Literal["OPEN_SUBMENU", "OPEN_URL", "CALLING", "OPEN_APP", "OPEN_QUICK"]
    content: str | None = Field(default=None, max_length=1000, pattern=_NO_NUL)
    ext_msg: ExtBody | None = None

    def form(self) -> MenuItem:
        """Return the form that the service takes."""
        ext = {} if self.ext_msg is None else self.ext_msg.model_dump(exclude_none=True)
        return MenuItem(self.name, Action(self.action_type), self.content or "", ext)


class ItemBody(SubItemBody):
    """A menu item of the first level."""

    sub_menu_items: list[SubItemBody] | None = Field(default=None, max_length=5)

    def form(self) -> MenuItem:
        """Return the form that the service takes."""
        item = super().form()
        children = tuple(child.form() for child in self.sub_menu_items or ())
        return MenuItem(item.name, item.action, item.content, item.ext, children)


class Menu(VendorBody):
    """``menu``."""

    menu_items: list[ItemBody] = Field(max_length=3)

    def form(self) -> MenuForm:
        """Return the form that the service takes."""
        return MenuForm(tuple(item.form() for item in self.menu_items))


class MenuBody(VendorBody):
    """``menu_request_body``."""

    menu: Menu


class CreatePubBody(VendorBody):
    """Body of creating an account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pub_request_body": {
                        "logo_img": _ID,
                        "pub_name": "鸿雁会员",
                        "pub_abstract": "会员权益与订单服务",
                        "auto_get_port": 1,
                        "signs_for_auto_get_port": ["鸿雁演示企业"],
                        "areas_for_auto_get_port": ["全国"],
                        "industry": 5,
                        "authorization_files": [_ID],
                    },
                    "portal_request_body": _PORTAL_EXAMPLE,
                    "menu_request_body": {"menu": _MENU_EXAMPLE},
                }
            ]
        }
    )

    pub_request_body: PubBody
    portal_request_body: PortalBody
    menu_request_body: MenuBody


class UpdatePubBody(VendorBody):
    """Body of changing an account."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"change_reason": "更新简介", "pub_abstract": "会员权益、订单与售后"}]}
    )

    change_reason: str = Field(min_length=1, max_length=200, pattern=_NO_NUL)
    logo_img: Id | None = None
    authorization_files: list[Id] | None = Field(default=None, min_length=1, max_length=6)
    pub_name: str | None = Field(default=None, min_length=1, max_length=15, pattern=_NO_NUL)
    pub_abstract: str | None = Field(default=None, min_length=1, max_length=75, pattern=_NO_NUL)
    pub_remark: str | None = Field(default=None, max_length=15, pattern=_NO_NUL)
    auto_get_port: Bit | None = None
    signs_for_auto_get_port: list[Sign] | None = Field(default=None, max_length=5)
    areas_for_auto_get_port: list[Area] | None = Field(default=None, max_length=MAX_AREAS)
    industry: Annotated[int, Field(ge=1, le=11)] | None = None

    def change(self) -> PubChange:
        """Return what shall be different."""
        proofs, signs, areas = self.authorization_files, self.signs_for_auto_get_port, self.areas_for_auto_get_port
        return PubChange(
            logo=None if self.logo_img is None else self.logo_img.lower(),
            name=None if self.pub_name is None else self.pub_name.strip(),
            abstract=self.pub_abstract,
            remark=None if self.pub_remark is None else self.pub_remark.strip(),
            industry=self.industry,
            proofs=None if proofs is None else tuple(one.lower() for one in proofs),
            auto_ports=None if self.auto_get_port is None else bool(self.auto_get_port),
            signs=None if signs is None else tuple(signs),
            areas=None if areas is None else tuple(areas),
        )


class ReasonBody(VendorBody):
    """Body of freezing and unfreezing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"change_reason": "活动结束"}]})

    change_reason: str = Field(min_length=1, max_length=200, pattern=_NO_NUL)


class UpdateMenuBody(VendorBody):
    """Body of changing menus."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"menu": _MENU_EXAMPLE, "change_reason": "调整菜单"}]})

    menu: Menu
    change_reason: str = Field(min_length=1, max_length=1000, pattern=_NO_NUL)


class UpdatePortalBody(PortalBody):
    """Body of changing a home page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_PORTAL_EXAMPLE, "change_reason": "更新主页背景"}]})

    change_reason: str = Field(min_length=5, max_length=50, pattern=_NO_NUL)


class PortBody(VendorBody):
    """Body of registering a channel number; proofs are ``resource_id:resource_url``, of which the id counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "port": "10690000",
                    "port_type": 3,
                    "sign": ["鸿雁演示企业"],
                    "sign_check": 1,
                    "authorization_files": [f"{_ID}:AimSauploadService/{_ID}.png"],
                }
            ]
        }
    )

    port: str = Field(min_length=1, max_length=21, pattern="^[0-9]+$")
    port_type: Literal[1, 3, 5, "1", "3", "5"]
    sign: list[Sign] = Field(min_length=1, max_length=5)
    sign_check: Bit
    authorization_files: list[Proof] = Field(min_length=1, max_length=5)

    def form(self) -> PortForm:
        """Return the form that the service takes."""
        return PortForm(
            port=self.port,
            type=PortType(int(self.port_type)),
            signs=tuple(self.sign),
            is_checked=bool(self.sign_check),
            proofs=tuple(one.partition(":")[0].lower() for one in self.authorization_files),
        )


class BindBody(VendorBody):
    """Body of binding a channel number; ``province`` holds regions, separated by commas."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pub_id": _ID,
                    "port": "10690000",
                    "province": "河北省,苏州市",
                    "sign": ["鸿雁演示企业"],
                    "ext_port_id": _ID,
                }
            ]
        }
    )

    pub_id: Id
    port: str = Field(min_length=1, max_length=21, pattern="^[0-9]+$")
    province: str = Field(max_length=500, pattern=_NO_NUL)
    sign: list[Sign] = Field(min_length=1, max_length=5)
    ext_port_id: Id

    def areas(self) -> tuple[str, ...]:
        """Return the regions; none means the whole country."""
        return split_areas(self.province) or ("全国",)


class UnbindBody(VendorBody):
    """Body of ending a binding."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": _ID}]})

    id: Id
