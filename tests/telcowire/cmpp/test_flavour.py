import pytest

from telcowire.cmpp.flavour import (
    CmppAccount,
    CmppClientFlavour,
    CmppServerAccount,
    CmppServerFlavour,
    ismg_digest,
    source_digest,
)
from telcowire.cmpp.pdus import CMPP20, CMPP30, Connect, ConnectResp
from telcowire.errors import LocalProtocolError, LoginRefusedError

AT = 301000000
DIGEST = bytes.fromhex("1be7be5f0d3b9b2a326e058a83a8c876")


def server(version: int | None = None) -> CmppServerFlavour:
    return CmppServerFlavour(lambda addr: CmppServerAccount(addr, "shared", version) if addr == "901234" else None)


def test_the_digest_vectors() -> None:
    assert source_digest("901234", "shared", AT) == DIGEST
    assert ismg_digest(0, 1, DIGEST, "shared").hex() == "3382646b7d685f3d25c8e0b34eb27a61"
    assert ismg_digest(0, 4, DIGEST, "shared").hex() == "79f2be02da508b2e039543e83d8edc79"


def test_the_login_vector() -> None:
    login = CmppClientFlavour(CmppAccount("901234", "shared"), AT).login_request(1)
    assert login is not None
    assert login.hex() == "0000002700000001000000013930313233341be7be5f0d3b9b2a326e058a83a8c8763011f0e540"


@pytest.mark.parametrize(
    ("login_version", "account_version", "codecs"),
    [
        (0x20, None, CMPP20),
        (0x21, None, CMPP20),
        (0x2F, None, CMPP20),
        (0x30, None, CMPP30),
        (0x30, 0x20, CMPP20),
        (0x20, 0x30, CMPP30),
        (0x7F, 0x30, CMPP30),
    ],
)
def test_the_accounts_version_decides_else_the_logins(login_version, account_version, codecs) -> None:
    flavour = server(account_version)
    admission = flavour.admit(7, Connect("901234", DIGEST, login_version, AT))
    assert admission.account == "901234"
    assert flavour.codecs is codecs
    answer = codecs.connect_resp.decode(admission.answer, 0, len(admission.answer))
    assert answer == ConnectResp(0, ismg_digest(0, 1 if codecs is CMPP20 else 4, DIGEST, "shared"), 0x30)


@pytest.mark.parametrize(
    ("login", "status", "octets"),
    [
        (Connect("901235", DIGEST, 0x30, AT), 2, 33),
        (Connect("901235", DIGEST, 0x20, AT), 2, 30),
        (Connect("901234", DIGEST, 0x30, AT + 1), 3, 33),
        (Connect("901234", bytes(16), 0x20, AT), 3, 30),
        (Connect("901234", DIGEST, 0x40, AT), 4, 33),
        (Connect("901234", DIGEST, 0x10, AT), 4, 33),
    ],
)
def test_refusals_have_a_status_and_no_digest(login: Connect, status: int, octets: int) -> None:
    flavour = server()
    admission = flavour.admit(7, login)
    assert admission.account is None
    assert f"refused: {status}" in admission.reason
    assert len(admission.answer) == octets
    answer = flavour.codecs.connect_resp.decode(admission.answer, 0, octets)
    assert answer == ConnectResp(status, bytes(16), 0x30)


def test_a_client_checks_status_and_digest() -> None:
    flavour = CmppClientFlavour(CmppAccount("901234", "shared", 0x20), AT)
    assert flavour.check_login_answer(ConnectResp(0, ismg_digest(0, 1, DIGEST, "shared"), 0x20)) == "901234"
    with pytest.raises(LoginRefusedError, match=r"3 \(authentication failed\)") as refused:
        flavour.check_login_answer(ConnectResp(3, bytes(16), 0x20))
    assert refused.value.status == 3
    with pytest.raises(LoginRefusedError, match=r"9 \(other error\)"):
        flavour.check_login_answer(ConnectResp(9, bytes(16), 0x20))
    with pytest.raises(LoginRefusedError, match="digest is wrong") as forged:
        flavour.check_login_answer(ConnectResp(0, ismg_digest(0, 1, DIGEST, "other"), 0x20))
    assert forged.value.status == -1


def test_a_channel_may_trust_a_gateway_that_computes_no_digest() -> None:
    flavour = CmppClientFlavour(CmppAccount("901234", "shared", check_server_digest=False), AT)
    assert flavour.check_login_answer(ConnectResp(0, bytes(16), 0x30)) == "901234"


def test_roles_do_not_mix() -> None:
    with pytest.raises(LocalProtocolError):
        CmppClientFlavour(CmppAccount("901234", "shared"), AT).admit(1, ())
    with pytest.raises(LocalProtocolError):
        server().check_login_answer(())
    assert server().login_request(1) is None


@pytest.mark.parametrize("account", [CmppAccount("9012345", "shared"), CmppAccount("中", "shared")])
def test_an_address_that_cannot_be_sent_is_refused(account: CmppAccount) -> None:
    with pytest.raises(LocalProtocolError):
        CmppClientFlavour(account, AT).login_request(1)
    with pytest.raises(LocalProtocolError):
        CmppClientFlavour(CmppAccount("901234", "shared", 0x40), AT)
