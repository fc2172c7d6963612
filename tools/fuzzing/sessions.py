"""Targets: whole conversations of either role, behind and before their login, against a peer that says anything.

The octets are a script. The first chooses the case (role and version); then each step begins with an octet whose low
three bits say what happens:

    0  raw octets arrive: a length octet, then as many
    1  a PDU arrives: two length octets, then command, sequence and body; its length is put in front here
    2  time passes: an octet of seconds
    3  we send a request
    4  we answer the last request
    5  we terminate
    6  the last PDU arrives again
    7  the login that this case accepts arrives

The three highest bits say in how many pieces octets arrive.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fuzzing.decoders import frame
from telcowire.cmpp import pdus as cmpp
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount, CmppServerFlavour
from telcowire.errors import LocalProtocolError
from telcowire.fields import Codec
from telcowire.flavour import Flavour, Pdu, RequestKind
from telcowire.session import Breached, Closed, Limits, Session, StrayAnswer
from telcowire.sgip import pdus as sgip
from telcowire.sgip.flavour import (
    REQUESTS as SGIP_REQUESTS,
)
from telcowire.sgip.flavour import (
    SgipAccount,
    SgipClientFlavour,
    SgipServerAccount,
    SgipServerFlavour,
)
from telcowire.sgip.sequences import SgipSequence
from telcowire.smgp import pdus as smgp
from telcowire.smgp.flavour import (
    RECEIVES,
    SENDS,
    SENDS_AND_RECEIVES,
    SmgpAccount,
    SmgpClientFlavour,
    SmgpServerAccount,
    SmgpServerFlavour,
)
from telcowire.smpp import pdus as smpp
from telcowire.smpp.flavour import (
    REQUESTS as SMPP_REQUESTS,
)
from telcowire.smpp.flavour import (
    BindMode,
    SmppAccount,
    SmppClientFlavour,
    SmppServerAccount,
    SmppServerFlavour,
)

_SECRET: Final = "shared"  # noqa: S105 - of accounts that exist only here
_AT: Final = 301_000_000
_LIMITS: Final = Limits(window_pdus=4, heartbeat_s=30.0, response_timeout_s=10.0, tries=2, idle_s=600.0)
_MAX_STEPS: Final = 64
_PIECES: Final = (1, 1, 1, 1, 2, 2, 3, 8)
_PHONE: Final = "13000000000"


class Case(NamedTuple):
    """One role in one version: a fresh flavour, the peer's half of a login, what we ask and what we answer."""

    make: Callable[[], Flavour[Any]]
    login: bytes
    kind: RequestKind[Any]
    request: Pdu
    answer_codec: Codec[Any]
    answer: Pdu


def _cmpp_cases(version: int) -> tuple[Case, Case]:
    codecs = cmpp.get_codecs(version)
    account = CmppAccount("901234", _SECRET, version, check_server_digest=False)
    known = CmppServerAccount("901234", _SECRET, version)
    requests = CmppClientFlavour(account, _AT).requests
    client = Case(
        lambda: CmppClientFlavour(account, _AT),
        codecs.connect_resp.encode(cmpp.ConnectResp(0, bytes(16), version), 1),
        requests.submit,
        cmpp.Submit(dest_terminal_ids=(_PHONE,), msg_content=b"\x4e\x2d"),
        codecs.deliver_resp,
        cmpp.DeliverResp(1, 0),
    )
    server = Case(
        lambda: CmppServerFlavour({known.source_addr: known}.get),
        client.make().login_request(1) or b"",
        requests.deliver,
        cmpp.Deliver(src_terminal_id=_PHONE, msg_content=b"\x4e\x2d"),
        codecs.submit_resp,
        cmpp.SubmitResp(1, 0),
    )
    return client, server


def _smgp_cases(version: int, login_mode: int) -> tuple[Case, Case]:
    codecs = smgp.get_codecs(version)
    account = SmgpAccount("12345678", _SECRET, version, login_mode, check_server_digest=False)
    known = SmgpServerAccount("12345678", _SECRET)
    requests = SmgpClientFlavour(account, _AT).requests
    client = Case(
        lambda: SmgpClientFlavour(account, _AT),
        codecs.login_resp.encode(smgp.LoginResp(0, bytes(16), version), 1),
        requests.submit,
        smgp.Submit(dest_term_ids=(_PHONE,), msg_content=b"\x4e\x2d"),
        codecs.deliver_resp,
        smgp.DeliverResp(bytes(10), 0),
    )
    server = Case(
        lambda: SmgpServerFlavour({known.client_id: known}.get),
        client.make().login_request(1) or b"",
        requests.deliver,
        smgp.Deliver(src_term_id=_PHONE, msg_content=b"\x4e\x2d"),
        codecs.submit_resp,
        smgp.SubmitResp(bytes(10), 0),
    )
    return client, server


def _sequence() -> SgipSequence:
    return SgipSequence(3010099999, lambda: 1_700_000_000.0, 1)


def _sgip_cases(login_type: int) -> tuple[Case, Case]:
    codecs = sgip.SGIP
    account = SgipAccount("sp", _SECRET, login_type, submit_tries=2)
    known = SgipServerAccount("sp", _SECRET, login_type)
    submit = sgip.Submit(user_numbers=(_PHONE,), message_content=b"\x4e\x2d")
    deliver = sgip.Deliver(_PHONE, "1069", message_content=b"\x4e\x2d")
    client = Case(
        lambda: SgipClientFlavour(account, _sequence()),
        codecs.bind_resp.encode(sgip.BindResp(0), _sequence().take()),
        SGIP_REQUESTS.submit,
        submit,
        codecs.deliver_resp,
        sgip.DeliverResp(0),
    )
    server = Case(
        lambda: SgipServerFlavour({known.login_name: known}.get, _sequence()),
        client.make().login_request(1) or b"",
        SGIP_REQUESTS.deliver,
        deliver,
        codecs.submit_resp,
        sgip.SubmitResp(0),
    )
    return client, server


def _smpp_cases(mode: BindMode) -> tuple[Case, Case]:
    codecs = smpp.SMPP34
    account = SmppAccount("esme", _SECRET, mode)
    known = SmppServerAccount("esme", _SECRET)
    answers = {
        BindMode.TRANSCEIVER: codecs.bind_transceiver_resp,
        BindMode.TRANSMITTER: codecs.bind_transmitter_resp,
        BindMode.RECEIVER: codecs.bind_receiver_resp,
    }
    client = Case(
        lambda: SmppClientFlavour(account),
        answers[mode].encode(smpp.BindResp(0, "smsc"), 1),
        SMPP_REQUESTS.submit,
        smpp.SubmitSm(destination_addr=_PHONE, short_message=b"hello"),
        codecs.deliver_sm_resp,
        smpp.MessageResp(),
    )
    server = Case(
        lambda: SmppServerFlavour({known.system_id: known}.get),
        client.make().login_request(1) or b"",
        SMPP_REQUESTS.deliver,
        smpp.DeliverSm(source_addr=_PHONE, short_message=b"hello"),
        codecs.submit_sm_resp,
        smpp.MessageResp(0, "1"),
    )
    return client, server


class _Talk:
    """One conversation under test, and what must hold after every step."""

    def __init__(self, case: Case) -> None:
        self._case: Final = case
        self._flavour: Final = case.make()
        self._session: Final[Session[Any]] = Session(self._flavour, _LIMITS, 0.0)
        self._now = 0.0
        self._closings = 0
        self._asked = 0
        self._last = b""

    def hear(self, data: bytes, pieces: int) -> None:
        """Let octets arrive in that many pieces."""
        self._last = data
        step = max(1, -(-len(data) // pieces))
        events: list[Any] = []
        for at in range(0, len(data), step):
            events += self._session.receive_data(data[at : at + step], self._now)
        self._note(events)

    def hear_login(self, pieces: int) -> None:
        """Let the peer's half of a login arrive."""
        self.hear(self._case.login, pieces)

    def hear_again(self, pieces: int) -> None:
        """Let the last octets arrive again."""
        self.hear(self._last, pieces)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self._now += seconds
        self._note(self._session.handle_timer(self._now))

    def act(self, step: int) -> None:
        """Say something ourselves; the session may refuse it."""
        case, session = self._case, self._session
        try:
            if step == 3:
                session.send_requests(case.kind, [case.request], self._now)
            elif step == 4:
                session.send_answer(case.answer_codec, case.answer, self._asked)
            else:
                session.terminate(self._now, 5.0)
        except LocalProtocolError:
            pass
        self._note([])

    def _note(self, events: Sequence[Any]) -> None:
        for event in events:
            if self._closings:
                raise AssertionError(f"{event} after the end")
            self._closings += isinstance(event, Closed)
            if not isinstance(event, Closed | StrayAnswer | Breached):
                self._asked = getattr(event, "seq", self._asked)
            repr(event)
        session = self._session
        if session.is_closed != bool(self._closings):
            raise AssertionError("an end without its event")
        if len(session._rest) > self._flavour.max_octets:  # noqa: SLF001 - memory is the point
            raise AssertionError(f"{len(session._rest)} octets are kept")  # noqa: SLF001 - as above
        if len(session.unanswered) > _LIMITS.window_pdus:
            raise AssertionError("more requests than the window has room for")
        due = session.get_timer()
        if due is not None and session.is_closed:
            raise AssertionError("a timer after the end")
        self._check_said(session.data_to_send())

    def _check_said(self, data: bytes) -> None:
        """What is said is whole PDUs."""
        at = 0
        while at < len(data):
            total = int.from_bytes(data[at : at + 4], "big")
            if not self._flavour.header.octets <= total <= len(data) - at:
                raise AssertionError(f"{data.hex()} was said")
            at += total


def _target(cases: Sequence[Case]) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        if not data:
            return
        talk, at = _Talk(cases[data[0] % len(cases)]), 1
        for _ in range(_MAX_STEPS):
            if at >= len(data):
                return
            step, pieces = data[at] & 7, _PIECES[data[at] >> 5]
            at += 1
            if step == 0:
                octets = data[at : at + 1]
                end = at + 1 + int.from_bytes(octets, "big")
                talk.hear(data[at + 1 : end], pieces)
                at = end
            elif step == 1:
                end = at + 2 + int.from_bytes(data[at : at + 2], "big")
                talk.hear(frame(data[at + 2 : end]), pieces)
                at = end
            elif step == 2:
                talk.wait(int.from_bytes(data[at : at + 1], "big"))
                at += 1
            elif step == 6:
                talk.hear_again(pieces)
            elif step == 7:
                talk.hear_login(pieces)
            else:
                talk.act(step)

    return target


#: The cases of each protocol; the first octet of a script counts them. Both roles of each stand side by side.
CASES: Final[Mapping[str, Sequence[Case]]] = {
    "cmpp": (*_cmpp_cases(0x20), *_cmpp_cases(0x30)),
    "sgip": (*_sgip_cases(sgip.LOGIN_SP), *_sgip_cases(sgip.LOGIN_SMG)),
    "smgp": (
        *_smgp_cases(0x30, SENDS_AND_RECEIVES),
        *_smgp_cases(0x13, SENDS_AND_RECEIVES),
        *_smgp_cases(0x30, SENDS),
        *_smgp_cases(0x30, RECEIVES),
    ),
    "smpp": tuple(case for mode in BindMode for case in _smpp_cases(mode)),
}

TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    f"{name}_sessions": _target(cases) for name, cases in CASES.items()
}
