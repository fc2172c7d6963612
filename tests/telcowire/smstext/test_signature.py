import pytest

from telcowire.smstext.signature import SignaturePlace, find_signature, place_signature


@pytest.mark.parametrize(("place", "text"), [("prefix", "【鸿雁】你好"), ("suffix", "你好【鸿雁】"), ("none", "你好")])
def test_the_channel_says_where_it_goes(place: SignaturePlace, text: str) -> None:
    assert place_signature("你好", "鸿雁", place) == text


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("【鸿雁】你好", "鸿雁"),
        ("你好【鸿雁】", "鸿雁"),
        ("【甲】你好【乙】", "甲"),
        ("你好【鸿雁】吗", None),
        ("【】你好", None),
        ("你好", None),
    ],
)
def test_it_is_found_in_front_or_behind(text: str, signature: str | None) -> None:
    assert find_signature(text) == signature
