"""What the console's forms send; fields are named as in the vendor's API, lengths are refused in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hongyan.kernel.errors import HongyanError, InvalidInput
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

Text = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
Key = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]
Area = Annotated[str, Field(max_length=30, pattern=r"^[^\x00]*$")]
ActionName = Literal["OPEN_SUBMENU", "OPEN_URL", "CALLING", "OPEN_APP", "OPEN_QUICK"]
MAX_AREAS = 400
MAX_REASON = 200


@contextmanager
def own_fields() -> Iterator[None]:
    """Let refusals name the form's fields: menus stand in it without their wrapper."""
    try:
        yield
    except HongyanError as error:
        error.field = (error.field or "").removeprefix("menu.") or None
        raise


def sized(field: str, text: str, least: int, most: int) -> str:
    """Return a text that is neither too short nor too long.

    Raises:
        InvalidInput: names the field.
    """
    if len(text.strip()) < least or len(text) > most:
        raise InvalidInput(
            field, reason=f"{least} to {most} characters are needed", reason_zh=f"长度须为 {least}–{most} 个字符"
        )
    return text


def counted(field: str, count: int, least: int, most: int) -> None:
    """Check how many there are.

    Raises:
        InvalidInput: names the field.
    """
    if not least <= count <= most:
        raise InvalidInput(field, reason=f"{least} to {most} are needed", reason_zh=f"数量须为 {least}–{most} 个")


def reason_of(text: str) -> str:
    """Return why something is changed."""
    return sized("change_reason", text, 1, MAX_REASON).strip()


def _picture(field: str, picture_id: str) -> str:
    if not picture_id:
        raise InvalidInput(field, reason="a picture is needed", reason_zh="请上传图片")
    return picture_id.lower()


class ServiceAccountBody(BaseModel):
    """基本资料."""

    pub_name: Text = ""
    pub_remark: Text = ""
    industry: Annotated[int, Field(ge=0, le=11)] = 0
    """0: the filing's."""
    pub_abstract: Text = ""
    logo_img: Key = ""
    auto_get_port: bool = False
    signs_for_auto_get_port: list[Text] = Field(default_factory=list, max_length=100)
    areas_for_auto_get_port: list[Area] = Field(default_factory=list, max_length=MAX_AREAS)
    authorization_files: list[Key] = Field(default_factory=list, max_length=100)

    def pub(self) -> PubForm:
        """Return the form that the service takes.

        Raises:
            InvalidInput: names the field.
        """
        sized("pub_name", self.pub_name, 1, 15)
        sized("pub_remark", self.pub_remark, 0, 15)
        sized("pub_abstract", self.pub_abstract, 1, 75)
        counted("signs_for_auto_get_port", len(self.signs_for_auto_get_port), 1 if self.auto_get_port else 0, 5)
        counted("authorization_files", len(self.authorization_files), 1, 6)
        return PubForm(
            logo=_picture("logo_img", self.logo_img),
            name=self.pub_name.strip(),
            abstract=self.pub_abstract,
            remark=self.pub_remark.strip(),
            industry=self.industry,
            proofs=tuple(one.lower() for one in self.authorization_files),
            auto_ports=self.auto_get_port,
            signs=tuple(self.signs_for_auto_get_port),
            areas=tuple(self.areas_for_auto_get_port),
        )


class ServiceAccountChangeBody(ServiceAccountBody):
    """基本资料, changed; ``change_reason`` says why."""

    change_reason: Text = ""

    def change(self) -> PubChange:
        """Return what shall be different: all that the form holds."""
        form = self.pub()
        return PubChange(
            logo=form.logo,
            name=form.name,
            abstract=form.abstract,
            remark=form.remark,
            industry=form.industry or None,
            proofs=form.proofs,
            auto_ports=form.auto_ports,
            signs=form.signs,
            areas=form.areas,
        )


class AccountMenuExtBody(BaseModel):
    """What a menu item's action needs besides ``content``."""

    open_in_browser: bool = False
    web_title: Text = ""
    package_name: Text = ""
    app_id: Text = ""
    browser_floor_url: Text = ""
    depend_engine_ver: Text = ""
    third_service_name: Text = ""


class AccountSubItemBody(BaseModel):
    """A menu item of the second level."""

    name: Text = ""
    action_type: ActionName = "OPEN_URL"
    content: Text = ""
    ext_msg: AccountMenuExtBody = Field(default_factory=AccountMenuExtBody)

    def item(self) -> MenuItem:
        """Return the item that the service takes; what its action does not use is dropped there."""
        ext = self.ext_msg.model_dump() | {"open_in_browser": "1" if self.ext_msg.open_in_browser else "0"}
        action = Action(self.action_type)
        content = "" if action is Action.OPEN_SUBMENU else self.content.strip()
        return MenuItem(self.name.strip(), action, content, ext)


class AccountMenuItemBody(AccountSubItemBody):
    """A menu item of the first level."""

    sub_menu_items: list[AccountSubItemBody] = Field(default_factory=list, max_length=100)

    def item(self) -> MenuItem:
        """Return the item that the service takes."""
        item = super().item()
        children = self.sub_menu_items if item.action is Action.OPEN_SUBMENU else ()
        return MenuItem(item.name, item.action, item.content, item.ext, tuple(child.item() for child in children))


class AccountMenuBody(BaseModel):
    """菜单."""

    menu_items: list[AccountMenuItemBody] = Field(default_factory=list, max_length=100)

    def menu(self) -> MenuForm:
        """Return the form that the service takes.

        Raises:
            InvalidInput: names the field.
        """
        counted("menu_items", len(self.menu_items), 1, 3)
        return MenuForm(tuple(item.item() for item in self.menu_items))


class AccountMenuChangeBody(AccountMenuBody):
    """菜单, changed."""

    change_reason: Text = ""


class AccountTelBody(BaseModel):
    """One hotline."""

    tel: Text = ""
    usage: Text = ""


class AccountFastAppBody(BaseModel):
    """One quick app."""

    name: Text = ""
    logo_img: Key = ""
    description: Text = ""
    deeplink: Text = ""
    depend_engine_version: Text = ""


class AccountPortalBody(BaseModel):
    """主页."""

    background_img: Key = ""
    summary: Text = ""
    tels: list[AccountTelBody] = Field(default_factory=list, max_length=100)
    fastapps: list[AccountFastAppBody] = Field(default_factory=list, max_length=100)

    def portal(self) -> PortalForm:
        """Return the form that the service takes.

        Raises:
            InvalidInput: names the field.
        """
        sized("summary", self.summary, 1, 75)
        counted("tels", len(self.tels), 0, 5)
        counted("fastapps", len(self.fastapps), 0, 10)
        for number, tel in enumerate(self.tels):
            sized(f"tels.{number}.tel", tel.tel, 1, 20)
        return PortalForm(
            background=_picture("background_img", self.background_img),
            summary=self.summary,
            tels=tuple(Tel(one.tel.strip(), one.usage.strip()) for one in self.tels),
            fastapps=tuple(
                FastApp(
                    name=app.name.strip(),
                    logo=_picture(f"fastapps.{number}.logo_img", app.logo_img),
                    description=app.description.strip(),
                    deeplink=app.deeplink.strip(),
                    engine_version=app.depend_engine_version.strip(),
                )
                for number, app in enumerate(self.fastapps)
            ),
        )


class AccountPortalChangeBody(AccountPortalBody):
    """主页, changed."""

    change_reason: Text = ""


class NewServiceAccountBody(ServiceAccountBody, AccountMenuBody, AccountPortalBody):
    """The three steps of the wizard, submitted together."""


class AccountReasonBody(BaseModel):
    """Why somebody freezes or unfreezes."""

    change_reason: Text = ""


class ChannelNumberBody(BaseModel):
    """A channel number."""

    port_type: PortType = PortType.PLAIN
    port: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    sign: list[Text] = Field(default_factory=list, max_length=100)
    sign_check: bool = True
    authorization_files: list[Key] = Field(default_factory=list, max_length=100)

    def form(self) -> PortForm:
        """Return the form that the service takes.

        Raises:
            InvalidInput: names the field.
        """
        counted("sign", len(self.sign), 1, 5)
        counted("authorization_files", len(self.authorization_files), 1, 5)
        return PortForm(
            port=self.port.strip(),
            type=self.port_type,
            signs=tuple(self.sign),
            is_checked=self.sign_check,
            proofs=tuple(one.lower() for one in self.authorization_files),
        )


class BindingBody(BaseModel):
    """A binding; no region means the whole country."""

    ext_port_id: Key
    port: Annotated[str, Field(max_length=21)]
    pub_id: Key = ""
    sign: list[Text] = Field(default_factory=list, max_length=100)
    province: list[Area] = Field(default_factory=list, max_length=MAX_AREAS)
