import hashlib
from typing import Any

import pytest

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError
from telcowire.session import Breached, Closed, Limits, Opened, Session
from telcowire.smgp.events import BadReportReceived, MoReceived, ReportReceived, SubmitReceived
from telcowire.smgp.flavour import (
    LOGIN_MODES,
    RECEIVES,
    SENDS,
    SENDS_AND_RECEIVES,
    SmgpAccount,
    SmgpClientFlavour,
    SmgpServerAccount,
    SmgpServerFlavour,
    client_digest,
    server_digest,
)
from telcowire.smgp.pdus import SMGP13, SMGP30, Deliver, DeliverResp, Login, LoginResp, Submit, SubmitResp
from telcowire.smgp.reports import Report, format_report

AT = 301000000
DIGEST = bytes.fromhex("028770b2fb7e7ec9110c6e2f54679693")
SUBMIT = Submit(dest_term_ids=("13300000000",), msg_content=b"\x4e\x2d")


def server(version: int | None = None, modes: frozenset[int] = LOGIN_MODES) -> SmgpServerFlavour:
    account = SmgpServerAccount("12345678", "shared", version, modes)
    return SmgpServerFlavour(lambda client_id: account if client_id == "12345678" else None)


def serve(login_mode: int = SENDS_AND_RECEIVES) -> Session[Any]:
    """A gateway's session behind its login."""
    session = Session(server(), Limits(), 0.0)
    login = SMGP30.login.encode(Login("12345678", DIGEST, login_mode, AT, 0x30), 1)
    assert session.receive_data(login, 0.0) == [Opened("12345678")]
    session.data_to_send()
    return session


def call() -> Session[Any]:
    """An SP's session behind its login."""
    session = Session(SmgpClientFlavour(SmgpAccount("12345678", "shared"), AT), Limits(), 0.0)
    session.data_to_send()
    answer = SMGP30.login_resp.encode(LoginResp(0, server_digest(0, DIGEST, "shared"), 0x30), 1)
    assert session.receive_data(answer, 0.0) == [Opened("12345678")]
    return session


def test_the_digest_vectors() -> None:
    assert client_digest("12345678", "shared", AT) == DIGEST
    assert server_digest(0, DIGEST, "shared").hex() == "8dc4bcb8aabb9bb8706836c374a04778"
    assert server_digest(0, DIGEST, "shared", status_octets=1).hex() == "a64565ecf623f18b1e1aebe8188b8b7b"


def test_the_login_vector() -> None:
    login = SmgpClientFlavour(SmgpAccount("12345678", "shared"), AT).login_request(1)
    assert login is not None
    assert login.hex() == "0000002a00000001000000013132333435363738028770b2fb7e7ec9110c6e2f546796930211f0e54030"


def test_a_timestamp_is_hashed_with_ten_digits() -> None:
    due = hashlib.md5(b"12" + bytes(7) + b"shared" + b"0101000000").digest()
    assert client_digest("12", "shared", 101000000) == due


@pytest.mark.parametrize(
    ("login_version", "account_version", "codecs"),
    [
        (0x30, None, SMGP30),
        (0x33, None, SMGP30),
        (0x13, None, SMGP13),
        (0x30, 0x13, SMGP13),
        (0x13, 0x30, SMGP30),
        (0x7F, 0x30, SMGP30),
    ],
)
@pytest.mark.parametrize("login_mode", [SENDS, RECEIVES, SENDS_AND_RECEIVES])
def test_the_accounts_version_decides_else_the_logins(login_version, account_version, codecs, login_mode) -> None:
    flavour = server(account_version)
    admission = flavour.admit(7, Login("12345678", DIGEST, login_mode, AT, login_version))
    assert admission.account == "12345678"
    assert (flavour.codecs, flavour.login_mode) == (codecs, login_mode)
    answer = codecs.login_resp.decode(admission.answer, 0, len(admission.answer))
    assert answer == LoginResp(0, server_digest(0, DIGEST, "shared"), codecs.version)


@pytest.mark.parametrize(
    ("login", "status", "breach"),
    [
        (Login("12345679", DIGEST, 2, AT, 0x30), 21, Breach.UNKNOWN_ACCOUNT),
        (Login("12345678", DIGEST, 2, AT + 1, 0x30), 21, Breach.WRONG_DIGEST),
        (Login("12345678", bytes(16), 2, AT, 0x30), 21, Breach.WRONG_DIGEST),
        (Login("12345678", DIGEST, 2, AT, 0x40), 22, Breach.WRONG_VERSION),
        (Login("12345678", DIGEST, 2, AT, 0x20), 22, Breach.WRONG_VERSION),
        (Login("12345678", DIGEST, 1, AT, 0x30), 70, Breach.BAD_STRUCTURE),
        (Login("12345678", DIGEST, 3, AT, 0x30), 70, Breach.BAD_STRUCTURE),
    ],
)
def test_refusals_have_a_status_and_no_digest(login: Login, status: int, breach: Breach) -> None:
    admission = server(modes=frozenset({0, 2, 3})).admit(7, login)
    assert (admission.account, admission.breach) == (None, breach)
    assert f"refused: {status}" in admission.reason
    answer = SMGP30.login_resp.decode(admission.answer, 0, len(admission.answer))
    assert (answer.status, answer.authenticator_server) == (status, bytes(16))


@pytest.mark.parametrize("status_octets", [4, 1])
def test_a_client_accepts_both_widths_of_the_servers_digest(status_octets: int) -> None:
    flavour = SmgpClientFlavour(SmgpAccount("12345678", "shared"), AT)
    digest = server_digest(0, DIGEST, "shared", status_octets)
    assert flavour.check_login_answer(LoginResp(0, digest, 0x30)) == "12345678"


def test_a_client_checks_status_and_digest() -> None:
    flavour = SmgpClientFlavour(SmgpAccount("12345678", "shared"), AT)
    with pytest.raises(LoginRefusedError, match=r"21 \(authentication failed\)") as refused:
        flavour.check_login_answer(LoginResp(21, bytes(16), 0x30))
    assert (refused.value.status, refused.value.kind) == (21, Breach.REFUSED)
    with pytest.raises(LoginRefusedError, match="digest is wrong") as forged:
        flavour.check_login_answer(LoginResp(0, server_digest(0, DIGEST, "other"), 0x30))
    assert (forged.value.status, forged.value.kind) == (-1, Breach.WRONG_DIGEST)
    trusting = SmgpClientFlavour(SmgpAccount("12345678", "shared", check_server_digest=False), AT)
    assert trusting.check_login_answer(LoginResp(0, bytes(16), 0x30)) == "12345678"


def test_roles_do_not_mix() -> None:
    with pytest.raises(LocalProtocolError):
        SmgpClientFlavour(SmgpAccount("12345678", "shared"), AT).admit(1, ())
    with pytest.raises(LocalProtocolError):
        server().check_login_answer(())
    assert server().login_request(1) is None


@pytest.mark.parametrize("options", [{"client_id": "123456789"}, {"client_id": "中"}])
def test_an_account_that_cannot_be_sent_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        SmgpClientFlavour(SmgpAccount(**{"secret": "shared", **options}), AT).login_request(1)


@pytest.mark.parametrize("options", [{"version": 0x20}, {"login_mode": 3}])
def test_a_version_or_a_mode_that_does_not_exist_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError, match="not known"):
        SmgpClientFlavour(SmgpAccount("12345678", "shared", **options), AT)


@pytest.mark.parametrize("mode", [SENDS, SENDS_AND_RECEIVES])
def test_who_logged_in_to_send_may_submit(mode: int) -> None:
    assert serve(mode).receive_data(SMGP30.submit.encode(SUBMIT, 9), 0.0) == [SubmitReceived(9, SUBMIT)]


def test_who_logged_in_to_receive_may_not_submit_and_stays() -> None:
    session = serve(RECEIVES)
    (event,) = session.receive_data(SMGP30.submit.encode(SUBMIT, 9), 0.0)
    assert (type(event), event.kind, session.is_closed) == (Breached, Breach.UNKNOWN_COMMAND, False)
    answer = session.data_to_send()
    assert SMGP30.submit_resp.decode(answer, 0, len(answer)) == SubmitResp(bytes(10), 11)


@pytest.mark.parametrize(
    ("spoil", "status", "breach"),
    [
        (lambda wire: wire + b"\0", 10, Breach.BAD_LENGTH),
        (lambda wire: wire[: 12 + 104] + b"\0" + wire[12 + 105 :], 10, Breach.BAD_STRUCTURE),
        (lambda wire: wire + bytes.fromhex("000200020101"), 10, Breach.BAD_STRUCTURE),
        (lambda wire: wire[:-11] + b"\xff" + bytes(300), 36, Breach.CONTENT_TOO_LONG),
    ],
    ids=["padded", "no numbers", "odd parameter", "300 octets in 140"],
)
def test_a_broken_submit_is_answered_and_the_connection_stays(spoil, status: int, breach: Breach) -> None:
    session = serve()
    wire = spoil(SMGP30.submit.encode(SUBMIT, 9))
    (event,) = session.receive_data(len(wire).to_bytes(4, "big") + wire[4:], 0.0)
    assert (type(event), event.kind, session.is_closed) == (Breached, breach, False)
    answer = session.data_to_send()
    assert SMGP30.submit_resp.decode(answer, 0, len(answer)) == SubmitResp(bytes(10), status)


def test_a_broken_deliver_is_answered_and_the_connection_stays() -> None:
    session = call()
    wire = SMGP30.deliver.encode(Deliver(), 9) + b"\0"
    (event,) = session.receive_data(len(wire).to_bytes(4, "big") + wire[4:], 0.0)
    assert (type(event), event.kind) == (Breached, Breach.BAD_LENGTH)
    answer = session.data_to_send()
    assert SMGP30.deliver_resp.decode(answer, 0, len(answer)) == DeliverResp(bytes(10), 10)


@pytest.mark.parametrize(
    ("wire", "breach"),
    [
        ("00001001" + "00000002" + "00000001", Breach.OVERSIZED),
        ("0000000b" + "00000002" + "00000001", Breach.UNDERSIZED),
        ("0000000c" + "00000005" + "00000001", Breach.UNKNOWN_COMMAND),
        ("0000000c" + "80000002" + "00000001", Breach.UNKNOWN_COMMAND),
        ("47455420" + "2f204854" + "54502f31", Breach.OVERSIZED),
    ],
    ids=["oversized", "undersized", "a gateway's command", "an answer that only clients get", "http"],
)
def test_what_cannot_be_read_ends_the_connection(wire: str, breach: Breach) -> None:
    session = serve()
    (event,) = session.receive_data(bytes.fromhex(wire), 0.0)
    assert isinstance(event, Closed)
    assert event.error is not None
    assert event.error.kind is breach


def test_a_submit_before_the_login_ends_the_connection() -> None:
    session = Session(server(), Limits(), 0.0)
    (event,) = session.receive_data(SMGP30.submit.encode(SUBMIT, 1), 0.0)
    assert isinstance(event, Closed)
    assert event.error is not None
    assert event.error.kind is Breach.WRONG_STATE


def test_delivers_are_reports_texts_or_broken_reports() -> None:
    session = call()
    report = Report(b" stat:X\0id", "DELIVRD", "000", "2611220000", "2611220001", text=bytes(20))
    delivers = [
        Deliver(b"1" * 10, 1, 0, "20261122000000", "13300000000", "1069", format_report(report)),
        Deliver(b"2" * 10, 0, 8, "20261122000000", "13300000000", "1069", b"\x4e\x2d"),
        Deliver(b"3" * 10, 1, 0, "20261122000000", "13300000000", "1069", b"no report"),
    ]
    wire = b"".join(SMGP30.deliver.encode(deliver, seq) for seq, deliver in enumerate(delivers, 1))
    assert session.receive_data(wire, 0.0) == [
        ReportReceived(1, b"1" * 10, report, "13300000000"),
        MoReceived(2, delivers[1]),
        BadReportReceived(3, delivers[2]),
    ]


def test_link_tests_and_the_end() -> None:
    session = serve()
    assert session.receive_data(SMGP30.active_test.encode((), 5), 0.0) == []  # type: ignore[arg-type]
    assert session.data_to_send() == SMGP30.active_test_resp.encode((), 5)  # type: ignore[arg-type]
    session.handle_timer(31.0)
    assert session.data_to_send() == SMGP30.active_test.encode((), 1)  # type: ignore[arg-type]
    session.terminate(31.0, 5.0)
    assert session.data_to_send() == SMGP30.exit.encode((), 2)  # type: ignore[arg-type]
    assert session.receive_data(SMGP30.exit_resp.encode((), 2), 32.0) == [Closed("terminated")]  # type: ignore[arg-type]
    other = serve()
    assert other.receive_data(SMGP30.exit.encode((), 9), 0.0) == [Closed("terminated by the peer")]  # type: ignore[arg-type]
    assert other.data_to_send() == SMGP30.exit_resp.encode((), 9)  # type: ignore[arg-type]
