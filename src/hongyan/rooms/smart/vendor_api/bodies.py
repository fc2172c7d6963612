"""What customers send to create a card template: the document model of api.md §7, as types.

Not for: what may stand where (``rules``); here texts only become types.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.vendor import VendorBody
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import (
    Action,
    Element,
    ElementKind,
    NewTemplate,
    Tap,
    TemplateParam,
    TemplateUse,
)

_RESOURCE = 1
_FACTORIES = frozenset(Vendor)


def _nothing(value: Any) -> Any:
    """Take an empty text for an absent one."""
    return None if value == "" else value


def _factory(name: str) -> str:
    if name.upper() not in _FACTORIES:
        msg = f"must be one of {', '.join(Vendor)}"
        raise ValueError(msg)
    return name.upper()


Maybe = BeforeValidator(_nothing)
Address = Annotated[Annotated[str, Field(max_length=1000)] | None, Maybe]
Flag = Annotated[Annotated[int, Field(ge=0, le=1)] | None, Maybe]


class ActionBody(VendorBody):
    """What a tap does; which fields count depends on ``action_type`` (api.md §7.4)."""

    target: Annotated[str, Field(max_length=1000)] = ""
    content: Annotated[str | None, Field(max_length=100)] = None
    package_name: Annotated[str | None, Field(max_length=50)] = None
    floor_url: Address = None
    floor_type: Annotated[Annotated[int, Field(ge=0, le=3)] | None, Maybe] = None
    subject: Annotated[str | None, Field(max_length=100)] = None
    body: Annotated[str | None, Field(max_length=100)] = None
    description: Annotated[str | None, Field(max_length=100)] = None
    begin_time: Annotated[str | None, Field(max_length=19)] = None
    end_time: Annotated[str | None, Field(max_length=19)] = None
    address: Annotated[str | None, Field(max_length=100)] = None
    longitude: Annotated[str | None, Field(max_length=20)] = None
    latitude: Annotated[str | None, Field(max_length=20)] = None
    text_button: Annotated[str | None, Field(max_length=12)] = None
    mode: Annotated[Annotated[int, Field(ge=0, le=1)] | None, Maybe] = None


_OWN_FIELDS = {
    Action.OPEN_APP: ("package_name", "floor_type", "floor_url"),
    Action.OPEN_SMS: ("body",),
    Action.OPEN_EMAIL: ("subject", "body"),
    Action.OPEN_SCHEDULE: ("description", "begin_time", "end_time"),
    Action.OPEN_MAP: ("address", "longitude", "latitude"),
    Action.OPEN_POPUP: ("content", "text_button", "mode"),
}


class ContentBody(VendorBody):
    """One positioned component of a page."""

    type: Literal["text", "image", "video", "button", "followPub"]
    position_number: Annotated[int, Field(ge=1, le=1000)]
    content: Annotated[str | None, Field(max_length=1000)] = None
    content_child: Annotated[str | None, Field(max_length=1000)] = None
    is_text_title: Annotated[bool | None, Maybe] = None
    src_type: Annotated[Annotated[int, Field(ge=1, le=2)] | None, Maybe] = None
    src: Address = None
    cover: Address = None
    action_type: Annotated[Action | None, Maybe] = None
    action: ActionBody | None = None
    visible: Flag = None
    currency_display: Flag = None
    oppo_background: Address = None
    vivo_background: Address = None
    ratio: Annotated[Literal["threeToFour", "oneToOne"] | None, Maybe] = None
    button_type: Annotated[Literal["static", "dynamic"] | None, Maybe] = None

    def to_element(self, page: int) -> Element:
        """Return the component.

        Raises:
            InvalidInput: a source without its type, an event without its action, or ``followPub``.
        """
        at = f"pages[{page}].position[{self.position_number}]"
        if self.type == "followPub":
            raise InvalidInput(f"{at}.type", reason="followPub is not supported yet", reason_zh="暂不支持 followPub")
        kind = ElementKind(self.type)
        if kind in {ElementKind.IMAGE, ElementKind.VIDEO}:
            for name in ("src_type", "src"):
                if getattr(self, name) is None:
                    raise InvalidInput(f"{at}.{name}", reason=f"is required for {kind}", reason_zh="图片和视频必填")
        return Element(
            position=self.position_number,
            kind=kind,
            content=self.content or "",
            content_child=self.content_child or "",
            src=self._source(self.src),
            tap=self._tap(at),
            page=page,
            cover=self._source(self.cover),
            is_title=bool(self.is_text_title),
            is_visible=self.visible != 0,
            shows_currency=self.currency_display != 0,
            oppo_background=self._source(self.oppo_background),
            vivo_background=self._source(self.vivo_background),
            ratio=self.ratio or "",
            button_type=self.button_type or "",
        )

    def _source(self, text: str | None) -> str:
        """Mark resources of ours, so that neither is taken for the other."""
        if text is None:
            return ""
        return f"material:{text}" if self.src_type == _RESOURCE else text

    def _tap(self, at: str) -> Tap | None:
        if self.action_type is None:
            return None
        if self.action is None:
            raise InvalidInput(
                f"{at}.action", reason="is required with action_type", reason_zh="填写 action_type 时必填"
            )
        values = {name: getattr(self.action, name) for name in _OWN_FIELDS.get(self.action_type, ())}
        more = {name: str(value) for name, value in values.items() if value is not None}
        target = self.action.target
        if self.action_type is Action.VIEW_PIC:
            target = self._source(target)
        return Tap(self.action_type, target, more)


class PageBody(VendorBody):
    """One page of a card."""

    page_order: Annotated[int, Field(ge=1, le=10)]
    contents: Annotated[list[ContentBody], Field(min_length=1, max_length=200)]


class ParamBody(VendorBody):
    """One dynamic parameter, written with its braces."""

    type: Annotated[int, Field(ge=1, le=1)]
    name: Annotated[str, StringConstraints(max_length=20, pattern=r"^\$\{[A-Za-z0-9_]{1,17}\}$")]
    example: Annotated[str, Field(min_length=1, max_length=100)]


class FactoryBody(VendorBody):
    """One handset vendor and whether the template goes to it."""

    factory_type: Annotated[str, Field(max_length=16), AfterValidator(_factory)]
    state: Annotated[int, Field(ge=0, le=1)]


_EXAMPLE: Any = {
    "card_id": "StandardImageAndText",
    "tpl_name": "新品上架",
    "scene": "推广",
    "use_id": 1,
    "sms_example": "新品上架，点击链接查看。拒收请回复R",
    "pages": [
        {
            "page_order": 1,
            "contents": [
                {
                    "type": "image",
                    "position_number": 1,
                    "src_type": 2,
                    "src": "https://img.example.com/cover.png",
                    "action_type": "OPEN_URL",
                    "action": {"target": "https://www.example.com/new"},
                },
                {"type": "text", "position_number": 2, "content": "新品上架", "is_text_title": "true"},
                {"type": "text", "position_number": 3, "content": "${param1}，秋季新品已到店。拒收请回复R"},
                {
                    "type": "button",
                    "position_number": 4,
                    "content": "去看看",
                    "action_type": "OPEN_URL",
                    "action": {"target": "https://www.example.com/new"},
                },
            ],
        }
    ],
    "params": [{"type": 1, "name": "${param1}", "example": "王女士"}],
    "factorys": [{"factory_type": "HUAWEI", "state": 1}, {"factory_type": "XIAOMI", "state": 1}],
}


class TemplateBody(VendorBody):
    """A card template as a customer makes it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    card_id: Annotated[str, Field(min_length=1, max_length=40)]
    tpl_name: Annotated[str, Field(min_length=1, max_length=17)]
    use_id: Annotated[int, Field(ge=1, le=2)]
    pages: Annotated[list[PageBody], Field(min_length=1, max_length=10)]
    scene: Annotated[str | None, Field(max_length=10)] = None
    sub_type: Annotated[Annotated[int, Field(ge=0, le=10)] | None, Maybe] = None
    sms_example: Annotated[str | None, Field(max_length=70)] = None
    sms_signs: Annotated[list[Annotated[str, Field(min_length=1, max_length=20)]] | None, Field(max_length=3)] = None
    sms_template: Annotated[str | None, Field(max_length=2000)] = None
    params: Annotated[list[ParamBody] | None, Field(max_length=20)] = None
    factorys: Annotated[list[FactoryBody] | None, Field(max_length=20)] = None

    def to_new(self) -> NewTemplate:
        """Return what the service takes.

        Raises:
            InvalidInput: a component is not one, or every vendor is left out.
        """
        vendors = frozenset(Vendor(one.factory_type) for one in self.factorys or () if one.state)
        if self.factorys and not vendors:
            raise InvalidInput("factorys", reason="at least one must have state 1", reason_zh="至少提交一个厂商")
        orders = [page.page_order for page in self.pages]
        if len(set(orders)) != len(orders):
            raise InvalidInput("pages", reason="page_order is given twice", reason_zh="page_order 重复")
        elements = tuple(one.to_element(page.page_order) for page in self.pages for one in page.contents)
        return NewTemplate(
            name=self.tpl_name,
            scene=self.scene or "",
            card_id=self.card_id,
            elements=_share_taps(elements) if self.card_id in _SHARED else elements,
            params=tuple(TemplateParam(one.name[2:-1], one.example) for one in self.params or ()),
            vendors=vendors,
            sub_type=self.sub_type,
            description=self.sms_example or "",
            use=TemplateUse(self.use_id),
            sms_signs=tuple(self.sms_signs or ()),
            sms_template=self.sms_template or "",
        )


_SHARED = frozenset({"Carousel", "CarouselTitle"})
"""Layouts whose pictures take the event of the button below (api.md §7.3)."""


def _share_taps(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Give each picture the event of the first button after it, whatever event it came with."""
    shared = []
    for element in elements:
        after = [
            (one.position, one)
            for one in elements
            if one.kind is ElementKind.BUTTON and one.page == element.page and one.position > element.position
        ]
        if element.kind is ElementKind.IMAGE and after:
            button = min(after, key=lambda pair: pair[0])[1]
            shared.append(_with_tap(element, button.tap))
        else:
            shared.append(element)
    return tuple(shared)


def _with_tap(element: Element, tap: Tap | None) -> Element:
    return Element(element.position, element.kind, element.content, src=element.src, tap=tap, page=element.page)


class StateBody(VendorBody):
    """Whether a template may be used."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tpl_state": 0}]})

    tpl_state: Annotated[int, Field(ge=0, le=1)]
