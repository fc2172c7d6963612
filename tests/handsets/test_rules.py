"""Pure rules: masks and proofs."""

from datetime import UTC, datetime, timedelta

import pytest

from hongyan.rooms.handsets import rules
from hongyan.rooms.handsets.contracts import Capability, CardEventKind, Vendor

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HW, OPPO = Vendor.HUAWEI.bit, Vendor.OPPO.bit


@pytest.mark.parametrize(
    ("asked", "capable", "wanted", "flag"),
    [
        (HW, HW, HW, Capability.YES),
        (HW, 0, HW, Capability.NO),
        (0, 0, HW, Capability.UNKNOWN),
        (HW, 0, HW | OPPO, Capability.UNKNOWN),
        (HW, HW, HW | OPPO, Capability.YES),
        (HW | OPPO, HW, OPPO, Capability.NO),
    ],
)
def test_a_number_is_decided_by_the_wanted_vendors(asked: int, capable: int, wanted: int, flag: Capability) -> None:
    assert rules.flag_of(asked, capable, wanted) is flag


def test_every_vendor_has_its_own_bit() -> None:
    assert rules.mask_of(frozenset(Vendor)) == 0b111111
    assert rules.mask_of(frozenset()) == 0


def test_the_documents_example_can_be_signed_by_hand() -> None:
    signature = rules.sign(
        b"secret",
        method="post",
        path="/handset/v1/resolve",
        timestamp="1795334400",
        nonce="5f1e0c6a2b7d4e909c1b",
        body=b"{}",
    )
    # Made with openssl dgst -sha256 -hmac over the six lines of the document.
    assert signature == "62e9b217aaecc81b6374c2df67e972859b7bf104f6d36a8aa9a0136b7e5b3cc7"


def test_hashes_are_those_of_the_digits_with_country_code() -> None:
    sha256, sha1 = rules.digests_of("8613800138000")
    assert sha1 == "d08d34f991404450e729a04a72d2b48d299dc69d"
    assert sha256 == "bf08aacce7f9b2452863cf99373043c3333f0e3127f1f787c4abb46ab6cf2b83"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({rules.HEADER_TIME: "soon"}, "malformed"),
        ({rules.HEADER_TIME: "٣"}, "malformed"),
        ({rules.HEADER_NONCE: "short"}, "malformed"),
        ({rules.HEADER_SIGNATURE: "é" * 64}, "signature"),
        ({rules.HEADER_SIGNATURE: ""}, "signature"),
    ],
)
def test_a_proof_is_read_strictly(change: dict[str, str], reason: str | None) -> None:
    call = {"method": "POST", "path": "/x?y=1", "body": b"{}"}
    headers = rules.signed_headers("key", b"secret", now=NOW, nonce="n" * 16, **call) | change
    assert rules.why_not_proven(b"secret", headers, now=NOW + timedelta(minutes=5), **call) == reason


@pytest.mark.parametrize(
    ("kind", "is_first", "expected"),
    [
        (CardEventKind.RENDERED, True, {"resolved": 1}),
        (CardEventKind.RENDERED, False, {"resolved": 0}),
        (CardEventKind.EXPOSED, True, {"exposed_people": 1, "exposed_times": 1}),
        (CardEventKind.CLICKED, False, {"clicked_people": 0, "clicked_times": 1}),
    ],
)
def test_people_count_once_and_times_every_time(kind: CardEventKind, is_first: bool, expected: dict[str, int]) -> None:
    assert dict(rules.counts_of(kind, is_first=is_first)) == expected


def test_an_event_counts_in_its_hour_unless_the_handsets_clock_is_ahead() -> None:
    now = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert rules.hour_of(now - timedelta(minutes=31), now) == datetime(2026, 11, 23, 0, tzinfo=UTC)
    assert rules.hour_of(now + timedelta(days=3), now) == datetime(2026, 11, 23, 1, tzinfo=UTC)
