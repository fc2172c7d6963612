"""Every bad input has a name, in every protocol; the protocol's rules decide whether it ends the connection."""

from typing import Any

import pytest

from support.conversations import CONVERSATIONS, SECRET, Conversation
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount, CmppServerFlavour
from telcowire.errors import Breach, LocalProtocolError
from telcowire.flavour import Flavour
from telcowire.session import Breached, Closed, Limits, Opened, Session
from telcowire.sgip.flavour import SgipAccount, SgipClientFlavour
from telcowire.sgip.sequences import SgipSequence
from telcowire.smgp.flavour import SmgpAccount, SmgpClientFlavour, SmgpServerAccount, SmgpServerFlavour
from telcowire.smpp.flavour import SmppAccount, SmppClientFlavour

LIMITS = Limits(window_pdus=4, heartbeat_s=None)
ENDS, STAYS = True, False
CHINESE = {"cmpp20", "cmpp30", "smgp30"}
SUBMITTING = ["cmpp20", "cmpp30", "sgip-sp-calls", "smgp30", "smpp34"]
CONTENTS = {"msg_content", "message_content", "short_message"}
EVERYWHERE = pytest.mark.parametrize("name", CONVERSATIONS)
WHERE_SUBMITTED = pytest.mark.parametrize("name", SUBMITTING)


def sessions(name: str) -> tuple[Session[Any], Session[Any]]:
    """A client and a server that have logged in."""
    talk = CONVERSATIONS[name]
    client: Session[Any] = Session(talk.client(), LIMITS, 0.0)
    server: Session[Any] = Session(talk.server(), LIMITS, 0.0)
    assert isinstance(server.receive_data(client.data_to_send(), 0.0)[0], Opened)
    assert isinstance(client.receive_data(server.data_to_send(), 0.0)[0], Opened)
    return client, server


def frame(talk: Conversation, command: int, body: bytes = b"", seq: int = 5) -> bytes:
    octets = talk.client().header.octets
    head = (octets + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big")
    return head + seq.to_bytes(octets - 8, "big") + body


def breach_of(events: list[Any], session: Session[Any], *, ends: bool) -> Breach:
    """The name of what happened, after a look at whether the connection lives."""
    assert session.is_closed is ends
    last = events[-1]
    if ends:
        assert isinstance(last, Closed)
        assert last.error is not None
        return last.error.kind
    assert isinstance(last, Breached)
    return last.kind


@EVERYWHERE
@pytest.mark.parametrize("is_client", [True, False])
@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (b"\xff" * 64, Breach.OVERSIZED),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", Breach.OVERSIZED),
        (b"\x00\x10\x00\x00" * 8, Breach.OVERSIZED),
        (bytes(64), Breach.UNDERSIZED),
    ],
    ids=["garbage", "another protocol", "1 MB", "zeros"],
)
def test_a_length_that_cannot_be_ends_the_connection(name: str, is_client: bool, wire: bytes, kind: Breach) -> None:
    session = sessions(name)[0 if is_client else 1]
    assert breach_of(session.receive_data(wire, 0.0), session, ends=ENDS) is kind


@EVERYWHERE
@pytest.mark.parametrize("is_client", [True, False])
def test_an_unknown_request(name: str, is_client: bool) -> None:
    session = sessions(name)[0 if is_client else 1]
    events = session.receive_data(frame(CONVERSATIONS[name], 0x0777), 0.0)
    assert breach_of(events, session, ends=name in CHINESE) is Breach.UNKNOWN_COMMAND
    assert bool(session.data_to_send()) is (name not in CHINESE), "who stays, answers"


@EVERYWHERE
@pytest.mark.parametrize("is_client", [True, False])
def test_an_unknown_answer(name: str, is_client: bool) -> None:
    session = sessions(name)[0 if is_client else 1]
    events = session.receive_data(frame(CONVERSATIONS[name], 0x80000777), 0.0)
    assert breach_of(events, session, ends=name != "smpp34") is Breach.UNKNOWN_COMMAND
    assert session.data_to_send() == b""


@EVERYWHERE
def test_an_answer_of_another_kind_ends_the_connection(name: str) -> None:
    client, _ = sessions(name)
    talk = CONVERSATIONS[name]
    (seq,) = client.send_requests(talk.client_asks.kind, [talk.client_asks.pdu], 0.0)
    codec, pdu = talk.other_answer
    assert breach_of(client.receive_data(codec.encode(pdu, seq), 0.0), client, ends=ENDS) is Breach.WRONG_ANSWER


@EVERYWHERE
def test_an_answer_that_is_cut_short_ends_the_connection(name: str) -> None:
    client, _ = sessions(name)
    talk = CONVERSATIONS[name]
    (seq,) = client.send_requests(talk.client_asks.kind, [talk.client_asks.pdu], 0.0)
    wire = frame(talk, talk.client_asks.answer_codec.command, b"\x01", seq)
    if name == "smpp34":  # an answer with a body of one octet holds no NUL
        assert breach_of(client.receive_data(wire, 0.0), client, ends=ENDS) in {
            Breach.BAD_LENGTH,
            Breach.BAD_STRUCTURE,
        }
    else:
        assert breach_of(client.receive_data(wire, 0.0), client, ends=ENDS) is Breach.BAD_LENGTH


# --- login ---


@EVERYWHERE
def test_a_request_before_the_login(name: str) -> None:
    talk = CONVERSATIONS[name]
    server: Session[Any] = Session(talk.server(), LIMITS, 0.0)
    events = server.receive_data(talk.client_asks.kind.codec.encode(talk.client_asks.pdu, 1), 0.0)
    assert breach_of(events, server, ends=name in CHINESE) is Breach.WRONG_STATE


@EVERYWHERE
def test_a_second_login(name: str) -> None:
    _, server = sessions(name)
    again: Session[Any] = Session(CONVERSATIONS[name].client(), LIMITS, 0.0)
    events = server.receive_data(again.data_to_send(), 0.0)
    assert breach_of(events, server, ends=name in CHINESE) is Breach.WRONG_STATE


def wrong_logins(login: str, secret: str, version: int) -> dict[str, Flavour[Any]]:
    return {
        "cmpp20": CmppClientFlavour(CmppAccount(login, secret, 0x20), 301000000),
        "cmpp30": CmppClientFlavour(CmppAccount(login, secret, 0x30), 301000000),
        "sgip-sp-calls": SgipClientFlavour(SgipAccount(login, secret), SgipSequence(1, lambda: 0.0, 0)),
        "smgp30": SmgpClientFlavour(SmgpAccount(login, secret, version), 301000000),
        "smpp34": SmppClientFlavour(SmppAccount(login, secret)),
    }


@WHERE_SUBMITTED
def test_a_wrong_secret_is_refused_and_the_connection_ends(name: str) -> None:
    server: Session[Any] = Session(CONVERSATIONS[name].server(), LIMITS, 0.0)
    login = wrong_logins("sp", "other", 0x30)[name].login_request(1)
    assert login is not None
    assert breach_of(server.receive_data(login, 0.0), server, ends=ENDS) is Breach.WRONG_DIGEST
    assert server.data_to_send() != b"", "it is told so"


@pytest.mark.parametrize("name", ["cmpp30", "smgp30"])
def test_a_version_that_nobody_speaks_is_refused_and_the_connection_ends(name: str) -> None:
    codecs: Any = wrong_logins("sp", SECRET, 0x30)[name]
    wire = bytearray(codecs.login_request(1))
    at = 12 + (6 + 16 if name == "cmpp30" else 8 + 16 + 1 + 4)
    assert wire[at] == 0x30
    wire[at] = 0x99
    server: Session[Any] = Session(unversioned(name), LIMITS, 0.0)
    assert breach_of(server.receive_data(bytes(wire), 0.0), server, ends=ENDS) is Breach.WRONG_VERSION


def unversioned(name: str) -> Flavour[Any]:
    from_login: dict[str, Flavour[Any]] = {
        "cmpp30": CmppServerFlavour(lambda addr: CmppServerAccount(addr, SECRET)),
        "smgp30": SmgpServerFlavour(lambda client: SmgpServerAccount(client, SECRET)),
    }
    return from_login[name]


@EVERYWHERE
def test_a_login_that_is_no_login_ends_the_connection(name: str) -> None:
    talk = CONVERSATIONS[name]
    server: Session[Any] = Session(talk.server(), LIMITS, 0.0)
    command = int.from_bytes((talk.client().login_request(1) or b"")[4:8], "big")
    events = server.receive_data(frame(talk, command, b"\x01" * 3), 0.0)
    assert breach_of(events, server, ends=ENDS) in {Breach.BAD_LENGTH, Breach.BAD_STRUCTURE}


@EVERYWHERE
def test_silence_has_a_name(name: str) -> None:
    server: Session[Any] = Session(CONVERSATIONS[name].server(), LIMITS, 0.0)
    assert breach_of(server.handle_timer(60.0), server, ends=ENDS) is Breach.SILENT


# --- requests ---


def with_text(pdu: Any, octets: int) -> Any:
    (field,) = CONTENTS & set(pdu._fields)
    return pdu._replace(**{field: b"\x41" * octets})


def resized(wire: bytes) -> bytes:
    return len(wire).to_bytes(4, "big") + wire[4:]


@WHERE_SUBMITTED
def test_300_octets_in_140_are_refused_and_the_next_message_is_taken(name: str) -> None:
    _, server = sessions(name)
    ask = CONVERSATIONS[name].client_asks
    wire = ask.kind.codec.encode(with_text(ask.pdu, 140), 5)
    at = wire.index(b"\x41" * 140) + 140
    spoiled = resized(wire[:at] + b"\x41" * 160 + wire[at:])
    kind = breach_of(server.receive_data(spoiled, 0.0), server, ends=STAYS)
    assert kind in {Breach.BAD_LENGTH, Breach.BAD_STRUCTURE}
    reader = CONVERSATIONS[name].client().header.reader()
    _, command, seq = reader(server.data_to_send(), 0)
    assert (command, seq) == (ask.answer_codec.command, 5)
    (event,) = server.receive_data(ask.kind.codec.encode(ask.pdu, 6), 0.0)
    assert isinstance(event, ask.asked_event)
    assert server.owed == 1


@pytest.mark.parametrize("name", ["cmpp20", "cmpp30", "sgip-sp-calls"])
def test_a_text_of_200_octets_is_refused_by_its_name(name: str) -> None:
    _, server = sessions(name)
    ask = CONVERSATIONS[name].client_asks
    wire = ask.kind.codec.encode(with_text(ask.pdu, 140), 5)
    at = wire.index(b"\x41" * 140)
    length = wire[:at].rindex(b"\x8c")
    longer = resized(wire[:length] + b"\xc8" + wire[length + 1 : at] + b"\x41" * 60 + wire[at:])
    assert breach_of(server.receive_data(longer, 0.0), server, ends=STAYS) is Breach.CONTENT_TOO_LONG


@pytest.mark.parametrize(("name", "result"), [("cmpp20", 6), ("cmpp30", 6), ("sgip-sp-calls", 8)])
def test_only_ascii_may_have_160_octets(name: str, result: int) -> None:
    _, server = sessions(name)
    ask = CONVERSATIONS[name].client_asks
    field = "msg_fmt" if name.startswith("cmpp") else "message_coding"
    ascii_text = with_text(ask.pdu, 160)._replace(**{field: 0})
    with pytest.raises(LocalProtocolError, match="140 are allowed"):
        ask.kind.codec.encode(ascii_text._replace(**{field: 8}), 5)
    # the octet where the two codings differ
    in_ascii, in_ucs2 = (ask.kind.codec.encode(with_text(ask.pdu, 140)._replace(**{field: fmt}), 5) for fmt in (0, 8))
    (at,) = (n for n, (one, other) in enumerate(zip(in_ascii, in_ucs2, strict=True)) if one != other)
    for seq, fmt in enumerate((3, 4, 8, 15), 7):
        wire = ask.kind.codec.encode(ascii_text, seq)
        spoiled = wire[:at] + bytes([fmt]) + wire[at + 1 :]
        assert breach_of(server.receive_data(spoiled, 0.0), server, ends=STAYS) is Breach.CONTENT_TOO_LONG
        answer = ask.answer_codec.decode(said := server.data_to_send(), 0, len(said))
        assert answer.result == result
    # and the same in ASCII is taken
    (event,) = server.receive_data(ask.kind.codec.encode(ascii_text, 6), 0.0)
    assert isinstance(event, ask.asked_event)


@WHERE_SUBMITTED
def test_a_sequence_for_two_requests(name: str) -> None:
    """Where the protocol calls sequences unique it is refused; elsewhere each is a request of its own."""
    _, server = sessions(name)
    ask = CONVERSATIONS[name].client_asks
    server.receive_data(ask.kind.codec.encode(ask.pdu, 5), 0.0)
    (event,) = server.receive_data(ask.kind.codec.encode(with_text(ask.pdu, 2), 5), 0.0)
    if name == "sgip-sp-calls":
        assert breach_of([event], server, ends=STAYS) is Breach.SEQUENCE_REUSED
    else:
        assert isinstance(event, ask.asked_event)


@EVERYWHERE
def test_a_request_in_pieces_of_one_octet_is_no_breach(name: str) -> None:
    _, server = sessions(name)
    ask = CONVERSATIONS[name].client_asks
    wire = ask.kind.codec.encode(ask.pdu, 5)
    events = [event for at in range(len(wire)) for event in server.receive_data(wire[at : at + 1], 0.0)]
    assert [type(event) for event in events] == [ask.asked_event]
