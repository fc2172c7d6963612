"""Checks a card document against its layout before it is stored. Source: api.md of the requirements §0, §5.1, §7.

:func:`check_document` holds for every template, :func:`check_request` adds what is asked of customers' own.
"""

from collections import Counter
from collections.abc import Iterable

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Element, ElementKind, NewTemplate
from hongyan.rooms.smart.errors import ParamsUndeclared
from hongyan.rooms.smart.rules import taps, texts
from hongyan.rooms.smart.rules.boxes import Layout
from hongyan.rooms.smart.rules.filling import placeholders
from hongyan.rooms.smart.rules.layouts import LAYOUTS

MAX_PARAMS = 20
MAX_PAGES = 10
MAX_URL = 1000
_SRC = ("picture:", "material:", "https://", "http://")
_RATIOS = frozenset({"threeToFour", "oneToOne"})
_BUTTON_TYPES = frozenset({"static", "dynamic"})
_HIDDEN_COUPON = 2


def check_document(new: NewTemplate) -> None:
    """Check a new template.

    Raises:
        InvalidInput: names the position or field that breaks a rule.
        ParamsUndeclared: a parameter is used or declared, but not both.
    """
    layout = LAYOUTS.get(new.card_id)
    if layout is None:
        raise InvalidInput("card_id", reason=f"unknown layout {new.card_id}", reason_zh=f"未知版式 {new.card_id}")
    foreign = new.vendors - layout.vendors
    if foreign:
        names = ", ".join(sorted(foreign))
        raise InvalidInput("factorys", reason=f"{names} does not offer this layout", reason_zh=f"{names} 不支持该版式")
    for field, text in texts.texts_of(new):
        texts.check_text(field, text)
    pages = Counter(element.page for element in new.elements)
    if set(pages) != set(range(1, len(pages) + 1)) or len(pages) > MAX_PAGES:
        raise InvalidInput(
            "pages", reason="page_order must count 1, 2 … 10", reason_zh="page_order 须从 1 连续编号，最多 10 页"
        )
    for page in pages:
        _check_page(layout, page, [element for element in new.elements if element.page == page])
    _check_variant(layout, new)
    _check_params(new)


def check_request(new: NewTemplate, words: Iterable[str]) -> None:
    """Check a customer's template beyond its document.

    Raises:
        InvalidInput: names the field.
        SensitiveWords: a text has a word that may not be sent.
    """
    check_document(new)
    for element in new.elements:
        if element.tap is None and element.kind is ElementKind.IMAGE and element.is_visible:
            raise InvalidInput(
                f"{where(element)}.action_type", reason="a picture needs an event", reason_zh="图片缺少点击事件"
            )
    texts.check_signs(new.sms_signs)
    texts.check_sms_template(new.sms_template)
    texts.check_use(new, _main_titles(new))
    texts.check_opt_out(new)
    texts.check_words(new, words)
    for vendor in sorted(new.vendors):
        check_at_vendor(new, vendor, new.vendors)


def suitable_vendors(new: NewTemplate) -> frozenset[Vendor]:
    """Return the vendors that offer the layout and keep all of the document: those that a list left out stands for."""
    layout, found = LAYOUTS[new.card_id], set()
    for vendor in layout.vendors:
        try:
            check_at_vendor(new, vendor, layout.vendors)
        except InvalidInput:
            continue
        found.add(vendor)
    return frozenset(found)


def check_at_vendor(new: NewTemplate, vendor: Vendor, vendors: frozenset[Vendor]) -> None:
    """Check what one of the template's ``vendors`` asks beyond the layout.

    Raises:
        InvalidInput: names the field and the vendor.
    """
    layout = LAYOUTS[new.card_id]
    if new.sub_type in layout.huawei_only and vendor is not Vendor.HUAWEI:
        raise InvalidInput("sub_type", reason=f"{vendor} draws only variant 1", reason_zh=f"{vendor} 仅支持子类型 1")
    if vendor is Vendor.VIVO and not (new.sms_signs and new.sms_template):
        field = "sms_template" if new.sms_signs else "sms_signs"
        raise InvalidInput(field, reason="is required for VIVO", reason_zh="送审厂商包含 VIVO 时必填")
    for element in new.elements:
        taps.check_at(vendor, vendors, where(element), element)
        slot = layout.slot_at(element.position)
        limit = slot.tighter.get(vendor) if slot is not None else None
        if limit is not None and _length(element.content) > limit:
            field = f"{where(element)}.content"
            raise InvalidInput(
                field, reason=f"{vendor} shows at most {limit} characters", reason_zh=f"{vendor} 最多 {limit} 个字符"
            )


def where(element: Element) -> str:
    """Return how a refusal names a component."""
    return f"pages[{element.page}].position[{element.position}]"


def _check_page(layout: Layout, page: int, elements: list[Element]) -> None:
    counts = Counter(element.position for element in elements)
    for element in elements:
        if counts[element.position] > 1:
            raise InvalidInput(where(element), reason="this position is taken twice", reason_zh="位置序号重复")
        _check_element(layout, element)
    missing = [position for position in layout.required if position not in counts]
    if missing:
        raise InvalidInput(f"pages[{page}].position[{missing[0]}]", reason="is missing", reason_zh="缺失")


def _check_element(layout: Layout, element: Element) -> None:
    at, slot = where(element), layout.slot_at(element.position)
    if slot is None or slot.kind is not element.kind:
        raise InvalidInput(at, reason=f"the layout has no {element.kind} here", reason_zh="版式中没有该组件")
    if not element.is_visible and slot.can_hide:
        return
    if element.kind in {ElementKind.IMAGE, ElementKind.VIDEO}:
        _check_media(layout, element)
    else:
        if not element.content.strip():
            raise InvalidInput(f"{at}.content", reason="the text is empty", reason_zh="文本不能为空")
        _check_length(f"{at}.content", element.content, slot.max_chars)
    _check_length(f"{at}.content_child", element.content_child, slot.child_max_chars)
    if element.content_child and slot.child is None:
        raise InvalidInput(f"{at}.content_child", reason="the layout has none here", reason_zh="版式中该位置没有子内容")
    if element.kind is ElementKind.BUTTON and element.tap is None:
        raise InvalidInput(f"{at}.action_type", reason="a button needs an event", reason_zh="按钮缺少点击事件")
    if element.tap is not None:
        texts.check_readable(f"{at}.action.target", element.tap.target)
        taps.check_tap(at, element.tap, picture=element.src)


def _check_media(layout: Layout, element: Element) -> None:
    """Check the sources of a picture or video. A video of ours may come without a cover: it has one of its own."""
    at = where(element)
    sources = {
        "src": element.src,
        "oppo_background": element.oppo_background,
        "vivo_background": element.vivo_background,
    }
    if element.kind is ElementKind.VIDEO:
        sources["cover"] = element.cover
        if not element.cover and not element.src.startswith("material:"):
            raise InvalidInput(f"{at}.cover", reason="a video needs a cover", reason_zh="视频缺少封面")
    for name, source in sources.items():
        if not source and name != "src":
            continue
        texts.check_readable(f"{at}.{name}", source)
        if not source.startswith(_SRC) or len(source) > MAX_URL or taps.PLACEHOLDER.search(source):
            raise InvalidInput(f"{at}.{name}", reason="is no resource or address", reason_zh="不是有效的素材或地址")
    if layout.card_id == "ShortVideo" and element.ratio not in _RATIOS:
        raise InvalidInput(
            f"{at}.ratio", reason="must be threeToFour or oneToOne", reason_zh="取值须为 threeToFour 或 oneToOne"
        )


def _check_length(field: str, text: str, max_chars: int) -> None:
    if max_chars and _length(text) > max_chars:
        raise InvalidInput(field, reason=f"more than {max_chars} characters", reason_zh=f"超过 {max_chars} 个字符")


def _length(text: str) -> int:
    """Count without placeholders: their values have limits of their own."""
    return len(taps.PLACEHOLDER.sub("", text))


def _check_variant(layout: Layout, new: NewTemplate) -> None:
    if new.sub_type not in (layout.sub_types or {None, 1}):
        allowed = ", ".join(str(one) for one in layout.sub_types) or "1"
        raise InvalidInput("sub_type", reason=f"this layout has {allowed}", reason_zh=f"该版式仅支持 {allowed}")
    if layout.coupon is None:
        return
    is_shown = new.sub_type != _HIDDEN_COUPON
    for element in new.elements:
        slot = layout.slot_at(element.position)
        if slot is None or not slot.can_hide:
            continue
        at = where(element)
        if element.is_visible is not is_shown:
            word = int(is_shown)
            raise InvalidInput(
                f"{at}.visible", reason=f"must be {word} here", reason_zh=f"子类型 {new.sub_type} 须为 {word}"
            )
        if element.position == layout.coupon and (element.button_type in _BUTTON_TYPES) is not is_shown:
            reason = "must be static or dynamic" if is_shown else "must be absent"
            raise InvalidInput(
                f"{at}.button_type", reason=reason, reason_zh="显示卡券区时须为 static 或 dynamic，否则不填"
            )


def _main_titles(new: NewTemplate) -> list[str]:
    """Return what is marked as title; where nothing is, what stands first: texts before buttons."""
    marked = [element.content for element in new.elements if element.is_title]
    kinds = {ElementKind.TEXT: 0, ElementKind.BUTTON: 1}
    shown = [element for element in new.elements if element.kind in kinds and element.is_visible]
    shown.sort(key=lambda element: (kinds[element.kind], element.page, element.position))
    return marked or [element.content for element in shown[:2]]


def _check_params(new: NewTemplate) -> None:
    declared = {param.name for param in new.params}
    if len(new.params) > MAX_PARAMS or len(declared) != len(new.params):
        raise InvalidInput("params", reason="at most 20, each name once", reason_zh="最多 20 个，且名称不重复")
    for param in new.params:
        if not param.example.strip() or taps.PLACEHOLDER.search(param.example):
            raise InvalidInput(
                f"params.{param.name}.example", reason="must be a real example", reason_zh="须填写真实示例"
            )
    used = set(placeholders(new.elements))
    if used != declared:
        raise ParamsUndeclared("params", name=min(used ^ declared))
