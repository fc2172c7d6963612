"""Whole messages: round trips, a vector written by hand, what a foreign reader sees, and what hostile peers write."""

import email
import email.policy
import time
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7.content import Content, Frame, Media, slides_content
from telcowire.mm7.mime import read_multipart, write_multipart
from telcowire.mm7.pdus import (
    TABLES,
    WITH_CONTENT,
    Address,
    CancelReq,
    DeliverReq,
    DeliveryReportReq,
    Pdu,
    Recipients,
    RSErrorRsp,
    SenderIdentification,
    Status,
    SubmitReq,
    SubmitRsp,
    VASPErrorRsp,
)
from telcowire.mm7.soap import NAMESPACE, SCHEMAS, Message, decode_message, encode_message

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XML_TEXT = (
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
    .map(lambda text: text.strip(" \t\r\n"))
    .filter(lambda text: all(0x1FFFE & ord(char) != 0x1FFFE for char in text))
)
DUE_TEXT = XML_TEXT.filter(bool)
ADDRESSES = st.builds(Address, DUE_TEXT, st.sampled_from(["Number", "ShortCode", "RFC2822Address"]))
GROUPS = st.lists(ADDRESSES, max_size=3).map(tuple)
KINDS: dict[Any, st.SearchStrategy[Any]] = {
    "str": XML_TEXT,
    "bool | None": st.none() | st.booleans(),
    "Address": ADDRESSES,
    "Recipients": st.builds(Recipients, GROUPS.filter(bool), GROUPS, GROUPS),
    "SenderIdentification": st.builds(SenderIdentification, DUE_TEXT, XML_TEXT, st.none() | ADDRESSES),
    "Status": st.builds(Status, st.integers(1000, 9999), XML_TEXT, XML_TEXT),
}


def value_of(kind: type[Pdu], attribute: str, *, is_due: bool) -> st.SearchStrategy[Any]:
    annotation = kind.__dataclass_fields__[attribute].type
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return DUE_TEXT if is_due and name == "str" else KINDS[name]


PDUS: st.SearchStrategy[Pdu] = st.one_of(
    [
        st.builds(kind, **{row.attribute: value_of(kind, row.attribute, is_due=row.is_due) for row in rows})
        for kind, rows in TABLES.items()
    ]
)
NAMES = st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,20}\Z", fullmatch=True)
MEDIA = st.builds(
    Media,
    st.sampled_from(["text/plain", "image/jpeg", "video/3gpp"]),
    st.binary(max_size=200),
    NAMES,
    st.sampled_from(["", "utf-8"]),
)
CONTENTS = st.builds(
    Content,
    st.lists(MEDIA, min_size=1, max_size=4, unique_by=lambda medium: medium.name).map(tuple),
    st.sampled_from(["", "<smil><body/></smil>"]),
)
NAMESPACES = [f"{SCHEMAS}REL-{release}-MM7-1-{minor}" for release, minor in ((5, 0), (5, 3), (6, 0), (6, 3), (6, 4))]


@given(PDUS, DUE_TEXT, st.none() | CONTENTS, st.sampled_from(NAMESPACES))
def test_round_trip(pdu: Pdu, transaction_id: str, content: Content | None, namespace: str) -> None:
    carried = content if isinstance(pdu, WITH_CONTENT) else None
    message = Message(pdu, transaction_id, carried, namespace)
    assert decode_message(*encode_message(message)) == message


SUBMIT = Message(
    SubmitReq(
        SenderIdentification("901234", "10690001", Address("10690001", "ShortCode")),
        Recipients((Address("+8613800000001"),)),
        service_code="news",
        time_stamp="2026-11-23T08:00:00+08:00",
        delivery_report=True,
        subject='夏日 <新品> & "more"',
    ),
    "t-1",
    slides_content(
        [
            Frame(
                (
                    Media("text/plain", "你好".encode(), "1.txt", "utf-8"),
                    Media("image/jpeg", b"\xff\xd8\r\n--=_\0", "1.jpg"),
                )
            ),
            Frame((Media("video/3gpp", b"\0\0ftyp3gp", "2.3gp"), Media("audio/amr", b"#!AMR", "2.amr")), 12.5),
        ]
    ),
)


def test_foreign_readers_agree() -> None:
    """The standard library's mail parser and ElementTree read what we write."""
    content_type, body = encode_message(SUBMIT)
    mail = email.message_from_bytes(
        b"MIME-Version: 1.0\r\nContent-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    envelope, content = mail.iter_parts()
    assert mail.get_param("start") == envelope["Content-ID"] == "<envelope>"
    assert not mail.defects
    assert not content.defects
    root = ET.fromstring(envelope.get_payload(decode=True))  # noqa: S314 - our own output
    ns = {"e": SOAP, "m": NAMESPACE}
    transaction = root.find("e:Header/m:TransactionID", ns)
    assert transaction is not None
    assert transaction.text == "t-1"
    assert transaction.attrib == {f"{{{SOAP}}}mustUnderstand": "1"}
    assert root.findtext("e:Body/m:SubmitReq/m:Subject", None, ns) == '夏日 <新品> & "more"'
    assert [node.tag.rpartition("}")[2] for node in root.find("e:Body/m:SubmitReq", ns) or ()] == [
        "MM7Version",
        "SenderIdentification",
        "Recipients",
        "ServiceCode",
        "TimeStamp",
        "DeliveryReport",
        "Subject",
        "Content",
    ]
    reference = root.find("e:Body/m:SubmitReq/m:Content", ns)
    assert reference is not None
    assert f"<{reference.attrib['href'].removeprefix('cid:')}>" == content["Content-ID"]
    smil, *media = content.iter_parts()
    assert [part.get_content_type() for part in media] == ["text/plain", "image/jpeg", "video/3gpp", "audio/amr"]
    assert [part.get_payload(decode=True) for part in media] == [m.data for m in (SUBMIT.content or Content(())).media]
    pages = ET.fromstring(smil.get_payload(decode=True)).findall("body/par")  # noqa: S314 - our own output
    assert [page.attrib["dur"] for page in pages] == ["5000ms", "12500ms"]
    assert [[tag.tag + ":" + tag.attrib["src"] for tag in page] for page in pages] == [
        ["text:1.txt", "img:1.jpg"],
        ["video:2.3gp", "audio:2.amr"],
    ]


BY_HAND = b"""Preamble that nobody reads\r
--xx\r
Content-Type: text/xml;\r
  charset=utf-8\r
Content-ID: <start@centre>\r
\r
<?xml version="1.0" encoding="UTF-8"?>
<!-- comments do no harm -->
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>
    <TransactionID xmlns="%(ns)s" soap:mustUnderstand="1"> c-77 </TransactionID>
    <Extra xmlns="urn:x">skipped</Extra>
  </soap:Header>
  <soap:Body>
    <m:DeliverReq xmlns:m="%(ns)s">
      <m:MM7Version>5.3.0</m:MM7Version>
      <m:UACapabilities UAProf="x"/>
      <m:Sender>13800000001</m:Sender>
      <m:Recipients><m:To><m:ShortCode displayOnly="false">10690001</m:ShortCode></m:To></m:Recipients>
      <m:Subject>TD</m:Subject>
      <m:Content href="cid:elsewhere"/>
    </m:DeliverReq>
  </soap:Body>
</soap:Envelope>\r
--xx\r
Content-Type: multipart/mixed; boundary="y y"\r
\r
--y y\r
Content-Type: text/plain; charset=gb18030\r
Content-Transfer-Encoding: base64\r
\r
xOO6ww==\r
--y y\r
content-type: text/plain; charset=no-such\r
Content-Transfer-Encoding: quoted-printable\r
Content-Disposition: attachment; filename=b.txt\r
\r
a=3Db\r
--y y--\r
--xx--\r
epilogue"""


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_vector_written_by_hand(namespace: str) -> None:
    body = BY_HAND % {b"ns": namespace.encode()}
    message = decode_message("Multipart/Related; boundary=xx; start=none; type=text/xml", body)
    assert message.transaction_id == "c-77"
    assert message.namespace == namespace
    assert message.pdu == DeliverReq(
        Address("13800000001"),
        recipients=Recipients((Address("10690001", "ShortCode"),)),
        subject="TD",
        version="5.3.0",
    )
    assert message.content is not None
    first, second = message.content.media
    assert (first.read_text(), second.read_text(), second.name) == ("你好", "a=b", "b.txt")


def test_errors_travel_as_faults() -> None:
    error = RSErrorRsp(Status(4006, "later"))
    written = encode_message(Message(error, "t"))
    assert b"<env:Fault><faultcode>env:Server</faultcode>" in written.body
    assert decode_message(*written).pdu == error
    ours = VASPErrorRsp(Status(2007))
    written = encode_message(Message(ours, "t", None, NAMESPACES[0]))
    assert b"env:Client" in written.body
    assert decode_message(*written) == Message(ours, "t", None, NAMESPACES[0])


@pytest.mark.parametrize(("code", "status"), [("Client.Bad", 2000), ("Server", 3000)])
def test_a_bare_fault_is_an_error(code: str, status: int) -> None:
    body = f'<e:Envelope xmlns:e="{SOAP}"><e:Body><e:Fault><faultcode>e:{code}</faultcode><faultstring>no</faultstring>'
    message = decode_message("text/xml", f"{body}</e:Fault></e:Body></e:Envelope>".encode())
    assert message.pdu == RSErrorRsp(Status(status, "no"))
    assert message.transaction_id == ""


def envelope(
    body: str, header: str = f'<TransactionID xmlns="{NAMESPACE}">1</TransactionID>', before: str = ""
) -> bytes:
    document = f'<e:Envelope xmlns:e="{SOAP}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'
    return (before + document).encode("utf-8", "surrogatepass")


def pdu(name: str, inner: str) -> str:
    return f'<{name} xmlns="{NAMESPACE}">{inner}</{name}>'


GOOD = pdu("CancelRsp", "<Status><StatusCode>1000</StatusCode></Status>")
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "bomb": (envelope("&b;", before=BOMB), "document types"),
    "doctype": (envelope(GOOD, before="<!DOCTYPE x>"), "document types"),
    "outside entity": (
        envelope(GOOD, before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "document types",
    ),
    "instruction": (envelope(GOOD, before="<?php x?>"), "document types"),
    "unknown entity": (envelope(pdu("CancelRsp", "&x;")), "no XML"),
    "deep": (envelope("<a>" * 64 + "</a>" * 64), "64 levels"),
    "long": (envelope(" " * 65_536), "65536 are allowed"),
    "cut": (envelope(GOOD)[:-5], "no XML"),
    "empty": (b"", "no XML"),
    "other charset": (envelope(GOOD, before='<?xml version="1.0" encoding="gbk"?>') + b"\xff", "no XML"),
    "surrogate": (envelope("\ud800"), "no XML"),
    "no envelope": (b"<Envelope/>", "without a body"),
    "other root": (f'<Body xmlns="{SOAP}"><Body><a/></Body></Body>'.encode(), "without a body"),
    "empty body": (envelope(""), "without a body"),
    "foreign namespace": (envelope('<CancelRsp xmlns="urn:x"/>'), "no namespace"),
    "near namespace": (envelope(f'<CancelRsp xmlns="{NAMESPACE}/x"/>'), "no namespace"),
    "unknown message": (envelope(pdu("StealReq", "")), "no message"),
    "no transaction": (envelope(GOOD, ""), "transaction"),
    "unknown header": (
        envelope(GOOD, f'<x e:mustUnderstand="1"/><TransactionID xmlns="{NAMESPACE}">1</TransactionID>'),
        "'x'",
    ),
    "no status": (envelope(pdu("CancelRsp", "")), "without Status"),
    "bad status": (envelope(pdu("CancelRsp", "<Status><StatusCode>١000</StatusCode></Status>")), "StatusCode"),
    "long status": (
        envelope(pdu("CancelRsp", f"<Status><StatusCode>{'1' * 9000}</StatusCode></Status>")),
        "StatusCode",
    ),
    "bad flag": (
        envelope(
            pdu(
                "SubmitReq",
                "<SenderIdentification/><Recipients><To><Number>1</Number></To></Recipients>"
                "<DeliveryReport>maybe</DeliveryReport>",
            )
        ),
        "neither",
    ),
    "empty id": (envelope(pdu("CancelReq", "<SenderIdentification/><MessageID> </MessageID>")), "without MessageID"),
    "crowd": (
        envelope(
            pdu("SubmitReq", f"<SenderIdentification/><Recipients><To>{'<Number>1</Number>' * 1001}</To></Recipients>")
        ),
        "1000 recipients",
    ),
    "no attachment": (
        envelope(pdu("DeliverReq", '<Sender><Number>1</Number></Sender><Content href="cid:x"/>')),
        "not attached",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_envelopes_are_refused(name: str) -> None:
    data, why = HOSTILE[name]
    with pytest.raises(RemoteProtocolError, match=why):
        decode_message("text/xml", data)


@pytest.mark.parametrize(
    ("content_type", "body", "why"),
    [
        ("nonsense", b"", "no media type"),
        ("a/b; x", b"", "no parameter"),
        ("a/b;" + "x" * 9000, b"", "without end"),
        ("multipart/related", b"", "usable boundary"),
        (f"multipart/related; boundary={'x' * 200}", b"", "usable boundary"),
        ("multipart/related; boundary=x", b"--x--", "without parts"),
        ("multipart/related; boundary=x", b"--x\r\n\r\n", "without its end"),
        ("multipart/related; boundary=x", b"--x\r\nA: b\r\n--x--", "end of its headers"),
        ("multipart/related; boundary=x", b"--x\r\nnone\r\n\r\n\r\n--x--", "no header"),
        (
            "multipart/related; boundary=x",
            b"--x\r\n" + b"".join(b"h%d: 1\r\n" % i for i in range(40)) + b"\r\n\r\n--x--",
            "headers",
        ),
        ("multipart/related; boundary=x", b"--x\r\n\r\n\r\n" * 70 + b"--x--", "parts"),
        ("multipart/related; boundary=x", b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--x--", "no base64"),
        ("multipart/related; boundary=x", b"--x\r\nContent-Transfer-Encoding: zip\r\n\r\nx\r\n--x--", "unknown"),
    ],
)
def test_hostile_bodies_are_refused(content_type: str, body: bytes, why: str) -> None:
    with pytest.raises(RemoteProtocolError, match=why):
        decode_message(content_type, body)


def test_a_content_does_not_nest() -> None:
    inner = b"--y\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z--\r\n--y--"
    root = envelope(pdu("DeliverReq", '<Sender><Number>1</Number></Sender><Content href="cid:c"/>'))
    body = (
        b"--x\r\n\r\n"
        + root
        + b"\r\n--x\r\nContent-ID: <c>\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
        + inner
        + b"\r\n--x--"
    )
    with pytest.raises(RemoteProtocolError, match="inside another"):
        decode_message("multipart/related; boundary=x", body)


@given(
    st.binary(max_size=300),
    st.sampled_from(["text/xml", "multipart/related; boundary=x", 'multipart/mixed;boundary=""']),
)
def test_random_octets_end_in_refusals(body: bytes, content_type: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_message(content_type, body)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (Message(SubmitRsp(Status(1000)), ""), "transaction"),
        (Message(SubmitRsp(Status(1000)), "t", None, "urn:x"), "namespace"),
        (Message(SubmitRsp(Status(1)), "t"), "four digits"),
        (Message(SubmitRsp(Status(1000, "\0")), "t"), "character"),
        (Message(SubmitRsp(Status(1000, "\ud800")), "t"), "character"),
        (Message(SubmitRsp(Status(1000)), "t", Content((Media("a/b", b"", "x"),))), "no content"),
        (Message(CancelReq(SenderIdentification(), ""), "t"), "needs MessageID"),
        (Message(SubmitReq(SenderIdentification(), Recipients()), "t"), "needs Recipients"),
        (Message(DeliveryReportReq("1", Address("1", "Fax"), Address("1"), "Expired"), "t"), "no address"),
        (Message(SUBMIT.pdu, "t", Content(())), "names"),
        (Message(SUBMIT.pdu, "t", Content((Media("a/b", b"", "x"), Media("a/b", b"", "x")))), "names"),
        (Message(SUBMIT.pdu, "t", Content((Media("a/b", b"", "../x"),))), "names"),
        (Message(SUBMIT.pdu, "t", Content((Media("a/b\r\nX: y", b"", "x"),))), "media type"),
        (Message(SUBMIT.pdu, "t", Content((Media("a/b", b"", "x", 'u"'),))), "media type"),
    ],
)
def test_what_cannot_be_written_is_refused(message: Message, why: str) -> None:
    with pytest.raises(LocalProtocolError, match=why):
        encode_message(message)


def test_a_lone_medium_is_a_content() -> None:
    root = envelope(pdu("DeliverReq", '<Sender><Number>1</Number></Sender><Content href="cid:c"/>'))
    part = b"\r\n--x\r\nContent-ID: <c>\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--"
    message = decode_message("multipart/related; boundary=x", b"--x\r\n\r\n" + root + part)
    assert message.content == Content((Media("text/plain", b"hello", "c"),))


def test_a_boundary_is_never_inside() -> None:
    around = bytes(300)
    boundary, _ = write_multipart([([], around + bytes(40) + around)])
    data = around + f"\r\n--{boundary}--".encode().ljust(40, b"x") + around
    other, body = write_multipart([([], data)])
    assert other != boundary
    assert [part.body for part in read_multipart(body, other)] == [data]


def test_a_page_shows_only_media() -> None:
    with pytest.raises(LocalProtocolError, match="cannot show"):
        slides_content([Frame((Media("application/zip", b"", "x"),))])


def test_utf_16_is_read_by_its_mark() -> None:
    assert decode_message("text/xml", envelope(GOOD).decode().encode("utf-16")).transaction_id == "1"


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "base64", "no\0such"])
def test_a_charset_that_is_none_of_texts_is_read_as_utf8_at_once(charset: str) -> None:
    """Python reads some encodings in quadratic time: 1 MB of punycode would hold the gateway up for a minute."""
    text = "a9" * 500_000
    began = time.perf_counter()
    assert Media("text/plain", text.encode(), charset=charset).read_text() == text
    assert time.perf_counter() - began < 5
