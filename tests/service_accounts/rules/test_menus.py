import pytest

from hongyan.rooms.service_accounts.contracts.accounts import Action, MenuForm, MenuItem
from hongyan.rooms.service_accounts.errors import MenuRefused
from hongyan.rooms.service_accounts.rules.menus import check_menus

CALL = MenuItem("客服", Action.CALLING, "4008008800")
WEB = {"open_in_browser": "0", "web_title": "订单"}
QUICK = {"depend_engine_ver": "1070", "third_service_name": "服务"}


def url(name: str = "订单", content: str = "https://example.com", **ext: str) -> MenuItem:
    return MenuItem(name, Action.OPEN_URL, content, WEB | ext)


def sub(*children: MenuItem, name: str = "更多", content: str = "") -> MenuItem:
    return MenuItem(name, Action.OPEN_SUBMENU, content, children=children)


def call(name: str) -> MenuItem:
    return MenuItem(name, Action.CALLING, "4008")


@pytest.mark.parametrize(
    "items",
    [
        (),
        (CALL,),
        (call("十二个汉字的菜单名称也可以"[:12]),),
        (call("六个汉字可以"), call("twelve-chars")),
        (call("四个汉字"), call("eight-ch"), call("三")),
        (sub(call("八个汉字的子菜单"), url("网页"), call("三"), call("四"), call("五")), CALL),
        (MenuItem("拨号", Action.CALLING, "+86-10-12345678"),),
        (MenuItem("应用", Action.OPEN_APP, "shop://home?x=1", {"package_name": "com.example"}),),
        (MenuItem("快应用", Action.OPEN_QUICK, "hap://app/com.example", QUICK),),
    ],
)
def test_good_menus_pass_unchanged(items: tuple[MenuItem, ...]) -> None:
    assert check_menus(MenuForm(items)) == MenuForm(items)


def test_fields_that_an_action_does_not_use_are_dropped() -> None:
    item = MenuItem("客服", Action.CALLING, "4008", {"web_title": "x", "package_name": "y"})
    app = MenuItem("应用", Action.OPEN_APP, "a://b", {"package_name": "y", "app_id": "", "depend_engine_ver": "1"})
    checked = check_menus(MenuForm((item, app))).items
    assert [one.ext for one in checked] == [{}, {"package_name": "y"}]


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ((call(""),), "menu.menu_items.0.name: 1 to 24 units"),
        ((call("  "),), "menu.menu_items.0.name: 1 to 24 units"),
        ((call("a\nb"),), "menu.menu_items.0.name: 1 to 24 units"),
        ((call("十三个汉字的菜单名称太长了啊啊"[:13]),), "menu.menu_items.0.name: 1 to 24 units"),
        ((CALL, call("七个汉字不可以")), "menu.menu_items.1.name: 1 to 12 units"),
        ((CALL, call("二"), call("five五个字")), "menu.menu_items.2.name: 1 to 8 units"),
        ((sub(call("九个汉字的子菜单名")),), "menu.menu_items.0.sub_menu_items.0.name: 1 to 16 units"),
        ((CALL, CALL), "menu.menu_items.1.name: 客服 is there twice"),
        ((CALL, sub(CALL)), "menu.menu_items.1.sub_menu_items.0.name: 客服 is there twice"),
        ((sub(),), "menu.menu_items.0.sub_menu_items: OPEN_SUBMENU needs 1 to 5 items"),
        ((sub(*(call(str(no)) for no in range(6))),), "OPEN_SUBMENU needs 1 to 5 items"),
        ((sub(CALL, content="x"),), "menu.menu_items.0.content: must be empty"),
        ((sub(sub(CALL, name="里面")),), "menu.menu_items.0.sub_menu_items.0.action_type: there are two levels only"),
        (
            (MenuItem("客服", Action.CALLING, "4008", children=(call("里"),)),),
            "menu.menu_items.0.sub_menu_items: belongs to OPEN_SUBMENU only",
        ),
        ((MenuItem("客服", Action.CALLING, ""),), "menu.menu_items.0.content: a phone number"),
        ((MenuItem("客服", Action.CALLING, "400-"),), "menu.menu_items.0.content: a phone number"),
        ((url(content="ftp://example.com"),), "menu.menu_items.0.content: an http or https URL"),
        ((url(content="javascript:alert(1)"),), "menu.menu_items.0.content: an http or https URL"),
        ((url(web_title=""),), "menu.menu_items.0.ext_msg.web_title: 1 to 20 characters"),
        ((url(web_title="题" * 21),), "menu.menu_items.0.ext_msg.web_title: 1 to 20 characters"),
        ((url(web_title="a\nb"),), "menu.menu_items.0.ext_msg.web_title: 1 to 20 characters"),
        ((url(open_in_browser="2"),), "menu.menu_items.0.ext_msg.open_in_browser: 0 or 1"),
        ((url(open_in_browser=""),), "menu.menu_items.0.ext_msg.open_in_browser: 1 to 1"),
        ((MenuItem("应用", Action.OPEN_APP, "javascript://x"),), "menu.menu_items.0.content: an app's deeplink"),
        ((MenuItem("应用", Action.OPEN_APP, "shop://x"),), "menu.menu_items.0.ext_msg.package_name"),
        (
            (MenuItem("应用", Action.OPEN_APP, "a://x", {"package_name": "p", "browser_floor_url": "x"}),),
            "menu.menu_items.0.ext_msg.browser_floor_url: an http or https URL",
        ),
        ((MenuItem("快", Action.OPEN_QUICK, "https://x.example", QUICK),), "hap://"),
        ((MenuItem("快", Action.OPEN_QUICK, "hap://app/x"),), "menu.menu_items.0.ext_msg.depend_engine_ver"),
    ],
)
def test_bad_menus_are_refused(items: tuple[MenuItem, ...], text: str) -> None:
    with pytest.raises(MenuRefused) as caught:
        check_menus(MenuForm(items))
    assert text in str(caught.value)
