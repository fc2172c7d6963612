"""Puts a tenant's materials into a template: each ``material:ID`` becomes the file that phones fetch."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Action, Element, ElementKind, Material, MaterialKind, NewTemplate
from hongyan.rooms.smart.errors import TemplateNotCreated
from hongyan.rooms.smart.rules.checks import where
from hongyan.rooms.smart.rules.pictures import least_size
from hongyan.rooms.smart.store import materials as store

_MARK = "material:"
_FIELDS = ("src", "cover", "oppo_background", "vivo_background")


async def take_materials(uow: Uow, tenant_id: TenantId, new: NewTemplate) -> tuple[NewTemplate, set[str]]:
    """Return the template with its materials named by their files, and the ids of those it uses.

    Raises:
        TemplateNotCreated: a material is not the tenant's, of another kind, or too small for a vendor.
    """
    wanted = {source.removeprefix(_MARK) for element in new.elements for _, source in _sources(element)}
    found = await store.find_by_resource(uow, tenant_id, wanted, lock=True)
    used: set[str] = set()
    elements = []
    for element in new.elements:
        changed = element
        for field, source in _sources(element):
            material = _checked(new, element, field, found.get(source.removeprefix(_MARK)))
            used.add(material.material_id)
            changed = replace(changed, **_at(field, _named(material)))
            if field == "src" and material.cover is not None and not element.cover:
                changed = replace(changed, cover=_named(material.cover))
                used.add(material.cover.material_id)
        tap = changed.tap
        if tap is not None and tap.action is Action.VIEW_PIC:
            changed = replace(changed, tap=replace(tap, target=changed.src))
        elements.append(changed)
    return replace(new, elements=tuple(elements)), used


def _sources(element: Element) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        source = str(getattr(element, field))
        if source.startswith(_MARK):
            yield field, source


def _at(field: str, source: str) -> dict[str, Any]:
    return {field: source}


def _named(material: Material) -> str:
    return f"{_MARK}{material.resource_id}/{material.file}"


def _checked(new: NewTemplate, element: Element, field: str, material: Material | None) -> Material:
    at = f"{where(element)}.{field}"
    if material is None:
        raise TemplateNotCreated(at, reason="there is no such material", reason_zh="素材不存在")
    is_video = field == "src" and element.kind is ElementKind.VIDEO
    if (material.kind is MaterialKind.VIDEO) is not is_video:
        raise TemplateNotCreated(at, reason="the material is of another kind", reason_zh="素材类型不符")
    if is_video and material.cover is None and not element.cover:
        raise TemplateNotCreated(at, reason="the video has no cover", reason_zh="视频没有封面")
    least = least_size(new.card_id, material.rate) if Vendor.VIVO in new.vendors and not is_video else None
    if least is not None and (material.width < least[0] or material.height < least[1]):
        size = f"{least[0]}*{least[1]}"
        raise TemplateNotCreated(
            at, reason=f"VIVO needs at least {size} pixels", reason_zh=f"VIVO 要求图片不小于 {size}"
        )
    return material
