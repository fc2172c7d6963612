"""HTTP for MM7: whole and cut streams, chunks, and what must be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7.http import HttpMessage, HttpReader, basic_authorization, read_basic, write_answer, write_post


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=3), st.integers(1, 40), st.booleans())
def test_requests_survive_any_cut(bodies: list[bytes], step: int, is_server: bool) -> None:
    stream = b"".join(
        write_post("h:1", "/mm7", "text/xml", body, "Basic x")
        if is_server
        else write_answer(200, "text/xml", body, keeps_alive=True)
        for body in bodies
    )
    reader, got = HttpReader(is_server=is_server), list[HttpMessage]()
    for at in range(0, len(stream), step):
        got += reader.receive_data(stream[at : at + step])
    assert [message.body for message in got] == bodies
    assert reader.is_idle
    assert reader.receive_eof() == []
    assert {(m.method, m.target, m.status, m.content_type, m.keeps_alive) for m in got} == {
        ("POST", "/mm7", 0, "text/xml", True) if is_server else ("", "", 200, "text/xml", True)
    }


def test_chunks_and_provisional_answers() -> None:
    reader = HttpReader(is_server=False)
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    got = reader.receive_data(head + b"3\r\nabc\r\n2;x=y\r\nde\r")
    assert got == []
    assert reader.receive_data(b"\n0") == []
    (message,) = reader.receive_data(b"\r\n\r\n")
    assert message.body == b"abcde"
    assert message.keeps_alive


def test_an_answer_without_length_ends_with_the_stream() -> None:
    reader = HttpReader(is_server=False)
    assert reader.receive_data(b"HTTP/1.0 200 OK\r\nContent-Type: a/b\r\n\r\nabc") == []
    (message,) = reader.receive_eof()
    assert (message.body, message.keeps_alive) == (b"abc", False)
    assert HttpReader(is_server=False).receive_data(b"HTTP/1.1 204 No Content\r\n\r\n")[0].body == b""


def test_a_peer_may_wait_for_our_consent() -> None:
    reader = HttpReader(is_server=True)
    assert reader.receive_data(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n") == []
    assert reader.wants_continue


@pytest.mark.parametrize(
    ("stream", "why"),
    [
        (b"\r\n\r\n", "begins no message"),
        (b"GET  / HTTP/1.1\r\n\r\n", "begins no message"),
        (b"POST / HTTP/2\r\n\r\n", "begins no message"),
        (b"POST / HTTP/1.1\r\nnone\r\n\r\n", "no header"),
        (b"POST / HTTP/1.1\r\nA : b\r\n\r\n", "no header"),
        (b"POST / HTTP/1.1\r\n b: c\r\n\r\n", "no header"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "twice"),
        (b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", "no length"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", "no length"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", "more than 1000"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "leaves the length open"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "leaves the length open"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", "more than 1000"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "no size"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", "does not end"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 300, "without its size"),
        (b"x" * 20_000, "without end"),
    ],
)
def test_hostile_requests_are_refused(stream: bytes, why: str) -> None:
    with pytest.raises(RemoteProtocolError, match=why):
        HttpReader(is_server=True, max_body_octets=1000).receive_data(stream)


def test_hostile_answers_are_refused() -> None:
    reader = HttpReader(is_server=False, max_body_octets=10)
    with pytest.raises(RemoteProtocolError, match="more than 10"):
        reader.receive_data(b"HTTP/1.1 200 OK\r\n\r\n12345678901")
    cut = HttpReader(is_server=False)
    cut.receive_data(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n1")
    with pytest.raises(RemoteProtocolError, match="inside a message"):
        cut.receive_eof()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters=":")), st.text(st.characters(codec="utf-8")))
def test_basic_authorization(user: str, password: str) -> None:
    assert read_basic(basic_authorization(user, password)) == (user, password)


@pytest.mark.parametrize("value", ["", "Digest x", "Basic !!", "Basic /w==", "Basic YWI="])
def test_other_authorizations_are_none(value: str) -> None:
    assert read_basic(value) is None


def test_a_head_is_one_line_per_header() -> None:
    with pytest.raises(LocalProtocolError, match="head"):
        write_post("h", "/", "a/b\r\nX: y", b"")
    assert b'WWW-Authenticate: Basic realm="mm7"\r\nConnection: close' in write_answer(
        401, "", b"", keeps_alive=False, realm="mm7"
    )
