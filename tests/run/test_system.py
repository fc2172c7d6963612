"""Processes as they answer for themselves, over real sockets."""

from pathlib import Path

from hongyan.kernel.metrics import Metrics
from hongyan.kernel.settings import Settings
from hongyan.run.health import Health
from hongyan.run.ports import ports_path, write_json
from hongyan.run.system import ask_process, known_processes


async def _broken() -> None:
    raise ConnectionError("no route")


async def test_a_process_says_how_it_is_and_what_it_takes() -> None:
    health = Health(Metrics("worker"), {})
    async with health.serving(0) as port:
        assert port is not None
        found = await ask_process("worker", "127.0.0.1", port)
        assert (found.name, found.is_ready, found.failed) == ("worker", True, {})
        assert (found.memory_bytes or 0) > 1_000_000
        assert found.started_at is not None
        health.add("bus", _broken)
        found = await ask_process("worker", "127.0.0.1", port)
        assert (found.is_ready, found.failed) == (False, {"bus": "ConnectionError: no route"})
    found = await ask_process("worker", "127.0.0.1", port)
    assert (found.is_ready, list(found.failed), found.memory_bytes) == (False, ["answer"], None)


def test_the_processes_of_an_up_are_known_and_web_alone_without_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=8123)
    assert known_processes(settings) == (True, {"web": 8123})
    path = ports_path(tmp_path)
    path.parent.mkdir(parents=True)
    write_json(path, {"complete": False, "ports": {"web": 1, "worker": 2}})
    assert known_processes(settings) == (False, {"web": 1, "worker": 2})
