import pytest

from hongyan.rooms.short_links.rules.throttle import GuessCounter, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113"),
        ("::ffff:203.0.113.7", "203.0.113"),
        ("2001:db8:1:2ff:3::1", "20010db8000102"),
        ("fe80::1%eth0", "fe800000000000"),
        ("not an address", "not an address"),
        ("", ""),
    ],
)
def test_neighbours_share_a_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_twenty_a_minute_are_free() -> None:
    guesses = GuessCounter()
    assert [guesses.note_unknown("a", float(n)) for n in range(20)] == [0] * 20
    assert [guesses.note_unknown("a", 20.0), guesses.note_unknown("a", 59.9)] == [1, 2]
    assert guesses.note_unknown("b", 30.0) == 0
    assert guesses.note_unknown("a", 60.0) == 0


def test_only_the_networks_seen_last_are_remembered() -> None:
    guesses = GuessCounter(limit=1, capacity=2)
    for network in "abca":
        assert guesses.note_unknown(network, 0.0) == 0
    assert guesses.note_unknown("a", 0.0) == 1
