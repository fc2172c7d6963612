"""Signed-in sessions of the console for tests of a room's endpoints: an administrator, a reader, and another company."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import APIRouter

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from support.identity import PASSWORD, Household, found_household, identity_app
from support.server import serving


@dataclass(frozen=True, slots=True)
class Sessions:
    """Browsers at ``/console/api``; ``company`` is that of ``admin``, ``reader`` and ``developer``."""

    company: Household
    admin: httpx.AsyncClient
    reader: httpx.AsyncClient
    developer: httpx.AsyncClient
    other: httpx.AsyncClient


async def signed_in(url: str, name: str, language: str = "en") -> httpx.AsyncClient:
    """Return a browser at ``/console/api`` with the session of somebody whose password is that of all tests."""
    browser = httpx.AsyncClient(base_url=f"{url}/console/api", headers={"Accept-Language": language}, timeout=30)
    answer = await browser.post("/session", json={"user": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return browser


async def found_companies(db: Database, identity: IdentityService, company: Household | None = None) -> Household:
    """Make a company (unless it is there) with three people and another one; return the first."""
    async with db.begin() as uow:
        company = company or await found_household(uow, identity)
        await found_household(uow, identity, "heron", number=1)
        for name, role in (("goose-reader", Role.READ_ONLY), ("goose-developer", Role.DEVELOPER)):
            new = NewUser(name, PASSWORD, frozenset({role}))
            await identity.people.create_user(uow, system_actor(company.tenant.id), company.tenant.id, new)
    return company


@asynccontextmanager
async def open_sessions(
    db: Database, identity: IdentityService, clock: Clock, company: Household, routers: Sequence[APIRouter]
) -> AsyncIterator[Sessions]:
    """Serve the routers and sign the people of :func:`found_companies` in."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(identity_app(db, identity, clock, console_routers=routers)))
        people = [
            await signed_in(url, name) for name in ("goose-admin", "goose-reader", "goose-developer", "heron-admin")
        ]
        for browser in people:
            stack.push_async_callback(browser.aclose)
        yield Sessions(company, *people)


def refused(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Return status, code and field of a refusal."""
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("field")
