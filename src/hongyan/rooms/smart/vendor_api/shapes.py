"""What customers are answered: the vendor's field names and formats. Source: api.md of the requirements §5.1."""

import json
from datetime import UTC, datetime

from typing_extensions import TypedDict

from hongyan.kernel.http.vendor import aim_time
from hongyan.rooms.smart.contracts import FACTORY_NAMES, CardTemplate, TemplateParam
from hongyan.rooms.smart.service.door import SmartService

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class PageInfo(TypedDict):
    """The request's own numbers and the full count."""

    offset: int
    limit: int
    total: int


class ParamShape(TypedDict):
    """A dynamic parameter, without braces."""

    type: str
    name: str
    has_length: bool
    fix_length: int
    length_restrict: bool
    min_length: int
    max_length: int


class FactoryShape(TypedDict):
    """One vendor's state: 1 active, anything else not."""

    factory_type: str
    state: int
    version: str | None
    tpl_id: str


class TemplateShape(TypedDict):
    """A template of the list; ``pages`` is a JSON string, absent like ``params`` when only states are asked for."""

    tpl_id: str
    tpl_name: str
    scene: str
    tpl_state: int
    disable_desc: str
    disable_time: str
    audit_state: int
    audit_desc: str
    description: str
    creation_time: str
    update_time: str
    pages: str | None
    params: list[ParamShape] | None
    factory_info: list[FactoryShape]
    match_type: int
    card_id: str
    sub_type: int | None
    preview_url: str


class TemplateList(TypedDict):
    """A page of templates."""

    templates: list[TemplateShape]
    page_info: PageInfo


class CreatedId(TypedDict):
    """The id of a new template."""

    tpl_id: str


class Created(TypedDict):
    """Answer to creating."""

    status: str
    message: str
    data: CreatedId


class Done(TypedDict):
    """Answer to what has nothing to tell."""

    status: str
    message: str
    data: None


class Capabilities(TypedDict):
    """Which numbers can show a card, as they were written."""

    supported_mobiles: list[str]
    unsupported_mobiles: list[str]
    tpl_id: str | None


def template(service: SmartService, found: CardTemplate, *, only_status: bool) -> TemplateShape:
    """Return a template of the list."""
    # A JSON string, not a structure: the SDK's model says string.
    pages = None if only_status else json.dumps(service.pages(found), ensure_ascii=False)
    return {
        "tpl_id": found.tpl_id,
        "tpl_name": found.name,
        "scene": found.scene,
        "tpl_state": found.state.value,
        "disable_desc": found.disable_desc,
        "disable_time": aim_time(found.disabled_at or _NEVER),
        "audit_state": found.audit_state.value,
        "audit_desc": found.audit_desc,
        "description": found.description,
        "creation_time": aim_time(found.created_at),
        "update_time": aim_time(found.updated_at),
        "pages": pages,
        "params": None if only_status else [_param(param) for param in found.params],
        "factory_info": [
            {
                "factory_type": FACTORY_NAMES[info.vendor],
                "state": info.state.value,
                "version": None,
                "tpl_id": found.tpl_id,
            }
            for info in found.factories
        ],
        "match_type": found.match_type,
        "card_id": found.card_id,
        "sub_type": found.sub_type,
        "preview_url": service.preview_url(found),
    }


def _param(param: TemplateParam) -> ParamShape:
    return {
        "type": "string",
        "name": param.name,
        "has_length": True,
        "fix_length": 0,
        "length_restrict": True,
        "min_length": 1,
        "max_length": param.max_length,
    }


def sides(mobiles: list[str], can: list[bool]) -> dict[bool, list[str]]:
    """Return the numbers that can and those that cannot."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for mobile, flag in zip(mobiles, can, strict=True):
        found[flag].append(mobile)
    return found
