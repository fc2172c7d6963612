from datetime import timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden
from hongyan.rooms.identity.contracts import Actor, AuditFilter, Role, system_actor
from hongyan.rooms.identity.service.door import AUDIT_KEPT, IdentityService
from support.identity import found_household

SYSTEM = system_actor()


async def test_a_tenant_reads_its_own_log_and_operators_all(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    swan = await found_household(uow, identity, "swan", number=1)
    for house in (goose, swan):
        await identity.note(
            uow, house.actor, "send_task.pause", subject_kind="task", subject_id=house.tenant.short_name
        )

    async def subjects(actor: Actor) -> list[str]:
        page = await identity.audit.list_entries(uow, actor, action="send_task.pause")
        return [entry.subject_id for entry in page.items]

    assert await subjects(goose.actor) == ["goose"]
    assert await subjects(swan.actor) == ["swan"]
    operator = Actor(None, SYSTEM.user_id, "op", frozenset({Role.PLATFORM_OPERATOR}), "console")
    assert await subjects(operator) == ["swan", "goose"]
    developer = Actor(goose.tenant.id, goose.admin.id, "dev", frozenset({Role.DEVELOPER}), "aksk")
    with pytest.raises(Forbidden):
        await subjects(developer)


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        ("-admin", ["swan", "goose"]),
        ("goose/", ["goose"]),
        ("Swan/SWAN-adm", ["swan"]),
        ("swan/goose-admin", []),
        ("nobody/admin", []),
        ("%/admin", []),
    ],
)
async def test_people_are_found_by_account_and_name(
    uow: Uow, identity: IdentityService, user: str, seen: list[str]
) -> None:
    for number, name in enumerate(("goose", "swan")):
        house = await found_household(uow, identity, name, number=number)
        await identity.note(uow, house.actor, "x.y", subject_kind="x", subject_id=name)
    operator = Actor(None, SYSTEM.user_id, "op", frozenset({Role.PLATFORM_OPERATOR}), "console")
    wanted = AuditFilter(action="x.y", user_name=user)
    page = await identity.audit.find_entries(uow, operator, wanted, offset=0, limit=10)
    assert ([entry.subject_id for entry in page.items], page.total) == (seen, len(seen))


async def test_entries_are_filtered_paged_and_kept_three_years(uow, identity, clock: FrozenClock) -> None:
    goose = await found_household(uow, identity)
    actor = Actor(goose.tenant.id, goose.admin.id, "admin", goose.admin.roles, "console", "192.0.2.7", "req-1")
    start = clock.now()
    for number in range(3):
        clock.advance(timedelta(minutes=1))
        await identity.note(uow, actor, "x.y", subject_kind="x", subject_id=str(number), after={"n": number})
    page = await identity.audit.list_entries(uow, actor, action="x.y", offset=1, limit=1)
    assert page.total == 3
    (entry,) = page.items
    assert (entry.subject_id, entry.after, entry.before) == ("1", {"n": 1}, None)
    assert (entry.address, entry.request_id, entry.user_name) == ("192.0.2.7", "req-1", "admin")
    begin, end = start + timedelta(minutes=1), start + timedelta(minutes=3)
    within = await identity.audit.list_entries(uow, actor, user_id=goose.admin.id, begin=begin, end=end, action="x.y")
    assert [one.subject_id for one in within.items] == ["1", "0"]
    clock.advance(AUDIT_KEPT - timedelta(minutes=1))
    await identity.sweep(uow)
    kept = await identity.audit.list_entries(uow, actor)
    assert [one.subject_id for one in kept.items] == ["2", "1"]
