import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.identity.contracts import Role
from hongyan.rooms.identity.rules import names


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91440300708461136T", " 91110000802100433b "])
def test_a_credit_code_with_its_check_character(code: str) -> None:
    assert names.check_credit_code(code) == code.strip().upper()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91350100M000100Y4", "18 characters"),
        ("91350100M000100Y433", "18 characters"),
        ("91350100I000100Y43", "no credit code has"),
        ("91350100M000100Y4é", "no credit code has"),
        ("91350100M000100Y44", "check character"),
        ("19350100M000100Y43", "check character"),
    ],
)
def test_a_wrong_credit_code(code: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        names.check_credit_code(code)
    assert refused.value.field == "credit_code"
    assert "统一社会信用代码" in refused.value.text("zh-CN")


def test_lengths_count_without_surrounding_blanks() -> None:
    assert names.check_legal_name("  鸿雁  ") == "鸿雁"
    assert names.check_short_name(" 雁 ") == "雁"


@pytest.mark.parametrize(
    ("check", "text", "field"),
    [
        (names.check_legal_name, " 雁 ", "legal_name"),
        (names.check_legal_name, "雁" * 101, "legal_name"),
        (names.check_short_name, "  ", "short_name"),
        (names.check_short_name, "雁" * 21, "short_name"),
        (names.check_domain_name, "ab", "domain_name"),
        (names.check_domain_name, "9goose", "domain_name"),
        (names.check_domain_name, "goose.x", "domain_name"),
        (names.check_domain_name, "鸿雁鸿雁", "domain_name"),
        (names.check_login_name, "a/b/c", "name"),
        (names.check_login_name, "a" * 65, "name"),
        (names.check_email, "nobody", "email"),
        (names.check_email, "a@b", "email"),
        (names.check_email, "a b@c.de", "email"),
        (names.check_email, "a@" + "b" * 250 + ".com", "email"),
    ],
)
def test_what_breaks_its_rule_names_its_field(check, text: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(text)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (names.check_domain_name, "hongyan_demo-1"),
        (names.check_login_name, "li.lei@goose-2_x"),
        (names.check_email, "li.lei+x@mail.example.com"),
    ],
)
def test_what_keeps_its_rule(check, text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize("password", ["Short-1!", "x" * 129, "aaaaaaaaaaaa", "my-LiLei-2026"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        names.check_password(password, "lilei")


def test_a_strong_password_passes() -> None:
    assert names.check_password("correct horse 电池", "lilei") == "correct horse 电池"


@pytest.mark.parametrize(("roles", "platform"), [({Role.TE_ADMIN, Role.DEVELOPER}, False), ({Role.REVIEWER}, True)])
def test_roles_fit_where_the_user_belongs(roles: set[Role], platform: bool) -> None:
    assert names.check_roles(roles, platform=platform) == roles


@pytest.mark.parametrize(
    ("roles", "platform"), [({Role.REVIEWER}, False), ({Role.TE_ADMIN, Role.REVIEWER}, True), (set(), True)]
)
def test_roles_that_belong_elsewhere_are_refused(roles: set[Role], platform: bool) -> None:
    with pytest.raises(InvalidInput, match="one or more of"):
        names.check_roles(roles, platform=platform)
