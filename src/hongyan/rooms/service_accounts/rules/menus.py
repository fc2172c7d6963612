"""What a set of menus must be. Pure. Source: api.md §5.13; product.md §2.12."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from hongyan.rooms.service_accounts.contracts.accounts import Action, MenuForm, MenuItem
from hongyan.rooms.service_accounts.errors import MenuRefused
from hongyan.rooms.service_accounts.rules.texts import units

MAX_UNITS = MappingProxyType({1: 24, 2: 12, 3: 8})
"""Units of a first-level name by how many there are."""
MAX_SUB_UNITS = 16
MAX_SUB_ITEMS = 5

_WEB = re.compile(r"https?://[^\s]{1,992}")
_CONTENT: Mapping[Action, tuple[re.Pattern[str], str, str]] = MappingProxyType(
    {
        Action.OPEN_URL: (_WEB, "an http or https URL", "http/https 链接"),
        Action.CALLING: (re.compile(r"\+?[0-9][0-9-]{1,18}[0-9]", re.ASCII), "a phone number", "电话号码"),
        # A scheme of an app, never one that a browser runs itself.
        Action.OPEN_APP: (
            re.compile(r"(?!(?:javascript|data|vbscript|file):)[a-z][a-z0-9+.-]*://[^\s]+", re.IGNORECASE | re.ASCII),
            "an app's deeplink",
            "APP 跳转链接",
        ),
        Action.OPEN_QUICK: (re.compile(r"hap://[^\s]+"), "a deeplink that begins with hap://", "hap:// 跳转链接"),
    }
)
_EXT: Mapping[Action, Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        Action.OPEN_SUBMENU: {},
        Action.OPEN_URL: {"open_in_browser": (1, 1), "web_title": (1, 20)},
        Action.CALLING: {},
        # The vendor's own samples leave the service's name out for apps.
        Action.OPEN_APP: {
            "package_name": (1, 50),
            "app_id": (0, 60),
            "third_service_name": (0, 50),
            "browser_floor_url": (0, 1000),
        },
        Action.OPEN_QUICK: {"depend_engine_ver": (1, 50), "third_service_name": (1, 50)},
    }
)
"""Fields of ``ext_msg`` by action: least and most characters. Others are dropped."""


def check_menus(form: MenuForm) -> MenuForm:
    """Check a set of menus and return it without fields that its actions do not use.

    Raises:
        MenuRefused: names the item.
    """
    checked = tuple(
        checked_item(item, f"menu.menu_items.{number}", MAX_UNITS[len(form.items)])
        for number, item in enumerate(form.items)
    )
    seen: set[str] = set()
    for field, item in _walk(checked, "menu.menu_items"):
        if item.name in seen:
            raise MenuRefused(
                f"{field}.name", reason=f"{item.name} is there twice", reason_zh=f"菜单名 {item.name} 重复"
            )
        seen.add(item.name)
    return MenuForm(checked)


def _walk(items: Sequence[MenuItem], field: str) -> Iterator[tuple[str, MenuItem]]:
    for number, item in enumerate(items):
        yield f"{field}.{number}", item
        yield from _walk(item.children, f"{field}.{number}.sub_menu_items")


def checked_item(item: MenuItem, field: str, most: int) -> MenuItem:
    """Return an item whose name has 1 to ``most`` units, without fields that its action does not use.

    Raises:
        MenuRefused: names the item as ``field``.
    """
    if not 1 <= units(item.name) <= most or not item.name.isprintable() or not item.name.strip():
        raise MenuRefused(
            f"{field}.name",
            reason=f"1 to {most} units are needed (a Chinese character counts 2)",
            reason_zh=f"长度必须为 1–{most} 个字符（中文占 2 个字符）",
        )
    if item.action is Action.OPEN_SUBMENU:
        return MenuItem(item.name, item.action, children=_children(item, field))
    if item.children:
        raise MenuRefused(
            f"{field}.sub_menu_items", reason="belongs to OPEN_SUBMENU only", reason_zh="仅 OPEN_SUBMENU 可配置子菜单"
        )
    pattern, what, what_zh = _CONTENT[item.action]
    if not pattern.fullmatch(item.content):
        raise MenuRefused(f"{field}.content", reason=f"{what} is needed", reason_zh=f"必须为{what_zh}")
    return MenuItem(item.name, item.action, item.content, _ext(item, field))


def _children(item: MenuItem, field: str) -> tuple[MenuItem, ...]:
    if item.content:
        raise MenuRefused(f"{field}.content", reason="must be empty with OPEN_SUBMENU", reason_zh="OPEN_SUBMENU 时不填")
    if not 1 <= len(item.children) <= MAX_SUB_ITEMS:
        raise MenuRefused(
            f"{field}.sub_menu_items", reason="OPEN_SUBMENU needs 1 to 5 items", reason_zh="子菜单数量必须为 1–5 个"
        )
    found = []
    for number, child in enumerate(item.children):
        at = f"{field}.sub_menu_items.{number}"
        if child.action is Action.OPEN_SUBMENU:
            raise MenuRefused(
                f"{at}.action_type", reason="there are two levels only", reason_zh="子菜单内不允许再配置子菜单"
            )
        found.append(checked_item(child, at, MAX_SUB_UNITS))
    return tuple(found)


def _ext(item: MenuItem, field: str) -> dict[str, str]:
    kept = {}
    for name, (least, most) in _EXT[item.action].items():
        value = item.ext.get(name, "")
        if not least <= len(value) <= most or not value.isprintable():
            raise MenuRefused(
                f"{field}.ext_msg.{name}",
                reason=f"{least} to {most} characters are needed with {item.action.value}",
                reason_zh=f"{item.action.value} 时长度必须为 {least}–{most} 个字符",
            )
        if value:
            kept[name] = value
    if kept.get("open_in_browser", "0") not in {"0", "1"}:
        raise MenuRefused(f"{field}.ext_msg.open_in_browser", reason="0 or 1 is needed", reason_zh="只能为 0 或 1")
    if "browser_floor_url" in kept and not _WEB.fullmatch(kept["browser_floor_url"]):
        raise MenuRefused(
            f"{field}.ext_msg.browser_floor_url",
            reason="an http or https URL is needed",
            reason_zh="必须为 http/https 链接",
        )
    return kept
