"""The embedded NATS server, as an installation runs it."""

import asyncio
import socket
import stat
import sysconfig
from pathlib import Path

import nats
import pytest

from hongyan.kernel.embedded.child import EmbeddedServerError
from hongyan.kernel.embedded.nats import EmbeddedNats, server_binary


async def test_streams_survive_a_kill_and_the_address_stays(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    server.start()
    url = server.url
    try:
        client = await nats.connect(url)
        stream = client.jetstream()
        await stream.add_stream(name="kept", subjects=["kept.>"])
        await stream.publish("kept.one", b"1")
        await client.close()
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.start()
        assert server.url == url
        client = await nats.connect(server.url)
        assert (await client.jetstream().stream_info("kept")).state.messages == 1
        await client.close()
    finally:
        server.stop()


async def test_nobody_enters_without_the_generated_password(nats_server: EmbeddedNats) -> None:
    # By hand: the client library leaves its socket open when the server refuses it.
    reader, writer = await asyncio.open_connection("127.0.0.1", int(nats_server.url.rsplit(":", 1)[1]))
    assert (await reader.readline()).startswith(b"INFO")
    writer.write(b'CONNECT {"verbose":false,"user":"hongyan","pass":"guess"}\r\nPING\r\n')
    assert b"Authorization Violation" in await reader.readline()
    writer.close()
    await writer.wait_closed()


def test_credentials_are_for_the_owner_only_and_every_write_is_synced(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    server.prepare()
    for name in ("password", "nats.conf"):
        assert stat.S_IMODE((tmp_path / "nats" / name).stat().st_mode) == 0o600
    assert "sync_interval: always" in (tmp_path / "nats" / "nats.conf").read_text()


def test_another_process_finds_the_address_on_disk(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="hongyan up"):
        _ = EmbeddedNats(tmp_path / "nats").url
    server = EmbeddedNats(tmp_path / "nats")
    server.prepare()
    assert EmbeddedNats(tmp_path / "nats").url == server.url


def test_a_server_left_over_by_a_crash_is_replaced(tmp_path: Path) -> None:
    first, second = EmbeddedNats(tmp_path / "nats"), EmbeddedNats(tmp_path / "nats")
    first.start()
    left_over = first.process
    second.start()
    try:
        assert left_over is not None
        assert left_over.wait(5) is not None
        assert second.is_ready()
    finally:
        second.stop()
        first.stop()


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    server.prepare()
    before = int(server.url.rsplit(":", 1)[1])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", before))
        taken.listen()
        server.start()
        try:
            assert int(server.url.rsplit(":", 1)[1]) != before
            assert server.is_ready()
        finally:
            server.stop()


def test_a_server_that_was_not_started_is_not_ready(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    server.stop()
    with pytest.raises(EmbeddedServerError, match="ended"):
        server.is_ready()


def test_without_the_wheel_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedServerError, match="HONGYAN_NATS_URL"):
        server_binary()
    beside = tmp_path / "nats-server"
    beside.write_text("#!/bin/sh\n")
    beside.chmod(0o755)
    assert server_binary() == beside
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path / "elsewhere"))
    assert server_binary() == beside
