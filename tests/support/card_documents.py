"""Card templates as customers write them: the body of ``create_aim_personal_template`` for any layout.

Bodies are plain JSON; ``template_request`` makes the vendor's models of them.
"""

import copy
from collections.abc import Iterable
from typing import Any

from huaweicloudsdkkoomessage import v1 as sdk

from hongyan.rooms.smart.contracts import ElementKind
from hongyan.rooms.smart.rules.layouts import LAYOUTS

SITE = "https://www.example.com/new"
OPEN = {"action_type": "OPEN_URL", "action": {"target": SITE}}
PICTURE = "https://img.example.com/a.png"
FILM = "https://img.example.com/a.mp4"


def text(position: int, content: str, **more: Any) -> dict[str, Any]:
    """Return a text."""
    return {"type": "text", "position_number": position, "content": content, **more}


def image(position: int, src: str = PICTURE, src_type: int = 2, **more: Any) -> dict[str, Any]:
    """Return a picture with an event."""
    return {"type": "image", "position_number": position, "src_type": src_type, "src": src, **OPEN, **more}


def video(position: int, src: str = FILM, src_type: int = 2, **more: Any) -> dict[str, Any]:
    """Return a video with its cover."""
    base = {"type": "video", "position_number": position, "src_type": src_type, "src": src}
    return {**base, "cover": PICTURE, **more} if src_type == 2 else {**base, **more}


def button(position: int, content: str = "去看看", **more: Any) -> dict[str, Any]:
    """Return a button with an event."""
    return {"type": "button", "position_number": position, "content": content, **OPEN, **more}


def standard(name: str = "新品上架", **more: Any) -> dict[str, Any]:
    """Return a body of the layout 图文 that breaks no rule, for HUAWEI, with one parameter."""
    contents = [
        image(1),
        text(2, "新品上架", is_text_title="true"),
        text(3, "${param1}，秋季新品已到店。拒收请回复R"),
        button(4, action={"target": f"{SITE}/${{param1}}"}),
    ]
    body = {
        "card_id": "StandardImageAndText",
        "tpl_name": name,
        "scene": "推广",
        "use_id": 1,
        "sms_example": "新品上架，点击链接查看。拒收请回复R",
        "pages": [{"page_order": 1, "contents": contents}],
        "params": [{"type": 1, "name": "${param1}", "example": "王女士"}],
        "factorys": [{"factory_type": "HUAWEI", "state": 1}],
    }
    return copy.deepcopy(body) | more


def of_layout(card_id: str, name: str, vendors: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the smallest body of any layout: every required position filled, opt-out words in the longest text."""
    layout = LAYOUTS[card_id]
    slots = {position: layout.slot_at(position) for position in layout.required}
    texts = [p for p, slot in slots.items() if slot.kind is ElementKind.TEXT]
    words = max(
        texts or [p for p, s in slots.items() if s.kind is ElementKind.BUTTON], key=lambda p: slots[p].max_chars
    )
    makers = {ElementKind.TEXT: text, ElementKind.BUTTON: button}
    contents = []
    for position, slot in slots.items():
        if slot.kind is ElementKind.IMAGE:
            contents.append(image(position))
        elif slot.kind is ElementKind.VIDEO:
            contents.append(video(position, ratio="oneToOne" if card_id == "ShortVideo" else None))
        else:
            contents.append(makers[slot.kind](position, "拒收请回复R" if position == words else "好"))
    if layout.coupon is not None:
        for one in contents:
            if layout.slot_at(one["position_number"]).can_hide:
                one["visible"] = 1
            if one["position_number"] == layout.coupon:
                one["button_type"] = "static"
    return {
        "card_id": card_id,
        "tpl_name": name,
        "use_id": 1,
        "sms_signs": ["鸿雁演示"],
        "sms_template": "您好[文本0-20]，点击[字母0-20]查看",
        "pages": [{"page_order": 1, "contents": contents}],
        "factorys": [{"factory_type": one, "state": 1} for one in (vendors or ("HUAWEI",))],
    }


def template_request(body: dict[str, Any]) -> Any:
    """Return the vendor's request for a body."""
    pages = [
        sdk.AimPersonalTemplatePage(page["page_order"], [_content(one) for one in page["contents"]])
        for page in body["pages"]
    ]
    params = [sdk.AimPersonalTemplateParam(**one) for one in body.get("params", [])]
    factories = [sdk.AimPersonalTemplateFactory(**one) for one in body.get("factorys", [])]
    made = {**body, "pages": pages, "params": params, "factorys": factories}
    return sdk.CreateAimPersonalTemplateRequest(body=sdk.CreateAimPersonalTemplateRequestBody(**made))


def _content(one: dict[str, Any]) -> Any:
    action = one.get("action")
    made = {**one, "action": sdk.AimPersonalTemplateContentAction(**action)} if action else one
    return sdk.AimPersonalTemplateContent(**made)
