"""Shapes of the answers about accounts, menus and home pages, as the vendor's client models them."""

from typing_extensions import TypedDict


class PageInfo(TypedDict):
    """Paging object."""

    offset: int
    limit: int
    total: int


class CreatedPub(TypedDict):
    """What creating an account made."""

    log_id: str
    pub_id: str
    menu_id: str
    portal_id: str
    pub_name: str


class CreatedPubData(TypedDict):
    """Doubled data."""

    data: CreatedPub


class CreatedPubAnswer(TypedDict):
    """Answer of creating an account."""

    data: CreatedPubData


class PubRow(TypedDict):
    """An account."""

    pub_id: str
    oper_time: str
    state: int
    online_time: str | None
    company_name: str
    pub_name: str
    logo_img: str
    logo_url: str | None
    authorization_files: dict[str, str]
    auto_get_port: int
    industry: int
    pub_abstract: str
    signs_for_auto_get_port: list[str]
    company_id: str
    pub_remark: str
    approve_state: int
    areas_for_auto_get_port: list[str]


class PubPage(TypedDict):
    """A page of accounts."""

    data: list[PubRow]
    page_info: PageInfo


class PubList(TypedDict):
    """Answer of listing accounts."""

    data: PubPage


class UpdateLog(TypedDict):
    """Record of a change."""

    pub_update_log_id: str


class UpdateLogData(TypedDict):
    """Doubled data."""

    data: UpdateLog


class UpdatedPub(TypedDict):
    """Answer of changing an account."""

    data: UpdateLogData


class PubId(TypedDict):
    """An account's id."""

    pub_id: str


class PubIdTwice(PubId):
    """The id once as the vendor's model has it, once as its sample shows it."""

    data: PubId


class FrozenPub(TypedDict):
    """Answer of freezing and unfreezing."""

    data: PubIdTwice


class ExtMsg(TypedDict):
    """What a menu's action needs besides its content."""

    open_in_browser: str | None
    web_title: str | None
    package_name: str | None
    app_id: str | None
    browser_floor_url: str | None
    depend_engine_ver: str | None
    third_service_name: str | None


class SubMenuItem(TypedDict):
    """A menu item of the second level."""

    name: str
    action_type: str
    content: str | None
    ext_msg: ExtMsg | None
    sub_menu_items: None


class FirstMenuItem(TypedDict):
    """A menu item of the first level."""

    name: str
    action_type: str
    content: str | None
    ext_msg: ExtMsg | None
    sub_menu_items: list[SubMenuItem] | None


class MenuSet(TypedDict):
    """A set of menus."""

    menu_items: list[FirstMenuItem]


class MenuRow(TypedDict):
    """Menus of an account."""

    menu_id: str
    pub_id: str
    pub_name: str
    logo_img: str
    logo_url: str | None
    menu: MenuSet
    menu_state: int
    approve_state: int
    online_time: str | None
    oper_time: str
    company_id: str
    company_name: str


class MenuPage(TypedDict):
    """A page of menus."""

    data: list[MenuRow]
    page_info: PageInfo


class MenuList(TypedDict):
    """Answer of listing menus."""

    data: MenuPage


class MenuLog(TypedDict):
    """Record of a change."""

    menu_id: str
    log_id: str


class UpdatedMenu(TypedDict):
    """Answer of changing menus."""

    data: MenuLog


class PushLog(TypedDict):
    """Record of an urging."""

    log_id: str
    message: str


class PushLogData(TypedDict):
    """Doubled data."""

    data: PushLog


class Pushed(TypedDict):
    """Answer of urging."""

    data: PushLogData


class PortalRow(TypedDict):
    """A home page; ``tels`` and ``fastapps`` are JSON strings."""

    portal_id: str
    company_id: str
    company_name: str
    pub_id: str
    pub_name: str
    background_img: str
    background_img_url: str | None
    summary: str
    tels: str
    fastapps: str
    state: int
    approve_state: int
    online_time: str | None
    creator: str
    create_time: str
    change_reason: str


class PortalPage(TypedDict):
    """A page of home pages."""

    portals: list[PortalRow]
    page_info: PageInfo


class PortalList(TypedDict):
    """Answer of listing home pages."""

    data: PortalPage


class PortalData(TypedDict):
    """A home page as it was handed in."""

    portal: PortalRow


class UpdatedPortal(TypedDict):
    """Answer of changing a home page."""

    data: PortalData
