"""The platform's preset public templates: id, version, document. All texts and pictures are ours.

Links lead to ``example.com`` (reserved for documents, RFC 2606): a tenant copies a preset and puts its own in.
Marketing cards carry the opt-out words 拒收请回复R.
"""

from hongyan.kernel.ids import CardTemplateId
from hongyan.rooms.smart.contracts import Action, Element, ElementKind, NewTemplate, Tap, TemplateParam
from hongyan.rooms.smart.rules.layouts import LAYOUTS

Preset = tuple[CardTemplateId, int, NewTemplate]
_SITE = "https://www.example.com"


def _open(path: str) -> Tap:
    return Tap(Action.OPEN_URL, f"{_SITE}/{path}", {})


def _dial(number: str) -> Tap:
    return Tap(Action.DIAL_PHONE, number, {})


def _text(position: int, content: str, child: str = "") -> Element:
    return Element(position, ElementKind.TEXT, content, child)


def _image(position: int, name: str, tap: Tap, alt: str = "") -> Element:
    return Element(position, ElementKind.IMAGE, alt, src=f"picture:{name}", tap=tap)


def _button(position: int, label: str, tap: Tap) -> Element:
    return Element(position, ElementKind.BUTTON, label, tap=tap)


def _preset(
    number: int,
    card_id: str,
    name: str,
    scene: str,
    description: str,
    elements: tuple[Element, ...],
    *params: tuple[str, str],
    sub_type: int | None = None,
) -> Preset:
    new = NewTemplate(
        name=name,
        scene=scene,
        card_id=card_id,
        elements=elements,
        params=tuple(TemplateParam(key, example) for key, example in params),
        vendors=LAYOUTS[card_id].vendors,
        sub_type=sub_type,
        description=description,
    )
    return CardTemplateId(str(600_000_000 + number)), 1, new


PRESETS: tuple[Preset, ...] = (
    _preset(
        1,
        "StandardImageAndText",
        "服务开通通知",
        "通知",
        "您的服务已开通，点击链接查看使用指南。",
        (
            _image(1, "welcome", _open("guide"), "欢迎使用"),
            _text(2, "服务开通成功"),
            _text(3, "您申请的服务已经开通，现在即可使用。我们为您准备了一份简明指南，三分钟了解全部功能。"),
            _button(4, "查看使用指南", _open("guide")),
        ),
    ),
    _preset(
        2,
        "Notification1",
        "订单发货通知",
        "物流",
        "您的订单已发货，点击链接查看物流。",
        (
            _image(1, "parcel", _open("orders"), "包裹在路上"),
            _text(2, "您的包裹已发出"),
            _text(3, "${param1}，您购买的商品已交给承运商。"),
            _text(4, "订单编号", "${param2}"),
            _text(5, "承运商", "${param3}"),
            _text(6, "预计送达", "${param4}"),
            _button(10, "查看物流", _open("orders/${param2}")),
            _button(11, "联系客服", _dial("4000000000")),
        ),
        ("param1", "王女士"),
        ("param2", "20261120001"),
        ("param3", "鸿雁速运"),
        ("param4", "11月24日 18:00前"),
    ),
    _preset(
        3,
        "MultipleImageAndText",
        "服务大厅月报",
        "通知",
        "本月服务大厅更新三项内容，点击链接查看。",
        (
            _image(1, "hall", _open("monthly"), "服务大厅"),
            _text(2, "本月服务大厅有这些更新"),
            _text(3, "线上办理时间延长至每日二十二点"),
            _image(4, "clock", _open("monthly/hours")),
            _text(5, "电子发票可在订单页直接下载"),
            _image(6, "invoice", _open("monthly/invoice")),
            _text(7, "账户安全：请定期更换登录口令"),
            _image(8, "shield", _open("monthly/safety")),
        ),
    ),
    _preset(
        4,
        "PureText",
        "系统维护公告",
        "公告",
        "系统将于今晚维护，点击链接查看说明。",
        (
            _text(1, "系统维护公告"),
            _text(
                2,
                "为了给您提供更稳定的服务，我们将于今晚零点至四点进行系统维护。维护期间网上查询与自助办理暂停，"
                "客服热线照常受理。已提交的业务不受影响，维护结束后自动继续处理。给您带来不便，敬请谅解。",
            ),
            _button(3, "查看详情", _open("notice")),
            _button(4, "客服热线", _dial("4000000000")),
        ),
    ),
    _preset(
        5,
        "RedPacket",
        "会员生日礼",
        "会员",
        "您的生日礼已到账，点击链接领取。拒收请回复R",
        (
            _image(1, "gift", _open("member"), "礼物"),
            _text(2, "鸿雁会员中心"),
            _text(3, "生日快乐"),
            _text(4, "${param1}，一张无门槛优惠券已放入您的卡包，有效期三十天。拒收请回复R"),
            _button(5, "立即领取", _open("member/gift")),
        ),
        ("param1", "李先生"),
        sub_type=1,
    ),
    _preset(
        6,
        "Notification2",
        "预约成功提醒",
        "预约",
        "您的预约已确认，点击链接查看。",
        (
            _image(1, "calendar", _open("bookings"), "预约"),
            _text(2, "预约已确认"),
            _text(3, "${param1}，请按时到场并携带有效证件。"),
            _text(4, "预约项目", "${param2}"),
            _text(5, "到场时间", "${param3}"),
            _text(6, "办理地点", "${param4}"),
            _button(10, "查看预约", _open("bookings")),
            _button(
                11,
                "加入日程",
                Tap(
                    Action.OPEN_SCHEDULE,
                    "预约办理",
                    {
                        "description": "请携带有效证件",
                        "begin_time": "2026-12-01 09:30:00",
                        "end_time": "2026-12-01 10:30:00",
                    },
                ),
            ),
        ),
        ("param1", "陈女士"),
        ("param2", "证照年检"),
        ("param3", "12月1日 09:30"),
        ("param4", "一号服务厅"),
    ),
    _preset(
        7,
        "Carousel",
        "热门服务推荐",
        "推荐",
        "为您精选三项热门服务，点击链接查看。拒收请回复R",
        (
            _image(1, "travel", _open("services/travel")),
            _text(2, "周末近郊一日游"),
            _button(3, "看看路线", _open("services/travel")),
            _image(4, "coffee", _open("services/coffee")),
            _text(5, "手冲咖啡体验课"),
            _button(6, "预约座位", _open("services/coffee")),
            _image(7, "fitness", _open("services/fitness")),
            _text(8, "入门健身 拒收请回复R"),
            _button(9, "了解详情", _open("services/fitness")),
        ),
    ),
    _preset(
        8,
        "CarouselSquareImage",
        "新品图册",
        "新品",
        "秋冬新品图册已上线，点击链接翻阅。拒收请回复R",
        (
            _image(1, "lamp", _open("album/1"), "台灯"),
            _image(2, "chair", _open("album/2"), "单人椅"),
            _image(3, "vase", _open("album/3"), "花器"),
            _text(6, "秋冬新品图册"),
            _text(7, "一盏灯，一把椅，一只花器：为家添一点温度。拒收请回复R"),
            _button(8, "翻阅图册", _open("album")),
        ),
    ),
    _preset(
        9,
        "CardVoucher",
        "满减优惠券",
        "卡券",
        "您有一张优惠券待使用，点击链接查看。拒收请回复R",
        (
            _image(1, "ticket", _open("coupons"), "优惠券"),
            _text(2, "鸿雁商城优惠券"),
            _text(3, "¥${param1}", "${param2}"),
            _text(4, "有效期至 ${param3}"),
            _button(5, "去使用（拒收请回复R）", _open("coupons")),
        ),
        ("param1", "50"),
        ("param2", "满299元可用"),
        ("param3", "12月31日"),
        sub_type=1,
    ),
    _preset(
        10,
        "ECImageAndText",
        "商品到货提醒",
        "电商",
        "您关注的商品已到货，点击链接查看。拒收请回复R",
        (
            _image(1, "headphones", _open("goods"), "耳机"),
            _text(2, "您关注的商品到货了"),
            _text(3, "轻量头戴耳机，三十小时续航。拒收请回复R"),
            _text(4, "¥ 399", "¥ 499"),
            _button(5, "立即购买", _open("goods/buy")),
            _button(6, "查看详情", _open("goods")),
        ),
        sub_type=1,
    ),
    _preset(
        11,
        "Trip1",
        "航班出行提醒",
        "出行",
        "您的航班信息，点击链接查看。",
        (
            _image(1, "plane", _open("trips"), "航班"),
            _text(2, "${param1} 出票成功"),
            _text(3, "${param2}"),
            _text(4, "${param3}", "${param4}"),
            _text(5, "直飞"),
            _text(6, "${param5}", "${param6}"),
            _text(7, "乘机人", "${param7}"),
            _text(8, "值机提示", "请提前两小时到达机场"),
            _button(10, "在线值机", _open("trips/checkin")),
            _button(11, "行程详情", _open("trips")),
        ),
        ("param1", "HY1024"),
        ("param2", "12月1日 星期二"),
        ("param3", "08:30"),
        ("param4", "上海虹桥T2"),
        ("param5", "10:55"),
        ("param6", "北京首都T3"),
        ("param7", "张先生"),
    ),
    _preset(
        12,
        "SimplePoster",
        "冬至节气海报",
        "节气",
        "冬至问候，点击链接查看。",
        (
            _image(1, "solstice", _open("solstice"), "冬至"),
            _button(2, "查看节气小知识", _open("solstice")),
        ),
    ),
)
"""Twelve templates of twelve layouts."""
