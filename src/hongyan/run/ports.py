"""The ports of one ``hongyan up``: checked before anything starts, chosen for health, written down for ``/healthz``.

Not for: asking the processes behind them (``run.health``).
"""

import asyncio
import contextlib
import json
import os
import random
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

_PATIENCE_S = 5.0
_QUIET_PORTS = range(12_000, 32_000)
"""Linux hands out 32768 and above, others 49152 and above."""
_POLL_S = 0.1


class PortInUse(Exception):
    """A port that we were told to use is taken; the text says which and what to do."""


async def check_ports(host: str, ports: Mapping[str, int]) -> None:
    """Refuse early, with the option to change, rather than have a child fail again and again.

    Args:
        host: where we shall listen.
        ports: command-line option → port.

    Raises:
        PortInUse: a port is taken and stays so for 5 s (children of a killed ``up`` need a moment to go).
    """
    for option, port in ports.items():
        deadline = time.monotonic() + _PATIENCE_S
        while (why := _trouble(host, port)) is not None:
            if time.monotonic() > deadline:
                msg = f"{host}:{port} cannot be used ({why}): stop what uses it, or choose another {option}"
                raise PortInUse(msg)
            await asyncio.sleep(_POLL_S)


def free_ports(names: Sequence[str], but: Collection[int] = ()) -> dict[str, int]:
    """Choose a free loopback port for each name; all are held until all are chosen, so that they differ.

    ``but``: ports that belong to somebody who does not listen yet. ``HONGYAN_QUIET_PORTS`` (``12000-21999``) narrows
    the choice where several installations start side by side.

    Below the range that the system hands to outgoing connections: one of those could take a chosen port before its
    owner listens, or while its owner is being restarted.
    """
    with contextlib.ExitStack() as held:
        ports: dict[str, int] = {}
        quiet = [port for port in _quiet_ports() if port not in but]
        candidates = iter(random.sample(quiet, len(quiet)))
        for name in names:
            for port in candidates:
                probe = held.enter_context(socket.socket())
                with contextlib.suppress(OSError):
                    probe.bind(("127.0.0.1", port))
                    ports[name] = port
                    break
            else:
                msg = "no free port on 127.0.0.1"
                raise PortInUse(msg)
    return ports


def _quiet_ports() -> range:
    first, _, last = os.environ.get("HONGYAN_QUIET_PORTS", "").partition("-")
    return range(int(first), int(last) + 1) if first.isdigit() and last.isdigit() else _QUIET_PORTS


def ports_path(data_dir: Path) -> Path:
    """Where ``hongyan up`` says which process answers where: ``{"complete": bool, "ports": {name: port}}``."""
    return data_dir / "run" / "ports.json"


def write_json(path: Path, value: object) -> None:
    """Replace a small file as a whole."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(json.dumps(value))
    temporary.replace(path)


def require_port(host: str, port: int) -> None:
    """Say in words what the server underneath would say with a native backtrace.

    Raises:
        OSError: the port cannot be listened on.
    """
    why = _trouble(host, port)
    if why is not None:
        raise OSError(f"cannot listen on {host}:{port}: {why}")


def _trouble(host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None
