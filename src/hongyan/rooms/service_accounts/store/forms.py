"""Forms as JSON in a column, and back."""

from typing import Any

import msgspec

from hongyan.rooms.service_accounts.contracts.accounts import MenuForm, PartKind, PortalForm, PubForm
from hongyan.rooms.service_accounts.contracts.shortcuts import ShortcutForm

PART_FORMS: dict[PartKind, type[MenuForm] | type[PortalForm]] = {
    PartKind.MENU: MenuForm,
    PartKind.PORTAL: PortalForm,
}


def to_json(form: PubForm | MenuForm | PortalForm | ShortcutForm | None) -> Any:
    """Return what the column keeps."""
    return None if form is None else msgspec.to_builtins(form)


def pub_form(kept: Any) -> PubForm | None:
    """Read an account's form."""
    return None if kept is None else msgspec.convert(kept, PubForm)


def part_form(kind: PartKind, kept: Any) -> MenuForm | PortalForm | None:
    """Read a part's form."""
    return None if kept is None else msgspec.convert(kept, PART_FORMS[kind])


def shortcut_form(kept: Any) -> ShortcutForm | None:
    """Read the form of a scene of shortcut keys."""
    return None if kept is None else msgspec.convert(kept, ShortcutForm)
