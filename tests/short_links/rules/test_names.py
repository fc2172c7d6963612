import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.short_links.rules.names import MAX_URL_CHARS, check_custom_code, normalise_domain, normalise_jump_url


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("KM2G.cn", "km2g.cn"),
        (" a.example. ", "a.example"),
        ("127.0.0.1:8081", "127.0.0.1:8081"),
        ("localhost", "localhost"),
        ("KM2G.cn/A1/b2", "km2g.cn/a1/b2"),
        ("s.example:8081/vip4567890", "s.example:8081/vip4567890"),
    ],
)
def test_a_domain_is_kept_in_lower_case(name: str, expected: str) -> None:
    assert normalise_domain(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b.cn",
        "-a.cn",
        "a-.cn",
        "http://a.cn",
        "a.cn/",
        "a.cn/x/",
        "a.cn/x/y/z",
        "a.cn//x",
        "a.cn/-x",
        "a.cn/x-y",
        "a.cn/x/elevenchars",
        "a.cn/c",
        "a.cn/handset/x",
        "a.cn/x?y",
        "a.cn/../x",
        "a..cn",
        "a.cn:0",
        "中文.cn",
        "a" * 64,
        "a.cn\n.b",
    ],
)
def test_what_is_no_host_name_is_no_domain(name: str) -> None:
    with pytest.raises(InvalidInput):
        normalise_domain(name)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/a?b=c#d", "https://shop.example/a?b=c#d"),
        ("HTTP://shop.example", "http://shop.example"),
        (
            "https://shop.example/商品?名=一 二",
            "https://shop.example/%E5%95%86%E5%93%81?%E5%90%8D=%E4%B8%80%20%E4%BA%8C",
        ),
        ("https://商店.example:8443/x", "https://xn--czrs0t.example:8443/x"),
        ("https://shop.example/%E5%95%86", "https://shop.example/%E5%95%86"),
    ],
)
def test_a_jump_url_is_ready_for_a_header(url: str, expected: str) -> None:
    assert normalise_jump_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "//shop.example",
        "ftp://shop.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://user@shop.example/",
        "https://shop.example:99999/",
        "https://shop.example:0/",
        "https://shop.example/\r\nset-cookie: a=b",
        "https://shop.example/\x00",
        "https:\\\\shop.example",
        "https://[::1",
        "https://" + "é" * 70 + ".example/",
        "https://shop.example/" + "x" * MAX_URL_CHARS,
        "https://shop.example/" + "中" * 400,
    ],
)
def test_what_must_not_stand_in_a_header_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_jump_url(url, "jump_url")
    assert refused.value.field == "jump_url"


@pytest.mark.parametrize(
    ("code", "is_fine"),
    [
        ("abc", True),
        ("Abc0123456"[:10], True),
        ("ab", False),
        ("abc-", False),
        ("x" * 11, False),
        ("abc\n", False),
        ("metrics", False),
        ("LIVEZ", False),
    ],
)
def test_a_chosen_code_has_three_to_ten_letters_and_digits(code: str, is_fine: bool) -> None:
    try:
        check_custom_code(code)
        refused = False
    except InvalidInput:
        refused = True
    assert refused is not is_fine
