"""What the vendor's clients are answered: field names, doubled ``data``, JSON in strings, times.

Every field of the vendor's models is there; null when it is not known. Source: the response models of the vendor's SDK.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hongyan.kernel.http.vendor import aim_time
from hongyan.rooms.identity.contracts import Tenant
from hongyan.rooms.service_accounts.contracts.accounts import MenuForm, MenuItem, Part, PartRow, PortalForm, Pub, State
from hongyan.rooms.service_accounts.service.accounts import Created
from hongyan.rooms.service_accounts.vendor_api.shapes import (
    CreatedPubAnswer,
    ExtMsg,
    FirstMenuItem,
    FrozenPub,
    MenuRow,
    MenuSet,
    PortalRow,
    PubRow,
    Pushed,
    SubMenuItem,
)

URL_PREFIX = "AimSauploadService/"
DONE, URGED = "成功", "催审成功"
_EXT = (
    "open_in_browser",
    "web_title",
    "package_name",
    "app_id",
    "browser_floor_url",
    "depend_engine_ver",
    "third_service_name",
)
Links = Mapping[str, str]


def company_id(tenant: Tenant) -> str:
    """Return a company's id: 32 hex digits."""
    return tenant.id.replace("-", "")


def _time(at: datetime | None) -> str | None:
    return None if at is None else aim_time(at)


def pub(found: Pub, state: State, tenant: Tenant, links: Links) -> PubRow:
    """Return an account as lists show it."""
    form = found.shown
    return {
        "pub_id": found.pub_id,
        "oper_time": aim_time(found.oper_at),
        "state": state.value,
        "online_time": _time(found.online_at),
        "company_name": tenant.legal_name,
        "pub_name": form.name,
        "logo_img": form.logo,
        "logo_url": links.get(form.logo),
        "authorization_files": {one: links[one] for one in form.proofs if one in links},
        "auto_get_port": int(form.auto_ports),
        "industry": form.industry,
        "pub_abstract": form.abstract,
        "signs_for_auto_get_port": list(form.signs),
        "company_id": company_id(tenant),
        "pub_remark": form.remark,
        "approve_state": found.approval.value,
        "areas_for_auto_get_port": list(form.areas),
    }


def menu_set(form: MenuForm) -> MenuSet:
    """Return a set of menus."""
    return {"menu_items": [_first_item(item) for item in form.items]}


def _ext(item: MenuItem) -> ExtMsg | None:
    if not item.ext:
        return None
    filled: Any = {name: item.ext.get(name) for name in _EXT}
    answer: ExtMsg = filled
    return answer


def _first_item(item: MenuItem) -> FirstMenuItem:
    return {
        "name": item.name,
        "action_type": item.action.value,
        "content": item.content or None,
        "ext_msg": _ext(item),
        "sub_menu_items": [_sub_item(child) for child in item.children] or None,
    }


def _sub_item(item: MenuItem) -> SubMenuItem:
    return {
        "name": item.name,
        "action_type": item.action.value,
        "content": item.content or None,
        "ext_msg": _ext(item),
        "sub_menu_items": None,
    }


def menu(row: PartRow, form: MenuForm, tenant: Tenant, links: Links) -> MenuRow:
    """Return menus as lists show them."""
    return {
        "menu_id": row.part.part_id,
        "pub_id": row.pub.pub_id,
        "pub_name": row.pub.shown.name,
        "logo_img": row.pub.shown.logo,
        "logo_url": links.get(row.pub.shown.logo),
        "menu": menu_set(form),
        "menu_state": row.state.value,
        "approve_state": row.part.approval.value,
        "online_time": _time(row.part.online_at),
        "oper_time": aim_time(row.part.oper_at),
        "company_id": company_id(tenant),
        "company_name": tenant.legal_name,
    }


def _text(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def tels(form: PortalForm) -> list[dict[str, Any]]:
    """Return hotlines."""
    return [{"usage": tel.usage, "tel": tel.tel} for tel in form.tels]


def fastapps(form: PortalForm, links: Links) -> list[dict[str, Any]]:
    """Return quick apps."""
    return [
        {
            "name": app.name,
            "logo_img": app.logo,
            "logo_img_url": links.get(app.logo),
            "description": app.description,
            "deeplink": app.deeplink,
            "depend_engine_version": app.engine_version,
        }
        for app in form.fastapps
    ]


def portal(row: PartRow, form: PortalForm, tenant: Tenant, links: Links) -> PortalRow:
    """Return a home page as lists show it."""
    return {
        "portal_id": row.part.part_id,
        "company_id": company_id(tenant),
        "company_name": tenant.legal_name,
        "pub_id": row.pub.pub_id,
        "pub_name": row.pub.shown.name,
        "background_img": form.background,
        "background_img_url": links.get(form.background),
        "summary": form.summary,
        "tels": _text(tels(form)),
        "fastapps": _text(fastapps(form, links)),
        "state": row.state.value,
        "approve_state": row.part.approval.value,
        "online_time": _time(row.part.online_at),
        "creator": row.part.creator,
        "create_time": aim_time(row.part.created_at),
        "change_reason": row.part.change_reason,
    }


def pub_pictures(found: Iterable[Pub]) -> set[str]:
    """Return the ids of the pictures that rows of accounts show."""
    return {one for each in found for one in (each.shown.logo, *each.shown.proofs)}


def portal_pictures(form: PortalForm) -> set[str]:
    """Return the ids of the pictures that a home page shows."""
    return {form.background, *(app.logo for app in form.fastapps)}


def created(made: Created) -> CreatedPubAnswer:
    """Return what creating an account made."""
    return {
        "data": {
            "data": {
                "log_id": str(made.pub.log_id),
                "pub_id": made.pub.pub_id,
                "menu_id": made.menu_id,
                "portal_id": made.portal_id,
                "pub_name": made.pub.shown.name,
            }
        }
    }


def frozen(found: Pub) -> FrozenPub:
    """Return an account that was frozen, or shall be shown again."""
    return {"data": {"pub_id": found.pub_id, "data": {"pub_id": found.pub_id}}}


def pushed(part: Part) -> Pushed:
    """Return what was urged."""
    return {"data": {"data": {"log_id": str(part.log_id), "message": URGED}}}
