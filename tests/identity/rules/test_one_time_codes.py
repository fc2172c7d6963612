from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from hongyan.rooms.identity.rules.one_time_codes import (
    RECOVERY_CODES,
    code_at,
    matching_step,
    new_recovery_codes,
    otpauth_uri,
    read_recovery_code,
    secret_text,
    step_of,
)

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 22, 8, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at_s", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    # Source: RFC 6238, appendix B, the last six of its eight digits.
    assert code_at(SECRET, step_of(datetime.fromtimestamp(at_s, UTC))) == code


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_a_clock_may_be_a_step_off(off: int) -> None:
    step = step_of(NOW + timedelta(seconds=off))
    assert matching_step(SECRET, code_at(SECRET, step), NOW, after=0) == step


@pytest.mark.parametrize("off", [-60, 60])
def test_two_steps_are_too_much(off: int) -> None:
    step = step_of(NOW + timedelta(seconds=off))
    assert matching_step(SECRET, code_at(SECRET, step), NOW, after=0) is None


def test_a_code_and_those_before_it_are_used_up() -> None:
    step = step_of(NOW)
    assert matching_step(SECRET, code_at(SECRET, step), NOW, after=step) is None
    assert matching_step(SECRET, code_at(SECRET, step - 1), NOW, after=step) is None
    assert matching_step(SECRET, code_at(SECRET, step + 1), NOW, after=step) == step + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert matching_step(SECRET, typed, NOW, after=0) is None


def test_blanks_inside_a_code_do_not_matter() -> None:
    code = code_at(SECRET, step_of(NOW))
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, after=0) is not None


def test_the_qr_code_holds_what_apps_read() -> None:
    uri = urlsplit(otpauth_uri(SECRET, "鸿雁/lilei"))
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/Hongyan:鸿雁/lilei")
    assert parse_qs(uri.query) == {
        "secret": [secret_text(SECRET)],
        "issuer": ["Hongyan"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_recovery_codes_differ_and_are_read_in_any_writing() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    for code in codes:
        assert read_recovery_code(code) == code
        assert read_recovery_code(code.lower().replace("-", " ")) == code
    assert read_recovery_code("123456") is None
    assert read_recovery_code(codes[0][:-1] + "0") is None
