from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from support.accounts import file_for_accounts
from support.doors import (
    Company,
    approve_all,
    credit_code,
    file_papers,
    filing_state,
    found_company,
    reviewer,
    unique,
    until,
)
from support.installation import Installation
from support.sms_house import SmsHouse, sms_house


@pytest.fixture
async def sms(db: Database, tmp_path: Path) -> AsyncIterator[SmsHouse]:
    """A company that has filed, served to the vendor's client."""
    async with sms_house(db, tmp_path) as house:
        yield house


@pytest.fixture(scope="session")
def spare(installation: Installation) -> Company:
    """A company of the running installation to which anything may happen, as often as a machine can ask."""
    domain = unique("spare")
    company = found_company(installation, "大雁测试公司", domain, credit_code())
    file_papers(company)
    file_for_accounts(company)
    company.console().act("POST", "/services/basic/open")
    approve_all(reviewer(installation))
    until("the filing is approved", lambda: filing_state(company) == "approved")
    free = ("--total", "0", "--send", "0", "--upload", "0", "--list", "0")
    done = installation.hongyan("limits", "set", domain, *free)
    assert done.returncode == 0, done.stderr
    return company
