"""Routes as planning asks for them: few statements, health, ported numbers; explanations and stand-ins."""

import dataclasses
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import SignatureId
from hongyan.rooms.carriers.contracts import (
    Account,
    Carrier,
    Flow,
    Health,
    HealthState,
    NewAccount,
    Protocol,
    RouteVerdict,
)
from support.line import OTHER_TENANT, SIGNATURE, TENANT, SendingLine

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
NEW = NewAccount(
    name="mobile-1",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    secret="shared",
    src_number="10690001",
    carrier=Carrier.MOBILE,
    group="mobile",
)
MOVED, STAYED = "8613800138000", "8613800138001"


@pytest.fixture
def line(shared_db_url: str) -> SendingLine:
    return SendingLine(Database(shared_db_url), clock=FrozenClock(NOW))


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give the statements that reach the database, as they come."""
    seen: list[object] = []
    execute = psycopg.AsyncCursor.execute

    async def noting(cursor: psycopg.AsyncCursor[Any], query: Any, *args: Any, **more: Any) -> Any:
        seen.append(query)
        return await execute(cursor, query, *args, **more)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", noting)
    return seen


async def add(uow: Uow, line: SendingLine, name: str, src_number: str, **more: object) -> Account:
    new = dataclasses.replace(NEW, name=name, src_number=src_number, **more)  # type: ignore[arg-type]
    return await line.carriers.add_account(uow, new)


async def note(uow: Uow, line: SendingLine, account: Account, state: HealthState, *, for_s: float) -> None:
    since = NOW - timedelta(seconds=for_s)
    health = Health(account.account_id, "g", 1, state, "", "", since, NOW, 0, 1, None, 0.0, 0, 16, None)
    await line.carriers.note_health(uow, health)


async def way(uow: Uow, line: SendingLine, phone: str = STAYED) -> int | None:
    router = await line.carriers.router(uow, TENANT, SIGNATURE, [phone])
    route = router(phone) if router else None
    return route.account_id if route else None


async def test_what_is_down_for_ten_seconds_is_passed_over_until_it_is_back(uow: Uow, line: SendingLine) -> None:
    first = await add(uow, line, "mobile-1", "10690001")
    second = await add(uow, line, "mobile-2", "10690002", priority=1)
    await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    ways = [await way(uow, line)]
    for state, for_s in ((HealthState.DOWN, 9), (HealthState.DOWN, 10), (HealthState.UP, 0)):
        await note(uow, line, first, state, for_s=for_s)
        ways.append(await way(uow, line))
    await line.carriers.set_flow(uow, "mobile-1", Flow.PAUSED)
    ways.append(await way(uow, line))
    assert ways == [first.account_id, first.account_id, second.account_id, first.account_id, second.account_id]


async def test_many_signatures_cost_no_more_statements_than_one(
    uow: Uow, line: SendingLine, statements: list[object]
) -> None:
    await add(uow, line, "mobile-1", "10690001")
    keys = [(tenant, SignatureId(f"s{n}")) for n in range(5) for tenant in (TENANT, OTHER_TENANT)]
    for tenant_id, signature_id in keys:
        await line.carriers.provision_signature(uow, tenant_id, signature_id)
    statements.clear()
    unknown = (TENANT, SignatureId("without"))
    routers = await line.carriers.routers(uow, {key: [STAYED] for key in [*keys, unknown]})
    assert len(statements) == 2
    assert routers.pop(unknown) is None
    sources = {router(STAYED).src_id for router in routers.values() if router}  # type: ignore[union-attr]
    assert (len(sources), all(src.startswith("10690001") for src in sources)) == (10, True)


async def test_only_the_ported_numbers_asked_for_are_read(
    uow: Uow, line: SendingLine, statements: list[object]
) -> None:
    mobile = await add(uow, line, "mobile-1", "10690001")
    unicom = await add(uow, line, "unicom-1", "10690002", carrier=Carrier.UNICOM)
    await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    numbers = [(f"86139{n:08d}", Carrier.UNICOM) for n in range(3_000)]
    await line.carriers.import_ported(uow, [*numbers, (MOVED, Carrier.TELECOM), (MOVED, Carrier.UNICOM)])
    assert await line.carriers.count_ported(uow) == {Carrier.UNICOM: 3_001}
    phones = [MOVED, STAYED, *(phone for phone, _ in numbers), "85291234567"]
    statements.clear()
    router = await line.carriers.router(uow, TENANT, SIGNATURE, phones)
    # The key of the line is asked for once per process.
    assert len([query for query in statements if "kernel_tenant_keys" not in str(query)]) == 3
    assert router is not None
    found = Counter(route.account_id if (route := router(phone)) else None for phone in phones)
    assert found == {unicom.account_id: 3_001, mobile.account_id: 1, None: 1}
    # The list is taken over again, with numbers that went back.
    await line.carriers.import_ported(uow, [(MOVED, None), *[(phone, Carrier.TELECOM) for phone, _ in numbers[:10]]])
    assert await line.carriers.find_ported(uow, MOVED) is None
    assert await line.carriers.count_ported(uow) == {Carrier.UNICOM: 2_990, Carrier.TELECOM: 10}
    await line.carriers.clear_ported(uow)
    assert await line.carriers.count_ported(uow) == {}


async def test_segments_are_listed_with_those_set_here(uow: Uow, line: SendingLine) -> None:
    await line.carriers.set_segment(uow, "138", Carrier.TELECOM)
    await line.carriers.set_segment(uow, "154", Carrier.UNICOM)
    rows = {prefix: (carrier, is_own) for prefix, carrier, is_own in await line.carriers.list_segments(uow)}
    assert (rows["138"], rows["154"], rows["139"]) == (
        (Carrier.TELECOM, True),
        (Carrier.UNICOM, True),
        (Carrier.MOBILE, False),
    )
    assert await line.carriers.reset_segment(uow, "138")
    assert not await line.carriers.reset_segment(uow, "138")
    assert ("138", Carrier.MOBILE, False) in await line.carriers.list_segments(uow)


async def test_a_route_is_explained_account_by_account(uow: Uow, line: SendingLine) -> None:
    await add(uow, line, "mobile-1", "10690001")
    down = await add(uow, line, "mobile-2", "10690002", cost_milli=1)
    await add(uow, line, "any-1", "10690003", carrier=Carrier.ANY)
    await add(uow, line, "unicom-1", "10690004", carrier=Carrier.UNICOM)
    await add(uow, line, "draining", "10690005")
    await add(uow, line, "disabled", "10690006")
    await add(uow, line, "theirs", "10690007", serves=("1069999",))
    await add(uow, line, "video", "10690008", protocol=Protocol.MM7, listen_port=7960)
    await line.carriers.set_flow(uow, "draining", Flow.DRAINING)
    await line.carriers.set_enabled(uow, "disabled", is_enabled=False)
    await note(uow, line, down, HealthState.DOWN, for_s=60)
    await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    await line.carriers.set_ported(uow, MOVED, Carrier.UNICOM)
    told = await line.carriers.explain_route(uow, TENANT, SIGNATURE, STAYED)
    assert {one.name: one.verdict for one in told.accounts} == {
        "mobile-1": RouteVerdict.CHOSEN,
        "mobile-2": RouteVerdict.DOWN,
        "any-1": RouteVerdict.CARRIER_FIRST,
        "unicom-1": RouteVerdict.OTHER_CARRIER,
        "draining": RouteVerdict.DRAINING,
        "disabled": RouteVerdict.DISABLED,
        "theirs": RouteVerdict.OTHER_SIGNATURES,
        "video": RouteVerdict.OTHER_MEDIUM,
    }
    assert (told.segment_carrier, told.ported_carrier) == (Carrier.MOBILE, None)
    assert told.route is not None
    assert told.route.account_id == await way(uow, line)
    assert told.route.src_id == f"10690001{(told.channel_number or '')[8:]}"
    assert all(one.en and one.zh for one in told.accounts)
    moved = await line.carriers.explain_route(uow, TENANT, SIGNATURE, MOVED)
    assert (moved.accounts[0].name, moved.ported_carrier) == ("unicom-1", Carrier.UNICOM)
    media = await line.carriers.explain_route(uow, TENANT, None, STAYED, is_media=True)
    assert media.accounts[0].name == "video"
    nobody = await line.carriers.explain_route(uow, TENANT, SignatureId("without"), STAYED)
    assert (nobody.channel_number, nobody.route) == (None, None)


async def test_stand_ins_take_what_waits_for_each_signature_under_its_own_number(uow: Uow, line: SendingLine) -> None:
    failed = await add(uow, line, "mobile-1", "10690001")
    await add(uow, line, "mobile-2", "10690002", weight=1)
    third = await add(uow, line, "mobile-3", "10690003", weight=3)
    await add(uow, line, "other-group", "10690004", group="g")
    await add(uow, line, "unicom", "10690005", carrier=Carrier.UNICOM)
    await add(uow, line, "paused", "10690006")
    await line.carriers.set_flow(uow, "paused", Flow.PAUSED)
    number = await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
    assert [one.name for one in await line.carriers.stand_ins(uow, failed)] == ["mobile-2", "mobile-3"]
    keys = [(TENANT, SIGNATURE), (TENANT, SignatureId("without"))]
    routes = await line.carriers.stand_in_routes(uow, failed, keys)
    assert list(routes) == [(TENANT, SIGNATURE)]
    taken = Counter(routes[TENANT, SIGNATURE](batch).src_id for batch in range(400))
    extension = (number or "").removeprefix("10690001")
    assert taken == {f"10690002{extension}": 100, f"10690003{extension}": 300}
    await note(uow, line, third, HealthState.DOWN, for_s=30)
    assert [one.name for one in await line.carriers.stand_ins(uow, failed)] == ["mobile-2"]
    alone = dataclasses.replace(failed, group=None)
    assert await line.carriers.stand_ins(uow, alone) == []
    assert await line.carriers.stand_in_routes(uow, alone, keys) == {}
