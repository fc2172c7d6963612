"""What a home page must be beyond the form of its fields. Pure."""

import re

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.service_accounts.contracts.accounts import PortalForm
from hongyan.rooms.service_accounts.rules.texts import check_shown, check_units

_TEL = re.compile(r"[0-9]+-?[0-9]+", re.ASCII)
_APP_NAME = re.compile(r"((?![\s*\-]).){1,15}")
_APP_LINK = re.compile(r"hap://app/[^\s]*")


def check_portal(form: PortalForm) -> None:
    """Check hotlines and quick apps.

    Raises:
        InvalidInput: names the field.
    """
    check_shown("summary", form.summary.replace("\n", " "))
    for number, tel in enumerate(form.tels):
        if not _TEL.fullmatch(tel.tel):
            raise InvalidInput(
                f"tels.{number}.tel",
                reason="digits with at most one hyphen between them are needed",
                reason_zh="只能包含数字和“-”，且开头和结尾必须为数字",
            )
        check_units(f"tels.{number}.usage", tel.usage, 30)
    for number, app in enumerate(form.fastapps):
        field = f"fastapps.{number}"
        check_units(f"{field}.name", app.name, 30)
        if not _APP_NAME.fullmatch(app.name):
            raise InvalidInput(
                f"{field}.name",
                reason="1 to 15 characters without blanks, * and -",
                reason_zh="不能包含空格、*、-，最多 15 个字符",
            )
        check_units(f"{field}.description", app.description, 38)
        if not _APP_LINK.fullmatch(app.deeplink):
            raise InvalidInput(
                f"{field}.deeplink", reason="must begin with hap://app/", reason_zh="必须以 hap://app/ 开头"
            )
        check_units(f"{field}.depend_engine_version", app.engine_version, 50)
