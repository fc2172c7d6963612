"""Ports are checked before anything starts."""

import socket

import pytest

from hongyan.run import ports
from hongyan.run.ports import PortInUse, check_ports, free_ports


async def test_a_free_port_passes_and_a_taken_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_PATIENCE_S", 0.2)
    port = free_ports(["web"])["web"]
    await check_ports("127.0.0.1", {"--port": port})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(PortInUse, match=f"{port}.*--port"):
            await check_ports("127.0.0.1", {"--port": port})


async def test_an_address_that_is_not_ours_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_PATIENCE_S", 0.0)
    with pytest.raises(PortInUse, match=r"192\.0\.2\.1"):
        await check_ports("192.0.2.1", {"--port": 8080})


def test_chosen_ports_differ() -> None:
    names = [f"p{number}" for number in range(20)]
    assert len(set(free_ports(names).values())) == len(names)
