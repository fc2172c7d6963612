from datetime import timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import InvalidInput, NotFound
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.short_links.contracts import (
    DomainKind,
    DomainState,
    LinkKind,
    LinkPayload,
    LinkRange,
    LinkState,
    RangeRequest,
    Tap,
    TapBatch,
)
from hongyan.rooms.short_links.errors import ChunkDiffers, CodesExhausted, CodeTaken, DomainExists, DomainUnusable
from hongyan.rooms.short_links.service import ShortLinksService

TENANT = TenantId("00000000-0000-4000-8000-000000000001")
OTHER = TenantId("00000000-0000-4000-8000-000000000002")
TASK = TaskId("00000000-0000-4000-8000-0000000000aa")
PRESET = "km.example:8081"


def wish(count: int = 3, **changes: object) -> RangeRequest:
    fields: dict[str, object] = {"count": count, "valid_for": timedelta(days=7), "signatures": ("鸿雁",)}
    return RangeRequest(**(fields | changes))  # type: ignore[arg-type]


async def allocate(db: Database, service: ShortLinksService, request: RangeRequest) -> tuple[LinkRange, list[str]]:
    async with db.begin() as uow:
        made = await service.allocate_range(uow, TENANT, request)
        return made, await service.codes(uow, made)


async def test_codes_lead_back_to_their_links(db: Database, service: ShortLinksService, clock: FrozenClock) -> None:
    request = wish(
        released_at=clock.now(),
        card_template_id=CardTemplateId("600000001"),
        jump_url="https://shop.example/sale",
        payloads={1: LinkPayload("https://shop.example/me?u=甲", {"param1": "张三"})},
    )
    made, codes = await allocate(db, service, request)
    views = [await service.find_link(code) for code in codes]
    assert [view.offset for view in views if view] == [0, 1, 2]
    assert {view.range_id for view in views if view} == {made.range_id}
    assert [view.jump_url for view in views if view] == [
        "https://shop.example/sale",
        "https://shop.example/me?u=%E7%94%B2",
        "https://shop.example/sale",
    ]
    assert views[1] is not None
    assert views[1].params == {"param1": "张三"}
    assert (views[1].state, views[1].link) == (LinkState.ACTIVE, f"{PRESET}/{codes[1]}")


async def test_a_task_gets_the_same_links_again_for_the_same_chunk(db: Database, service: ShortLinksService) -> None:
    first, _ = await allocate(db, service, wish(task_id=TASK, chunk_no=4))
    again, _ = await allocate(db, service, wish(task_id=TASK, chunk_no=4))
    other, _ = await allocate(db, service, wish(task_id=TASK, chunk_no=5))
    assert again == first
    assert other.first_no >= first.first_no + first.count
    with pytest.raises(ChunkDiffers):
        await allocate(db, service, wish(4, task_id=TASK, chunk_no=4))
    async with db.begin() as uow:
        assert await service.list_ranges(uow, TENANT, TASK) == (first, other)
        assert await service.list_ranges(uow, OTHER, TASK) == ()


async def test_numbers_of_a_rolled_back_range_are_never_given_out_again(
    db: Database, service: ShortLinksService
) -> None:
    async def fail() -> None:
        async with db.begin() as uow:
            made = await service.allocate_range(uow, TENANT, wish())
            lost.extend(await service.codes(uow, made))
            raise RuntimeError

    lost: list[str] = []
    with pytest.raises(RuntimeError):
        await fail()
    _, codes = await allocate(db, service, wish())
    assert not set(codes) & set(lost)
    assert [await service.find_link(code) for code in lost] == [None] * 3


async def test_validity_of_a_chunk_counts_from_its_release(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    made, codes = await allocate(db, service, wish(task_id=TASK, valid_for=timedelta(days=1)))
    view = await service.find_link(codes[0])
    assert view is not None
    assert (view.state, view.expires_at) == (LinkState.UNRELEASED, None)
    clock.advance(timedelta(days=3))
    released_at = clock.now()
    async with db.begin() as uow:
        expires_at = await service.release_range(uow, TENANT, made.range_id, released_at)
    assert expires_at == released_at + timedelta(days=1)
    clock.advance(timedelta(days=1) - timedelta(seconds=1))
    async with db.begin() as uow:
        assert await service.release_range(uow, TENANT, made.range_id, clock.now()) == expires_at
    assert [await state(service, codes[0])] == [LinkState.ACTIVE]
    clock.advance(timedelta(seconds=1))
    assert [await state(service, codes[0])] == [LinkState.EXPIRED]


async def state(service: ShortLinksService, code: str) -> LinkState | None:
    view = await service.find_link(code)
    return view.state if view else None


async def test_what_is_taken_back_is_dead_in_every_process_after_its_next_look(
    db: Database, service: ShortLinksService, clock: FrozenClock, ring: KeyRing
) -> None:
    elsewhere = ShortLinksService(db, clock=clock, keys=ring)
    made, codes = await allocate(db, service, wish(released_at=clock.now()))
    assert await state(elsewhere, codes[0]) is LinkState.ACTIVE
    async with db.begin() as uow:
        await service.close_range(uow, TENANT, made.range_id)
    clock.advance(timedelta(seconds=1))
    assert await state(elsewhere, codes[0]) is LinkState.CLOSED
    assert await state(service, codes[0]) is LinkState.CLOSED


async def test_others_ranges_are_not_there(db: Database, service: ShortLinksService, clock: FrozenClock) -> None:
    made, _ = await allocate(db, service, wish())
    async with db.begin() as uow:
        for door in (
            service.release_range(uow, OTHER, made.range_id, clock.now()),
            service.close_range(uow, OTHER, made.range_id),
            service.get_range(uow, OTHER, made.range_id),
        ):
            with pytest.raises(NotFound):
                await door


async def test_two_generations_never_share_a_code_and_old_ones_stay_valid(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    async with db.begin() as uow:
        (domain,) = await service.list_domains(uow, TENANT)
    _, old = await allocate(db, service, wish(200, released_at=clock.now()))
    async with db.begin() as uow:
        await service.rotate_generation(uow, domain.domain_id)
    clock.advance(timedelta(seconds=1))
    _, new = await allocate(db, service, wish(200, released_at=clock.now()))
    assert len(set(old) | set(new)) == 400
    assert {len(code) for code in old} == {7}
    assert {len(code) for code in new} == {8}
    assert {await state(service, code) for code in old + new} == {LinkState.ACTIVE}
    async with db.begin() as uow:
        with pytest.raises(InvalidInput):
            await service.rotate_generation(uow, domain.domain_id, length=7)


async def test_generations_of_one_length_have_their_own_first_characters(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    async with db.begin() as uow:
        domain = await service.create_domain(uow, TENANT, "go.example", DomainKind.STANDARD, state=DomainState.ACTIVE)
        await service.rotate_generation(uow, domain.domain_id, length=8, first_chars="abc")
        await service.rotate_generation(uow, domain.domain_id, length=8)
    clock.advance(timedelta(seconds=1))
    _, codes = await allocate(db, service, wish(50, domain="GO.example."))
    assert {len(code) for code in codes} == {8}
    assert not {code[0] for code in codes} & set("abc")


async def test_a_domain_is_for_its_tenant_its_kind_and_its_state(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    async with db.begin() as uow:
        waiting = await service.create_domain(uow, TENANT, "wait.example", DomainKind.STANDARD)
        await service.create_domain(uow, OTHER, "other.example", DomainKind.STANDARD, state=DomainState.ACTIVE)
        await service.create_domain(uow, TENANT, "mine.example", DomainKind.CUSTOM, state=DomainState.ACTIVE)
        with pytest.raises(DomainExists):
            await service.create_domain(uow, OTHER, "Mine.Example", DomainKind.CUSTOM)
    for name in ("wait.example", "other.example", "mine.example", "nowhere.example"):
        with pytest.raises(DomainUnusable):
            await allocate(db, service, wish(domain=name))
    async with db.begin() as uow:
        await service.set_domain_state(uow, waiting.domain_id, DomainState.ACTIVE)
    _, codes = await allocate(db, service, wish(domain="wait.example", released_at=clock.now()))
    view = await service.find_link(codes[0], "wait.example")
    assert view is not None
    assert view.link == f"wait.example/{codes[0]}"
    assert await service.find_link(codes[0]) is None, "the preset domain has its own key"
    async with db.begin() as uow:
        await service.set_domain_state(uow, waiting.domain_id, DomainState.DISABLED)
    view = await service.find_link(codes[0], "wait.example")
    assert view is not None
    assert view.state is LinkState.CLOSED


async def test_chosen_codes_are_byte_exact_and_unique_on_their_domain(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    async with db.begin() as uow:
        await service.create_domain(uow, TENANT, "vip.example", DomainKind.CUSTOM, state=DomainState.ACTIVE)
        request = wish(2, domain="vip.example", released_at=clock.now())
        made = await service.allocate_custom(uow, TENANT, request, ["Sale11", "sale11"])
        assert await service.codes(uow, made) == ["Sale11", "sale11"]
    found = [await service.find_link(code, "vip.example") for code in ("Sale11", "sale11", "SALE11")]
    assert [view and view.offset for view in found] == [0, 1, None]
    for codes in (["fresh1", "Sale11"], ["twice1", "twice1"]):
        with pytest.raises(CodeTaken):
            async with db.begin() as uow:
                await service.allocate_custom(uow, TENANT, request, codes)
    assert await service.find_link("fresh1", "vip.example") is None, "half-written"
    with pytest.raises(InvalidInput):
        async with db.begin() as uow:
            await service.allocate_custom(uow, TENANT, request, ["ab", "abc"])


async def test_of_some_chosen_codes_those_that_are_free_are_given_out(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    async with db.begin() as uow:
        await service.create_domain(uow, TENANT, "vip.example", DomainKind.CUSTOM, state=DomainState.ACTIVE)
        request = wish(3, domain="vip.example", released_at=clock.now())
        _, taken = await service.claim_custom(uow, TENANT, request, ["zeta1", "alpha1", "mid1"])
        assert taken == frozenset()
        again, taken = await service.claim_custom(uow, TENANT, request, ["fresh1", "alpha1", "zeta1"])
        assert taken == {"alpha1", "zeta1"}
    found = [await service.find_link(code, "vip.example") for code in ("zeta1", "alpha1", "mid1", "fresh1")]
    assert [view and view.offset for view in found] == [0, 1, 2, 0]
    assert found[3] is not None
    assert found[3].range_id == again.range_id


async def test_as_many_codes_are_chosen_at_once_as_a_file_has_rows(db: Database, service: ShortLinksService) -> None:
    async with db.begin() as uow:
        await service.create_domain(uow, TENANT, "own.example", DomainKind.CUSTOM, state=DomainState.ACTIVE)
        codes = [f"c{no:05d}" for no in range(30_000)]
        request = wish(len(codes), domain="own.example")
        made, taken = await service.claim_custom(uow, TENANT, request, codes)
        assert not taken
        assert await service.codes(uow, made) == codes


async def test_whose_a_link_is(db: Database, service: ShortLinksService, clock: FrozenClock) -> None:
    _, codes = await allocate(db, service, wish(released_at=clock.now()))
    assert await service.find_owner(PRESET, codes[0]) == TENANT
    assert await service.find_owner(PRESET, "no such code") is None
    assert await service.find_owner("elsewhere.example", codes[0]) is None


async def test_a_rejected_domain_may_be_handed_in_again_by_its_tenant(db: Database, service: ShortLinksService) -> None:
    async with db.begin() as uow:
        first = await service.hand_in_domain(uow, TENANT, "Own.Example", DomainKind.STANDARD)
        assert first.state is DomainState.REVIEWING
        with pytest.raises(DomainExists):
            await service.hand_in_domain(uow, TENANT, "own.example", DomainKind.STANDARD)
        await service.set_domain_state(uow, first.domain_id, DomainState.REJECTED)
        for tenant_id, kind in ((OTHER, DomainKind.STANDARD), (TENANT, DomainKind.CUSTOM)):
            with pytest.raises(DomainExists):
                await service.hand_in_domain(uow, tenant_id, "own.example", kind)
        again = await service.hand_in_domain(uow, TENANT, "own.example", DomainKind.STANDARD)
        assert (again.domain_id, again.state) == (first.domain_id, DomainState.REVIEWING)
        with pytest.raises(NotFound):
            await service.get_domain(uow, OTHER, first.domain_id)


async def test_what_stands_above_and_below_a_domain_is_one_tenants_or_public(
    db: Database, service: ShortLinksService
) -> None:
    async def register(tenant_id: TenantId, name: str) -> bool:
        try:
            async with db.begin() as uow:
                await service.hand_in_domain(uow, tenant_id, name, DomainKind.STANDARD)
        except DomainExists:
            return False
        return True

    # below a public host each level has one owner, to its end
    async with db.begin() as uow:
        await service.create_domain(uow, None, "pub.cn", DomainKind.STANDARD)
    assert await register(TENANT, "pub.cn/a1")
    assert not await register(OTHER, "pub.cn/a1/b2")
    assert await register(TENANT, "pub.cn/a1/b2")
    assert await register(OTHER, "pub.cn/a/b2")
    assert not await register(TENANT, "pub.cn/a")
    # and whoever has levels keeps others from the host above them, but not from its neighbours
    assert await register(TENANT, "x.cn/a1")
    assert not await register(OTHER, "x.cn")
    assert await register(OTHER, "x.cn.example")
    assert await register(OTHER, "x.cn/a2")
    assert not await register(TENANT, "x.cn")
    # what was turned down keeps nobody away, and does not come back where others are meanwhile
    async with db.begin() as uow:
        mine = {one.name: one.domain_id for one in await service.list_domains(uow, TENANT)}
        await service.set_domain_state(uow, mine["x.cn/a1"], DomainState.REJECTED)
    assert await register(OTHER, "x.cn")
    assert not await register(TENANT, "x.cn/a1")


async def test_after_a_restore_nothing_is_given_out_twice(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    before, _ = await allocate(db, service, wish(released_at=clock.now()))
    async with db.begin() as uow:
        assert await service.jump_counters(uow) == 1
    after, codes = await allocate(db, service, wish(released_at=clock.now()))
    assert after.first_no >= before.first_no + before.count + 10**9
    assert after.range_id > before.range_id + 10**9
    assert await state(service, codes[0]) is LinkState.ACTIVE


async def test_a_generation_without_numbers_says_so(db: Database, service: ShortLinksService) -> None:
    async with db.begin() as uow:
        await service.jump_counters(uow, 62**7 - 2)
    with pytest.raises(CodesExhausted):
        await allocate(db, service, wish(3))


async def test_a_stretch_with_a_path_of_our_own_is_left_out(db: Database, service: ShortLinksService) -> None:
    async with db.begin() as uow:
        (domain,) = await service.list_domains(uow, TENANT)
        generation = await service.directory.find_active_generation(domain.domain_id)
        assert generation is not None
        number = generation.space.find_number("metrics")
        assert number is not None
        await service.jump_counters(uow, number - 3)
    made, codes = await allocate(db, service, wish(10))
    assert made.first_no > number
    assert "metrics" not in codes


async def test_keys_are_sealed_again_without_changing_a_code(
    db: Database, service: ShortLinksService, clock: FrozenClock, ring: KeyRing
) -> None:
    made, codes = await allocate(db, service, wish())
    rotated = ring.rotated()
    async with db.begin() as uow:
        assert await service.reseal_keys(uow, rotated) == 1
    only_new = KeyRing({rotated.active_id: rotated._keys[rotated.active_id]})
    async with db.begin() as uow:
        assert await ShortLinksService(db, clock=clock, keys=only_new).codes(uow, made) == codes


async def test_taps_are_counted_once_however_often_the_bus_repeats_them(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    made, _ = await allocate(db, service, wish(released_at=clock.now()))
    at_ms = int(clock.now().timestamp() * 1000)
    taps = [Tap(made.range_id, 2, at_ms, 0), Tap(made.range_id, 2, at_ms + 500, 0), Tap(made.range_id, 0, at_ms, 1)]
    strangers = [Tap(made.range_id + 1, 0, at_ms, 0), Tap(made.range_id, 3, at_ms, 0)]
    folded = []
    for batch in (TapBatch("a", at_ms, taps + strangers), TapBatch("a", at_ms, taps), TapBatch("b", at_ms, taps[:1])):
        async with db.begin() as uow:
            folded.append(await service.fold_taps(uow, batch))
    assert folded == [True, False, True]
    async with db.begin() as uow:
        found = await service.taps(uow, TENANT, made)
        assert await service.taps(uow, OTHER, made) == {}
    assert {offset: one.taps for offset, one in found.items()} == {0: 1, 2: 3}
    assert found[2].last_at - found[2].first_at == timedelta(milliseconds=500)


async def test_days_are_dropped_when_their_last_link_is_long_expired(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    request = wish(released_at=clock.now(), payloads={0: LinkPayload(params={"a": "b"})})
    made, codes = await allocate(db, service, request)
    clock.advance(timedelta(days=8))
    async with db.begin() as uow:
        assert await service.drop_expired(uow) == []
    assert (await service.find_link(codes[0])) is not None
    clock.advance(timedelta(days=7))
    async with db.begin() as uow:
        dropped = await service.drop_expired(uow)
    assert dropped == ["short_links_payloads_20261122", "short_links_tap_batches_20261122"]
    assert made.has_payloads
    again, _ = await allocate(db, service, wish(payloads={0: LinkPayload(params={"a": "b"})}))
    assert again.created_at == clock.now()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 1_000_001}, "count"),
        ({"valid_for": timedelta(hours=23)}, "expiration_time"),
        ({"valid_for": timedelta(days=8)}, "expiration_time"),
        ({"signatures": ()}, "sms_signs"),
        ({"signatures": tuple("abcdef")}, "sms_signs"),
        ({"resolve_limit": 2}, "resolving_times"),
        ({"kind": LinkKind.GROUP}, "resolving_times"),
        ({"kind": LinkKind.GROUP, "resolve_limit": 2, "payloads": {0: LinkPayload(params={"a": "b"})}}, "dync_params"),
        ({"payloads": {3: LinkPayload()}}, "payloads"),
        ({"jump_url": "ftp://x.example/"}, "custom_url"),
        ({"payloads": {0: LinkPayload("javascript:alert(1)")}}, "custom_url"),
    ],
)
async def test_a_wish_that_breaks_a_rule_is_refused(
    db: Database, service: ShortLinksService, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await allocate(db, service, wish(**changes))  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_group_links_live_180_days(db: Database, service: ShortLinksService, clock: FrozenClock) -> None:
    request = wish(1, kind=LinkKind.GROUP, resolve_limit=2, valid_for=timedelta(days=180), released_at=clock.now())
    made, _ = await allocate(db, service, request)
    assert made.expires_at == clock.now() + timedelta(days=180)


async def test_the_preset_domain_may_change_and_old_links_stay(
    db: Database, service: ShortLinksService, clock: FrozenClock
) -> None:
    _, old = await allocate(db, service, wish(released_at=clock.now()))
    async with db.begin() as uow:
        await service.ensure_preset_domain(uow, "new.example")
        await service.ensure_preset_domain(uow, "new.example")
    made, _ = await allocate(db, service, wish())
    assert made.domain == "new.example"
    view = await service.find_link(old[0], PRESET)
    assert view is not None
    async with db.begin() as uow:
        await service.create_domain(uow, TENANT, "vip.example", DomainKind.CUSTOM)
        with pytest.raises(DomainUnusable):
            await service.ensure_preset_domain(uow, "vip.example")
