"""Which column feeds which variable."""

import pytest

from hongyan.kernel.ids import CardTemplateId, SignatureId, SmsAppId, SmsTemplateId
from hongyan.rooms.campaigns.contracts import Content
from hongyan.rooms.campaigns.errors import ParamCountWrong
from hongyan.rooms.campaigns.service.columns import ColumnMap, map_columns


def content(variables: tuple[int, ...], card_params: tuple[str, ...] = ()) -> Content:
    return Content(
        app_id=SmsAppId("app"),
        app_name="demo",
        signature_id=SignatureId("sign"),
        signature_name="鸿雁",
        signature_type="NOTIFY_TYPE",
        channel_number="106900001",
        sms_template_id=SmsTemplateId("15010661"),
        sms_text="text",
        link_index=9,
        variable_types=tuple((index, "TEXT") for index in variables),
        is_promotion=False,
        card_template_id=CardTemplateId("600000001"),
        card_template_name="card",
        card_params=card_params,
        card_vendors=("HUAWEI",),
    )


@pytest.mark.parametrize(
    ("variables", "card_params", "columns", "expected"),
    [
        ((), (), (), ColumnMap((), ())),
        ((1, 2), (), ("姓名", "金额"), ColumnMap((0, 1), ())),
        ((1, 2), (), ("变量2", "变量1"), ColumnMap((1, 0), ())),
        ((1, 2), (), ("备注", "${2}", "姓名"), ColumnMap((0, 1), ())),
        ((1,), ("param1",), ("param1", "姓名"), ColumnMap((1,), (("param1", 0),))),
        ((1,), ("param1",), ("姓名", "${param1}", "多余"), ColumnMap((0,), (("param1", 1),))),
        ((1,), ("param1",), ("姓名", "门店"), ColumnMap((0,), (("param1", 1),))),
    ],
)
def test_maps(
    variables: tuple[int, ...], card_params: tuple[str, ...], columns: tuple[str, ...], expected: ColumnMap
) -> None:
    assert map_columns(content(variables, card_params), columns) == expected


@pytest.mark.parametrize(("variables", "card_params"), [((1, 2), ()), ((1,), ("param1",)), ((), ("a", "b"))])
def test_too_few_columns_name_both_numbers(variables: tuple[int, ...], card_params: tuple[str, ...]) -> None:
    with pytest.raises(ParamCountWrong, match=r"need 2 value columns .* the file has 1"):
        map_columns(content(variables, card_params), ("one",))
