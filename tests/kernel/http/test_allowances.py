"""What an operator opens for callbacks: single networks and hosts, with one port or all."""

import ipaddress

import pytest

from hongyan.kernel.http.client import OutgoingHttp, TargetRefused, TargetUnreachable
from hongyan.kernel.http.targets import Allowances

_LIST = "127.0.0.1:9000, 10.0.0.0/8, fd00::/8, [::1]:9001, hooks.intranet, Mail.Intranet:8443"


@pytest.mark.parametrize(
    ("host", "address", "port", "is_open"),
    [
        ("127.0.0.1", "127.0.0.1", 9000, True),
        ("127.0.0.1", "127.0.0.1", 9001, False),
        ("127.0.0.2", "127.0.0.2", 9000, False),
        ("a.example", "10.200.3.4", 80, True),
        ("a.example", "11.0.0.1", 80, False),
        ("a.example", "fd12::1", 443, True),
        ("a.example", "::1", 9001, True),
        ("a.example", "::1", 80, False),
        ("HOOKS.intranet.", "192.168.1.1", 80, True),
        ("mail.intranet", "192.168.1.1", 8443, True),
        ("mail.intranet", "192.168.1.1", 443, False),
        ("evil.hooks.intranet", "192.168.1.1", 80, False),
        # A mapped address is not its IPv4 one: who wants it open says so.
        ("a.example", "::ffff:10.0.0.1", 80, False),
    ],
)
def test_only_what_is_named_is_open(host: str, address: str, port: int, is_open: bool) -> None:
    assert Allowances.parse(_LIST).cover(host, ipaddress.ip_address(address), port) is is_open


@pytest.mark.parametrize("text", ["10.0.0.0/33", "host:0", "host:port", "[::1]:70000", "a/b", ":80", "1::2::3"])
def test_an_unclear_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|no port"):
        Allowances.parse(text)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9001/", "http://2130706433/", "http://[::ffff:7f00:1]/", "ftp://example.com/", "http://", "x"],
)
async def test_a_form_hears_at_once_that_a_target_is_inside(url: str) -> None:
    out = OutgoingHttp(allowances=Allowances.parse("127.0.0.1:9000"))
    with pytest.raises(TargetRefused):
        await out.check(url)
    await out.close()


async def test_an_open_target_is_reached_and_its_neighbour_is_not() -> None:
    out = OutgoingHttp(allowances=Allowances.parse("127.0.0.1:9"))
    await out.check("http://127.0.0.1:9/")
    with pytest.raises(TargetUnreachable):
        await out.request("POST", "http://127.0.0.1:9/", timeout_s=2)
    with pytest.raises(TargetRefused):
        await out.request("POST", "http://127.0.0.1:10/", timeout_s=2)
    await out.close()
