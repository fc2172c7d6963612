"""What a scene of shortcut keys must be, and which one a phone shows. Pure.

Source: product.md §2.14. It names signature, proofs, regions and the fields of a key, but not how many keys a scene
has nor how long their names are: one to six with twelve units (six Chinese characters) are our choice, so that a
strip below a message stays one. Actions are those of menus without sub menus.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.service_accounts.contracts.accounts import Action, MenuItem, Place
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut, ShortcutForm
from hongyan.rooms.service_accounts.errors import MenuRefused
from hongyan.rooms.service_accounts.rules import regions
from hongyan.rooms.service_accounts.rules.accounts import check_signs
from hongyan.rooms.service_accounts.rules.menus import checked_item

MAX_KEYS = 6
NAME_UNITS = 12
MAX_PROOFS = 6


def check_shortcut(form: ShortcutForm) -> ShortcutForm:
    """Check a scene and return it without fields that its keys' actions do not use.

    Raises:
        InvalidInput, MenuRefused, RegionUnknown, RegionsOverlap: names the field.
    """
    check_signs("sign", (form.sign,))
    _counted("authorization_files", len(form.proofs), MAX_PROOFS)
    if len(set(form.proofs)) != len(form.proofs):
        raise InvalidInput("authorization_files", reason="a picture is there twice", reason_zh="图片重复")
    _counted("areas", len(form.areas), len(regions.PARENT))
    regions.check_areas("areas", form.areas)
    _counted("keys", len(form.keys), MAX_KEYS)
    return replace(form, keys=_checked_keys(form.keys))


def find_overlap(areas: Sequence[str], held: Iterable[ShortcutForm]) -> str | None:
    """Return a region of a scene that shares a place with one of ``areas``."""
    for other in held:
        overlap = regions.find_overlap(other.areas, areas)
        if overlap is not None:
            return overlap[0]
    return None


def best_shortcut(found: Iterable[Shortcut], place: Place) -> Shortcut | None:
    """Return the scene of a message's signature that a phone shows where it is: the oldest, should there be two."""
    met = [one for one in found if one.live is not None and regions.is_within(place, one.live.areas)]
    return min(met, key=lambda one: (one.created_at, one.shortcut_id), default=None)


def _counted(field: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise InvalidInput(field, reason=f"1 to {most} are needed", reason_zh=f"数量须为 1–{most} 个")


def _checked_keys(keys: Sequence[MenuItem]) -> tuple[MenuItem, ...]:
    checked: list[MenuItem] = []
    for number, key in enumerate(keys):
        field = f"keys.{number}"
        if key.action is Action.OPEN_SUBMENU:
            raise MenuRefused(
                f"{field}.action_type", reason="a key has no sub menu", reason_zh="快捷键不支持打开子菜单"
            )
        item = checked_item(key, field, NAME_UNITS)
        if any(other.name == item.name for other in checked):
            raise MenuRefused(
                f"{field}.name", reason=f"{item.name} is there twice", reason_zh=f"快捷键名称 {item.name} 重复"
            )
        checked.append(item)
    return tuple(checked)
