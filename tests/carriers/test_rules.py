"""Segments, routes and the vocabulary of trouble."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.kernel.ids import AccountId, SignatureId, TenantId
from hongyan.rooms.carriers.contracts import (
    Account,
    Carrier,
    Flow,
    HealthState,
    Protocol,
    RouteVerdict,
    SignatureChannel,
    TroubleKind,
)
from hongyan.rooms.carriers.rules.explaining import explain
from hongyan.rooms.carriers.rules.routing import Router, carrier_of, is_unwell, reach_of
from hongyan.rooms.carriers.rules.standing_in import stand_in_shares, stand_ins, uncovered
from hongyan.rooms.carriers.rules.trouble import trouble_of_result, trouble_of_stat
from hongyan.rooms.carriers.service import explain_code, explain_result

CHANNEL = SignatureChannel(TenantId("t"), SignatureId("s"), "10001", "1069000010001")


def account(number: int, carrier: Carrier, *, rate: int | None = None, **more: Any) -> Account:
    values: dict[str, Any] = {"is_enabled": True, "serves": None, "protocol": Protocol.CMPP30} | more
    return Account(
        account_id=AccountId(number),
        name=f"a{number}",
        host="h",
        port=7890,
        login="901234",
        src_number=f"106900{number:02d}",
        carrier=carrier,
        rate_per_s=rate,
        window_pdus=16,
        connections=1,
        heartbeat_s=30,
        response_timeout_s=60,
        check_server_digest=True,
        changed_at=datetime(2026, 11, 22, tzinfo=UTC),
        **values,
    )


MOBILE, UNICOM, ANY = account(1, Carrier.MOBILE), account(2, Carrier.UNICOM), account(3, Carrier.ANY)


@pytest.mark.parametrize(
    ("phone", "carrier"),
    [
        ("8613800138000", Carrier.MOBILE),
        ("8613491234567", Carrier.TELECOM),
        ("8613401234567", Carrier.MOBILE),
        ("8618612345678", Carrier.UNICOM),
        ("8618912345678", Carrier.TELECOM),
        ("8617031234567", Carrier.MOBILE),
        ("8617041234567", Carrier.UNICOM),
        ("8617001234567", Carrier.TELECOM),
        ("8619212345678", Carrier.MOBILE),
        ("8615412345678", None),
        ("85291234567", None),
    ],
)
def test_segments_name_the_carrier(phone: str, carrier: Carrier | None) -> None:
    assert carrier_of(phone) == carrier


@pytest.mark.parametrize(
    ("accounts", "phone", "expected"),
    [
        ([MOBILE, UNICOM], "8613800138000", 1),
        ([MOBILE, UNICOM], "8618612345678", 2),
        ([MOBILE, UNICOM], "8618912345678", None),
        ([MOBILE, ANY], "8618912345678", 3),
        ([MOBILE, ANY], "8613800138000", 1),
        ([MOBILE], "8615412345678", 1),
        ([MOBILE], "85291234567", None),
        ([ANY], "85291234567", 3),
        ([MOBILE, account(4, Carrier.MOBILE, serves=("1069000010001",))], "8613800138000", 4),
        ([MOBILE, account(4, Carrier.MOBILE, serves=("999",))], "8613800138000", 1),
        ([UNICOM, account(4, Carrier.MOBILE, serves=("1069000010001",))], "8618612345678", 2),
        ([], "8613800138000", None),
    ],
)
def test_routes(accounts: list[Account], phone: str, expected: int | None) -> None:
    route = Router(accounts, CHANNEL, {}, {})(phone)
    assert (route and route.account_id) == expected


OURS = ("1069000010001",)


@pytest.mark.parametrize(
    ("accounts", "unwell", "expected"),
    [
        # Priority before cost before weight; a known cost before an unknown one.
        ([account(1, Carrier.MOBILE, priority=1, cost_milli=20), account(2, Carrier.MOBILE, cost_milli=40)], {}, {2}),
        ([account(1, Carrier.MOBILE, cost_milli=30), account(2, Carrier.MOBILE, cost_milli=40)], {}, {1}),
        ([account(1, Carrier.MOBILE), account(2, Carrier.MOBILE, cost_milli=40)], {}, {2}),
        ([account(1, Carrier.MOBILE, weight=5), account(2, Carrier.MOBILE, weight=5)], {}, {1, 2}),
        # The number's carrier before everybody's, whatever it costs; a signature's own before all.
        ([account(1, Carrier.ANY, cost_milli=1), account(2, Carrier.MOBILE, cost_milli=9, priority=9)], {}, {2}),
        ([account(1, Carrier.MOBILE), account(2, Carrier.ANY, serves=OURS, priority=9)], {}, {2}),
        # Well before down, but an account of the carrier that is down before everybody's: unless they are one group.
        ([account(1, Carrier.MOBILE), account(2, Carrier.MOBILE, priority=9)], {1}, {2}),
        ([account(1, Carrier.MOBILE), account(2, Carrier.ANY)], {1}, {1}),
        ([account(1, Carrier.MOBILE, group="g"), account(2, Carrier.ANY, group="g")], {1}, {2}),
        ([account(1, Carrier.MOBILE, group="g"), account(2, Carrier.ANY, group="h")], {1}, {1}),
        ([account(1, Carrier.MOBILE, group="g"), account(2, Carrier.UNICOM, group="g")], {1}, {1}),
        ([account(1, Carrier.MOBILE, group="g", serves=OURS), account(2, Carrier.MOBILE, group="g")], {1}, {2}),
        ([account(1, Carrier.MOBILE, group="g"), account(2, Carrier.ANY, group="g")], {1, 2}, {1}),
        # Draining and disabled accounts take nothing; all down: the first place waits.
        ([account(1, Carrier.MOBILE, flow=Flow.DRAINING), account(2, Carrier.ANY)], {}, {2}),
        ([account(1, Carrier.MOBILE, is_enabled=False), account(2, Carrier.ANY)], {}, {2}),
        ([account(1, Carrier.MOBILE, flow=Flow.DRAINING)], {}, set()),
        ([account(1, Carrier.MOBILE), account(2, Carrier.MOBILE, priority=9)], {1, 2}, {1}),
    ],
)
def test_the_order_in_which_accounts_are_asked(
    accounts: list[Account], unwell: set[AccountId], expected: set[int]
) -> None:
    router = Router(accounts, CHANNEL, {}, {}, unwell)
    routes = [router(f"86138{n:08d}") for n in range(50)]
    assert {route.account_id for route in routes if route is not None} == expected
    assert (None in routes) is (not expected)


@pytest.mark.parametrize(
    ("state", "age_s", "flow", "unwell"),
    [
        (HealthState.DOWN, 9.9, Flow.RUNNING, False),
        (HealthState.DOWN, 10, Flow.RUNNING, True),
        (HealthState.DEGRADED, 99, Flow.RUNNING, False),
        (HealthState.UP, 99, Flow.PAUSED, True),
        (None, 0, Flow.RUNNING, False),
    ],
)
def test_who_is_unwell(state: HealthState | None, age_s: float, flow: Flow, *, unwell: bool) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    noted = None if state is None else (state, now - timedelta(seconds=age_s))
    assert is_unwell(account(1, Carrier.ANY, flow=flow), noted, now) is unwell


ACCOUNTS = st.lists(
    st.builds(
        account,
        st.integers(1, 99),
        st.sampled_from(Carrier),
        rate=st.sampled_from([None, 10, 200]),
        serves=st.sampled_from([None, OURS, ("999",)]),
        is_enabled=st.sampled_from([True, True, True, False]),
        flow=st.sampled_from([Flow.RUNNING, Flow.RUNNING, *Flow]),
        priority=st.integers(0, 2),
        weight=st.sampled_from([None, 1, 7]),
        cost_milli=st.sampled_from([None, 30, 35]),
        group=st.sampled_from([None, "g", "h"]),
        protocol=st.sampled_from([Protocol.CMPP30, Protocol.SGIP12]),
    ),
    max_size=6,
    unique_by=lambda one: one.account_id,
)
PHONES = st.sampled_from(["8613800138000", "8618612345678", "8618912345678", "8615412345678", "85291234567"])


@given(ACCOUNTS, PHONES, st.sets(st.integers(1, 99)), st.sampled_from([None, Carrier.UNICOM]))
def test_the_explanation_is_what_planning_does(
    accounts: list[Account], phone: str, unwell: set[AccountId], moved: Carrier | None
) -> None:
    ported = {} if moved is None else {phone: moved}
    route = Router(accounts, CHANNEL, {}, ported, unwell)(phone)
    carrier = moved or carrier_of(phone)
    explained = explain(accounts, CHANNEL, reach_of(phone, carrier), unwell, phone)
    chosen = [one for one in explained if one.verdict is RouteVerdict.CHOSEN]
    assert [one.account_id for one in chosen] == ([route.account_id] if route else [])
    assert [one.src_id for one in chosen] == ([route.src_id] if route else [])
    assert explained[:1] == chosen[:1] or route is None
    assert len(explained) == len(accounts)
    if route is None:
        return
    taken = next(one for one in accounts if one.account_id == route.account_id)
    assert taken.is_enabled
    assert taken.flow is not Flow.DRAINING
    assert taken.carrier in {carrier, Carrier.ANY} or (carrier is None and phone.startswith("86"))
    assert taken.serves is None or OURS[0] in taken.serves
    assert 99.7 < sum(one.share_percent for one in explained) < 100.3


@given(ACCOUNTS, st.sets(st.integers(1, 99)))
def test_stand_ins_reach_all_that_the_failed_account_reaches(accounts: list[Account], unwell: set[AccountId]) -> None:
    for failed in accounts:
        others = stand_ins(failed, accounts, unwell)
        for other in others:
            assert other.group == failed.group is not None
            assert other.account_id not in {failed.account_id, *unwell}
            assert (other.is_enabled, other.flow) == (True, Flow.RUNNING)
            assert other.carrier in {failed.carrier, Carrier.ANY}
        shares = stand_in_shares(failed, others, CHANNEL)
        assert {route.account_id for _, route in shares} <= {
            other.account_id for other in others if other.serves is None or OURS[0] in other.serves
        }


@pytest.mark.parametrize(
    ("leaving", "others", "bare"),
    [
        (MOBILE, [], ["mobile"]),
        (MOBILE, [UNICOM], ["mobile"]),
        (MOBILE, [ANY], []),
        (MOBILE, [account(4, Carrier.MOBILE)], []),
        (MOBILE, [account(4, Carrier.MOBILE, flow=Flow.DRAINING)], ["mobile"]),
        (MOBILE, [account(4, Carrier.MOBILE, is_enabled=False)], ["mobile"]),
        (MOBILE, [account(4, Carrier.MOBILE, serves=OURS)], ["mobile"]),
        (MOBILE, [account(4, Carrier.ANY, protocol=Protocol.MM7)], ["mobile"]),
        (ANY, [MOBILE, UNICOM], ["telecom"]),
        (account(4, Carrier.MOBILE, serves=OURS), [], []),
    ],
)
def test_whose_numbers_lose_their_last_channel(leaving: Account, others: list[Account], bare: list[str]) -> None:
    assert uncovered(leaving, [leaving, *others]) == bare


def test_a_route_costs_about_a_microsecond() -> None:
    router = Router([account(n, Carrier.MOBILE, rate=n) for n in range(1, 9)], CHANNEL, {}, {})
    phones = [f"86138{n:08d}" for n in range(20_000)]
    begin = time.process_time()  # of this process alone: others may keep the machine busy
    for number in phones:
        router(number)
    assert (time.process_time() - begin) / len(phones) < 20e-6  # a scan of accounts per number is slower


def test_a_route_shows_the_signatures_number() -> None:
    route = Router([MOBILE], CHANNEL, {}, {})("8613800138000")
    assert route is not None
    assert route.src_id == "1069000110001"


def test_numbers_are_shared_out_by_rate_and_each_stays_where_it_is() -> None:
    router = Router([account(1, Carrier.ANY, rate=100), account(2, Carrier.ANY, rate=300)], CHANNEL, {}, {})
    phones = [f"86138{n:08d}" for n in range(4000)]
    found = [route.account_id for phone in phones if (route := router(phone))]
    assert 800 < found.count(AccountId(1)) < 1200
    again = [route.account_id for phone in phones if (route := router(phone))]
    assert found == again


def test_operators_change_segments_and_ported_numbers_go_first() -> None:
    router = Router([MOBILE, UNICOM], CHANNEL, {"154": Carrier.UNICOM}, {"8613800138000": Carrier.UNICOM})
    routes = [router(phone) for phone in ("8615412345678", "8613800138000")]
    assert [route and route.account_id for route in routes] == [2, 2]


@pytest.mark.parametrize(
    ("result", "kind", "is_retryable", "is_our_fault"),
    [
        (8, TroubleKind.THROTTLED, True, False),
        (3, TroubleKind.IN_DOUBT, False, False),
        (13, TroubleKind.BAD_NUMBER, False, False),
        (10, TroubleKind.BAD_CHANNEL, False, True),
        (6, TroubleKind.BAD_CONTENT, False, True),
        (150, TroubleKind.OTHER, False, False),
    ],
)
def test_results_in_our_words(result: int, kind: TroubleKind, is_retryable: bool, is_our_fault: bool) -> None:
    trouble = trouble_of_result(result)
    assert (trouble.kind, trouble.is_retryable, trouble.is_our_fault) == (kind, is_retryable, is_our_fault)
    assert trouble.carrier_code == str(result)
    assert trouble.zh
    assert trouble.en


@pytest.mark.parametrize(
    ("stat", "kind"),
    [
        ("UNDELIV", TroubleKind.UNREACHABLE),
        ("EXPIRED", TroubleKind.EXPIRED),
        ("MK:0012", TroubleKind.UNREACHABLE),
        ("MA:0054", TroubleKind.NETWORK),
        ("ID:0076", TroubleKind.BLOCKED),
        ("0054", TroubleKind.OTHER),
    ],
)
def test_stats_in_our_words(stat: str, kind: TroubleKind) -> None:
    assert trouble_of_stat(stat).kind is kind


def test_codes_of_messages_are_explained_by_their_shape() -> None:
    assert explain_code("DELIVRD") is None
    # what any carrier took is noted as 0, whatever its protocol calls success
    assert [explain_result(protocol, 0) for protocol in Protocol] == [None] * len(Protocol)
    assert (explain_code("13") or trouble_of_stat("x")).kind is TroubleKind.BAD_NUMBER
    assert (explain_code("MK:0012") or trouble_of_stat("x")).kind is TroubleKind.UNREACHABLE
    assert (explain_code("2003") or trouble_of_stat("x")).kind is TroubleKind.BAD_NUMBER


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("sgip:11", TroubleKind.THROTTLED),
        ("sgip:33", TroubleKind.THROTTLED),
        ("sgip:9", TroubleKind.IN_DOUBT),
        ("sgip:6", TroubleKind.BAD_NUMBER),
        ("sgip:27", TroubleKind.UNREACHABLE),
        ("sgip:200", TroubleKind.OTHER),
        ("smgp:1", TroubleKind.THROTTLED),
        ("smgp:12", TroubleKind.IN_DOUBT),
        ("smgp:47", TroubleKind.BAD_NUMBER),
        ("smgp:74", TroubleKind.REJECTED),
        ("smpp:0x0b", TroubleKind.BAD_NUMBER),
        ("smpp:0x58", TroubleKind.THROTTLED),
        ("smpp:0x14", TroubleKind.THROTTLED),
        ("smpp:0x01", TroubleKind.BAD_CONTENT),
        ("smpp:what", TroubleKind.OTHER),
        ("MA:0054", TroubleKind.NETWORK),
    ],
)
def test_codes_that_name_their_protocol(code: str, kind: TroubleKind) -> None:
    trouble = explain_code(code)
    assert trouble is not None
    assert (trouble.kind, trouble.carrier_code) == (kind, code)
