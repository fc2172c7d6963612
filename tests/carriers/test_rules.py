"""Segments, routes and the vocabulary of trouble."""

from datetime import UTC, datetime

import pytest

from hongyan.kernel.ids import AccountId, SignatureId, TenantId
from hongyan.rooms.carriers.contracts import Account, Carrier, Protocol, SignatureChannel, TroubleKind
from hongyan.rooms.carriers.rules.routing import Router, carrier_of
from hongyan.rooms.carriers.rules.trouble import trouble_of_result, trouble_of_stat
from hongyan.rooms.carriers.service import explain_code

CHANNEL = SignatureChannel(TenantId("t"), SignatureId("s"), "10001", "1069000010001")


def account(
    number: int, carrier: Carrier, *, rate: int | None = None, serves: tuple[str, ...] | None = None
) -> Account:
    return Account(
        account_id=AccountId(number),
        name=f"a{number}",
        protocol=Protocol.CMPP30,
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
        is_enabled=True,
        serves=serves,
        changed_at=datetime(2026, 11, 22, tzinfo=UTC),
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
    assert (explain_code("13") or trouble_of_stat("x")).kind is TroubleKind.BAD_NUMBER
    assert (explain_code("MK:0012") or trouble_of_stat("x")).kind is TroubleKind.UNREACHABLE
    assert (explain_code("2003") or trouble_of_stat("x")).kind is TroubleKind.BAD_NUMBER
