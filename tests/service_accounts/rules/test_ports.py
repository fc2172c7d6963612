from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import Place, PubForm
from hongyan.rooms.service_accounts.contracts.ports import Binding, Port, PortForm, PortType
from hongyan.rooms.service_accounts.errors import RegionsOverlap, SignNotOnPort
from hongyan.rooms.service_accounts.rules import ports as rules

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TENANT = TenantId("t")
FORM = PortForm("10690000", PortType.PLAIN, ("甲乙", "丙丁"), is_checked=True, proofs=("p1",))


def port(**changes: Any) -> Port:
    return Port("p" * 32, TENANT, replace(FORM, **changes), NOW)


def bound(
    *, signs: tuple[str, ...] = ("甲乙",), areas: tuple[str, ...] = ("全国",), age_s: int = 0, no: int = 1
) -> Binding:
    return Binding(str(no), TENANT, "p" * 32, f"pub{no}", signs, areas, False, NOW - timedelta(seconds=age_s))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"port": "1" * 21},
        {"is_checked": False},
        {"type": PortType.PREFIX},
        {"type": PortType.SUFFIX, "port": "12345"},
    ],
)
def test_good_numbers_pass(changes: dict[str, Any]) -> None:
    rules.check_port(replace(FORM, **changes))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"port": "1" * 22}, "port"),
        ({"port": ""}, "port"),
        ({"port": "١٢٣"}, "port"),
        ({"type": PortType.SUFFIX, "port": "1234"}, "port"),
        ({"type": PortType.PREFIX, "is_checked": False}, "sign_check"),
        ({"signs": ("一",)}, "sign"),
        ({"proofs": ("p1", "p1")}, "authorization_files"),
    ],
)
def test_bad_numbers_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.check_port(replace(FORM, **changes))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("others", "is_contested"),
    [
        ([], False),
        ([replace(FORM, signs=("戊己",))], False),
        ([replace(FORM, signs=("戊己", "甲乙"))], True),
        ([replace(FORM, signs=("戊己",), is_checked=False)], True),
    ],
)
def test_a_number_is_contested_when_phones_could_not_tell(others: list[PortForm], is_contested: bool) -> None:
    assert rules.is_contested(FORM, others) is is_contested
    assert rules.is_contested(replace(FORM, is_checked=False), others) is bool(others)


def test_a_binding_keeps_to_signatures_and_regions() -> None:
    rules.check_binding(port(), ("甲乙",), ("江苏省",), [])
    rules.check_binding(port(), ("丙丁",), ("江苏省",), [bound()])
    rules.check_binding(port(), ("甲乙",), ("江苏省",), [bound(areas=("北京市",))])
    with pytest.raises(SignNotOnPort):
        rules.check_binding(port(), ("戊己",), ("江苏省",), [])
    with pytest.raises(RegionsOverlap):
        rules.check_binding(port(), ("甲乙",), ("江苏省", "苏州市"), [])
    with pytest.raises(RegionsOverlap):
        rules.check_binding(port(), ("甲乙",), ("江苏省",), [bound()])
    with pytest.raises(RegionsOverlap):
        rules.check_binding(port(is_checked=False), ("丙丁",), ("江苏省",), [bound()])


def test_an_account_collects_the_signatures_that_both_have() -> None:
    form = PubForm("logo", "名", "介", "", 1, (), auto_ports=True, signs=("丙丁", "戊己"), areas=("全国",))
    assert rules.auto_signs(port(), form) == ("丙丁",)
    assert rules.auto_signs(port(), replace(form, auto_ports=False)) == ()


@pytest.mark.parametrize(
    ("changes", "number", "is_met"),
    [
        ({}, "10690000", True),
        ({}, "106900001", False),
        ({"type": PortType.PREFIX}, "106900001234", True),
        ({"type": PortType.PREFIX}, "1069000", False),
        ({"type": PortType.SUFFIX, "port": "12345"}, "106912345", True),
        ({"type": PortType.SUFFIX, "port": "12345"}, "10691234", False),
    ],
)
def test_a_number_is_compared_by_its_type(changes: dict[str, Any], number: str, is_met: bool) -> None:
    form = replace(FORM, **changes)
    found = rules.best_binding([(port(**changes), bound())], sign="甲乙", number=number, place=Place())
    assert (found is not None) is is_met
    assert not is_met or form.port in rules.candidates(number)


def test_signature_and_place_decide() -> None:
    rows = [(port(), bound(areas=("江苏省",)))]

    def met(sign: str, place: Place, **changes: Any) -> bool:
        found = [(port(**changes), binding) for _, binding in rows]
        return rules.best_binding(found, sign=sign, number="10690000", place=place) is not None

    assert met("甲乙", Place("江苏省"))
    assert not met("甲乙", Place("上海市"))
    assert not met("丙丁", Place("江苏省"))
    assert met("丙丁", Place("江苏省"), is_checked=False)
    assert rules.best_binding([], sign="甲乙", number="1", place=Place()) is None


def test_checked_then_longest_then_oldest_wins() -> None:
    loose = (port(is_checked=False), bound(no=1, age_s=99))
    short = (port(port="106", type=PortType.PREFIX), bound(no=2, age_s=50))
    young, old = (port(), bound(no=3)), (port(), bound(no=4, age_s=10))
    for rows, best in (([loose, short], short), ([short, young], young), ([young, old], old)):
        for order in (rows, rows[::-1]):
            assert rules.best_binding(order, sign="甲乙", number="10690000", place=Place()) == best
