"""What enterprises, users and passwords may look like."""

import re
from collections.abc import Collection

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.identity.contracts import PLATFORM_ROLES, Role

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_CHARS = 18
_LOGIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.@-]{2,63}", re.ASCII)
_DOMAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,63}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_EMAIL_CHARS = 254
_LEGAL_NAME_CHARS = range(2, 101)
_SHORT_NAME_CHARS = range(1, 21)
_PASSWORD_CHARS = range(10, 129)
_PASSWORD_DISTINCT = 5


def check_credit_code(code: str) -> str:
    """Return a unified social credit code in upper case.

    Raises:
        InvalidInput: wrong length, a letter outside the alphabet, or the check character does not fit.

    Source: GB 32100-2015, section 4 (mod 31 over the first 17 characters).
    """
    code = code.strip().upper()
    reason, reason_zh = "a unified social credit code has 18 characters", "统一社会信用代码应为18位"
    if len(code) == _CREDIT_CHARS:
        values = [_CREDIT_ALPHABET.find(char) for char in code]
        reason, reason_zh = "the code holds a character that no credit code has", "统一社会信用代码含有非法字符"
        if min(values) >= 0:
            total = sum(value * weight for value, weight in zip(values, _CREDIT_WEIGHTS, strict=False))
            if (total + values[-1]) % 31 == 0:
                return code
            reason, reason_zh = "the check character does not fit", "统一社会信用代码校验位错误"
    raise InvalidInput("credit_code", reason=reason, reason_zh=reason_zh)


def check_legal_name(name: str) -> str:
    """Return an enterprise's legal name without surrounding blanks (2–100 characters)."""
    return _check_length("legal_name", name, _LEGAL_NAME_CHARS)


def check_short_name(name: str) -> str:
    """Return an enterprise's short name without surrounding blanks (1–20 characters)."""
    return _check_length("short_name", name, _SHORT_NAME_CHARS)


def check_domain_name(name: str) -> str:
    """Return a tenant's account name: a letter, then letters, digits, ``_`` or ``-``, 3–64 in all."""
    if not _DOMAIN_NAME.fullmatch(name):
        raise InvalidInput(
            "domain_name",
            reason="3–64 letters, digits, _ or -, beginning with a letter",
            reason_zh="应为3至64位字母、数字、下划线或短横线，且以字母开头",
        )
    return name


def check_login_name(name: str) -> str:
    """Return a user's login name: a letter, then letters, digits or ``_ . @ -``, 3–64 in all."""
    if not _LOGIN_NAME.fullmatch(name):
        raise InvalidInput(
            "name",
            reason="3–64 letters, digits or _ . @ -, beginning with a letter",
            reason_zh="应为3至64位字母、数字或 _ . @ -，且以字母开头",
        )
    return name


def check_email(address: str) -> str:
    """Return an e-mail address that could exist."""
    address = address.strip()
    if len(address) > _EMAIL_CHARS or not _EMAIL.fullmatch(address):
        raise InvalidInput("email", reason="not an e-mail address", reason_zh="邮箱格式不正确")
    return address


def check_password(password: str, login_name: str, *, field: str = "password") -> str:
    """Return a password that is long enough (10–128), varied and without the user's name."""
    if len(password) not in _PASSWORD_CHARS:
        raise InvalidInput(field, reason="10 to 128 characters", reason_zh="长度应为10至128个字符")
    if login_name.casefold() in password.casefold() or len(set(password)) < _PASSWORD_DISTINCT:
        raise InvalidInput(field, reason="too easy to guess", reason_zh="过于简单")
    return password


def check_roles(roles: Collection[Role], *, platform: bool) -> frozenset[Role]:
    """Return the roles when they fit where the user belongs: to the platform or to a tenant."""
    chosen = frozenset(roles)
    allowed = PLATFORM_ROLES if platform else frozenset(Role) - PLATFORM_ROLES
    if not chosen or not chosen <= allowed:
        names = ", ".join(sorted(role.value for role in allowed))
        raise InvalidInput("roles", reason=f"one or more of {names}", reason_zh=f"应为以下角色中的一个或多个：{names}")
    return chosen


def _check_length(field: str, text: str, allowed: range) -> str:
    text = text.strip()
    if len(text) not in allowed:
        low, high = allowed.start, allowed.stop - 1
        raise InvalidInput(field, reason=f"{low} to {high} characters", reason_zh=f"长度应为{low}至{high}个字符")
    return text
