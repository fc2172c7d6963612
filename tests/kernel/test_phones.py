"""Phone numbers: what people and spreadsheets write, and what logs may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.kernel.phones import Phone, mask_in_text, mask_phone, national_form, normalise_phone


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "8613800138000",
        "+8613800138000",
        "+86 138-0013-8000",
        "008613800138000",
        " 138 0013 8000 ",
        "'13800138000",
        "１３８００１３８０００",
        "13800138000.0",
        "1.3800138E10",
        "1.3800138000E+10",
        "\ufeff13800138000",
        "(86)13800138000",
    ],
)
def test_normalises(raw: str) -> None:
    assert normalise_phone(raw) == "8613800138000"


@pytest.mark.parametrize(
    "raw",
    ["", "手机号码", "12800138000", "1380013800", "138001380001", "1.38E+10", "+8612800138000", "abc", "+1", "0086"],
)
def test_refuses(raw: str) -> None:
    assert normalise_phone(raw) is None


def test_takes_foreign_numbers_with_their_country() -> None:
    assert normalise_phone("+1 415 555 2671") == "14155552671"
    assert normalise_phone("0014155552671") == "14155552671"


@given(st.integers(0, 10**9 - 1), st.sampled_from("3456789"), st.sampled_from(["", "+86", "86", "0086", "+86 "]))
def test_every_mainland_number_survives_its_forms(rest: int, second: str, prefix: str) -> None:
    number = f"1{second}{rest:09d}"
    assert normalise_phone(prefix + number) == "86" + number


@given(st.text(max_size=40))
def test_never_fails(raw: str) -> None:
    normalise_phone(raw)


def test_masks() -> None:
    assert mask_phone("8613800138000") == "138****8000"
    assert repr(Phone("8613800138000")) == "'138****8000'"
    assert mask_in_text("to 13800138000 and +8613900139000, id 1380013800012") == (
        "to 138****8000 and +86139****9000, id 1380013800012"
    )
    assert national_form("14155552671") == "+14155552671"
