"""Addresses that customers give us to call: each fault has its words."""

import pytest

from hongyan.kernel.http.urls import find_fault


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "1 to 1000"),
        ("http://a/" + "x" * 992, "1 to 1000"),
        ("http://a/\n", "characters"),
        ("http://a/<", "characters"),
        ("http://[::1", "no URL"),
        ("http://a:99999/", "no URL"),
        ("ftp://a/", "begin with"),
        ("http:///x", "no host"),
        ("http://a:0/", "no host"),
        ("http://u@a/", "password"),
        ("http://@a/", "password"),
        ("http://:p@a/", "password"),
        ("http://a/#x", "fragment"),
    ],
)
def test_a_fault_is_named(url: str, words: str) -> None:
    fault = find_fault(url)
    assert fault is not None
    assert words in fault.en
    assert fault.zh != fault.en


def test_an_address_without_fault() -> None:
    assert find_fault("HTTPS://例子.测试:8443/x?y=%20&z=@") is None
