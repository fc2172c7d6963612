"""The children of ``hongyan up`` as parts to supervise: embedded servers, our processes, the simulators of the demo.

Not for: their order (``run.up``) nor keeping them alive (``run.supervise``).
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hongyan.kernel.embedded.child import bound_to_us
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.settings import Settings
from hongyan.run.health import is_ready, reachable
from hongyan.run.supervise import Part, Stops

OnSpawn = Callable[[str, int], None]
"""Told the name and process id of every child that starts."""

# Nine seconds in all for the slowest case of each: all must be over in ten, also where the machine is busy.
_STOPS: Mapping[str, Stops] = {
    "web": ((signal.SIGTERM, 1.7),),
    "redirector": ((signal.SIGTERM, 1.7),),
    "worker": ((signal.SIGTERM, 2.2),),
    "gateway": ((signal.SIGTERM, 2.0),),
    "nats": ((signal.SIGTERM, 0.8),),
    "postgres": ((signal.SIGINT, 1.3), (signal.SIGQUIT, 0.5)),
}
_EXTRA_STOPS: Stops = ((signal.SIGTERM, 0.5),)


@dataclass(frozen=True, slots=True)
class Extra:
    """One more child (a simulator of the demo). It is ready when ``port`` on 127.0.0.1 takes connections."""

    name: str
    command: Sequence[str]
    port: int
    env: Mapping[str, str] = field(default_factory=dict)


def server_part(name: str, server: EmbeddedPostgres | EmbeddedNats) -> Part:
    """Return an embedded server as a part."""

    async def prepare() -> None:
        await asyncio.to_thread(server.prepare)

    async def ready() -> bool:
        return await asyncio.to_thread(server.is_ready)

    return Part(name, server.spawn, ready, prepare=prepare, stops=_STOPS[name])


def process_part(name: str, program: Sequence[str], settings: Settings, port: int, *, on_spawn: OnSpawn) -> Part:
    """Return one of our processes: ``program`` followed by its name; ``port`` answers ``/readyz``."""
    command = [*program, name]
    env = {**os.environ, **environment(settings), "HONGYAN_LOG_FORMAT": "json"}
    host = reachable(settings.host) if name == "web" else "127.0.0.1"
    if name != "web":
        env["HONGYAN_HEALTH_PORT"] = str(port)

    async def ready() -> bool:
        return await is_ready(host, port)

    return Part(name, lambda log: _spawn(command, env, log), ready, stops=_STOPS[name], on_spawn=on_spawn)


def extra_part(extra: Extra, *, on_spawn: OnSpawn) -> Part:
    """Return one of the demo's children."""
    env = {**os.environ, **extra.env}

    async def ready() -> bool:
        try:
            async with asyncio.timeout(1):
                _, writer = await asyncio.open_connection("127.0.0.1", extra.port)
        except (TimeoutError, OSError):
            return False
        writer.close()
        return True

    return Part(
        extra.name, lambda log: _spawn(list(extra.command), env, log), ready, stops=_EXTRA_STOPS, on_spawn=on_spawn
    )


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment of a process that shall have the same."""
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    return {
        f"HONGYAN_{name.upper()}": str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if value is not None
    }


def _spawn(command: list[str], env: Mapping[str, str], log: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        bound_to_us(command, signal.SIGTERM),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=env,
        start_new_session=True,
    )
