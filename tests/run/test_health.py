"""Liveness, readiness and metrics over real sockets."""

import asyncio
import json
from pathlib import Path

import pytest

from hongyan.kernel.metrics import Metrics
from hongyan.kernel.settings import Settings
from hongyan.run.health import Health, health_of_all, is_ready
from hongyan.run.ports import ports_path, write_json


async def _fine() -> None:
    return


async def _broken() -> None:
    raise ConnectionError("no route")


async def _hanging() -> None:
    await asyncio.Event().wait()


async def _get(port: int, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1]), answer.split("\r\n\r\n", 1)[1]


async def test_a_process_answers_for_itself() -> None:
    health = Health(Metrics("worker"), {"database": _fine})
    async with health.serving(0) as port:
        assert port is not None
        assert await _get(port, "/livez") == (200, "ok")
        assert await _get(port, "/readyz?x=1") == (200, '{"status": "ok"}')
        status, text = await _get(port, "/metrics")
        assert (status, 'target_info{process="worker"} 1.0' in text) == (200, True)
        assert (await _get(port, "/etc/passwd"))[0] == 404
        health.add("bus", _broken)
        status, text = await _get(port, "/readyz")
        assert (status, json.loads(text)["failed"]) == (503, {"bus": "ConnectionError: no route"})
        assert await _get(port, "/livez") == (200, "ok")
    assert not await is_ready("127.0.0.1", port)


async def test_a_check_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.run.health._CHECK_TIMEOUT_S", 0.05)
    answer = await Health(Metrics("web"), {"database": _hanging}).readiness()
    assert answer["failed"].keys() == {"database"}


async def test_without_a_port_nothing_listens() -> None:
    async with Health(Metrics("web"), {}).serving(None) as port:
        assert port is None


async def test_a_client_that_says_nothing_or_too_much_is_hung_up_on() -> None:
    async with Health(Metrics("web"), {}).serving(0) as port:
        for data in (b"", b"x" * 100_000, b"\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(data)
            writer.write_eof()
            try:
                answer = await reader.read()
            except ConnectionError:
                answer = b""
            assert b"200" not in answer
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                continue


@pytest.mark.parametrize(
    ("worker_is_well", "complete", "expected"),
    [
        (True, True, {"status": "ok"}),
        (False, True, {"status": "unavailable", "processes": {"web": "ready", "worker": "not ready"}}),
        (True, False, {"status": "unavailable", "processes": {"web": "ready", "worker": "ready"}, "up": "starting"}),
    ],
)
async def test_all_processes_of_an_up_are_asked(
    tmp_path: Path, worker_is_well: bool, complete: bool, expected: dict[str, object]
) -> None:
    ports_path(tmp_path).parent.mkdir()
    worker = Health(Metrics("worker"), {"database": _fine if worker_is_well else _broken})
    async with Health(Metrics("web"), {}).serving(0) as web_port, worker.serving(0) as worker_port:
        write_json(ports_path(tmp_path), {"complete": complete, "ports": {"web": web_port, "worker": worker_port}})
        assert await health_of_all(Settings(data_dir=tmp_path)) == expected


async def test_without_up_only_web_is_asked(tmp_path: Path) -> None:
    async with Health(Metrics("web"), {}).serving(0) as port:
        assert port is not None
        assert await health_of_all(Settings(data_dir=tmp_path, port=port)) == {"status": "ok"}
