"""How the installation is, for the console: its processes, its gateways, and what the doctor finds.

Not for: probes of a load balancer (``/healthz``), alarms of the line (``gateways``).
"""

import asyncio
import contextlib
import json
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

from hongyan.kernel.settings import Settings
from hongyan.run.connect import nats_url
from hongyan.run.doctor import Level, run_checks
from hongyan.run.graph import Graph
from hongyan.run.health import reachable
from hongyan.run.ports import ports_path

_TIMEOUT_S = 4.0


class ProcessView(BaseModel):
    """One process of this ``hongyan up``, as it answers for itself."""

    name: str
    is_ready: bool
    failed: dict[str, str]
    """What is not well → why; ``answer`` when the process does not answer."""
    memory_bytes: int | None
    cpu_seconds: float | None
    """Since its start."""
    started_at: datetime | None


class GatewayView(BaseModel):
    """One gateway process that is alive, wherever it runs."""

    name: str
    age_s: float
    unable: list[str]
    """Channels on which it could not log in lately."""


class SystemView(BaseModel):
    """The installation as it answers now."""

    version: str
    python: str
    platform: str
    is_complete: bool
    """All processes of this ``hongyan up`` were started; ``False`` while it starts."""
    processes: list[ProcessView]
    gateways: list[GatewayView]


class CheckView(BaseModel):
    """One finding of the doctor, as ``hongyan doctor`` prints it."""

    name: str
    level: Level
    message: str
    fix: str | None


class CheckList(BaseModel):
    """What the doctor found."""

    items: list[CheckView]
    at: datetime


def system_router(graph: Graph, *, may_look: Callable[..., Awaitable[object]], version: str) -> APIRouter:
    """Return the endpoints under ``/console/api/system``."""
    router = APIRouter(prefix="/console/api/system", tags=["system"], dependencies=[Depends(may_look)])

    @router.get("")
    async def show_system() -> SystemView:
        """Ask every process of this installation how it is."""
        is_complete, ports = known_processes(graph.settings)
        asked = [ask_process(name, _host(graph.settings, name), port) for name, port in ports.items()]
        processes = await asyncio.gather(*asked)
        async with graph.db.begin() as uow:
            alive = await graph.alarms.list_gateways(uow)
            names = {one.account_id: one.name for one in await graph.carriers.list_accounts(uow)}
        return SystemView(
            version=version,
            python=platform.python_version(),
            platform=platform.platform(terse=True),
            is_complete=is_complete,
            processes=processes,
            gateways=[
                GatewayView(
                    name=one.gateway_id,
                    age_s=round(one.age_s, 1),
                    unable=sorted(name for account_id, name in names.items() if account_id in one.unable),
                )
                for one in alive
            ],
        )

    @router.get("/checks")
    async def run_system_checks() -> CheckList:
        """Let the doctor look at everything the installation stands on; takes a second or so."""
        found = await run_checks(graph.settings, database_url=graph.db.url, nats_url=nats_url(graph.settings))
        items = [CheckView(name=one.name, level=one.level, message=one.message, fix=one.fix) for one in found]
        return CheckList(items=items, at=graph.clock.now())

    return router


def known_processes(settings: Settings) -> tuple[bool, dict[str, int]]:
    """Return whether all were started, and process → port; without ``hongyan up`` only ``web`` is known."""
    try:
        known = json.loads(ports_path(settings.data_dir).read_text())
        return bool(known["complete"]), {str(name): int(port) for name, port in known["ports"].items()}
    except (FileNotFoundError, ValueError, KeyError):
        return True, {"web": settings.port}


async def ask_process(name: str, host: str, port: int) -> ProcessView:
    """Return how a process says it is; one that does not answer is not ready."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            ready, numbers = await asyncio.gather(_get(host, port, "/readyz"), _get(host, port, "/metrics"))
            answer: dict[str, Any] = json.loads(ready)
    except (TimeoutError, OSError, ValueError) as error:
        why = {"answer": type(error).__name__}
        return ProcessView(name=name, is_ready=False, failed=why, memory_bytes=None, cpu_seconds=None, started_at=None)
    values = {
        sample.name: sample.value
        for family in text_string_to_metric_families(numbers)
        if family.name.startswith("process_")
        for sample in family.samples
    }
    memory, cpu = values.get("process_resident_memory_bytes"), values.get("process_cpu_seconds_total")
    started = values.get("process_start_time_seconds")
    return ProcessView(
        name=name,
        is_ready=answer.get("status") == "ok",
        failed={str(key): str(why) for key, why in answer.get("failed", {}).items()},
        memory_bytes=None if memory is None else int(memory),
        cpu_seconds=cpu,
        started_at=None if started is None else datetime.fromtimestamp(started, UTC),
    )


def _host(settings: Settings, name: str) -> str:
    return reachable(settings.host) if name == "web" else "127.0.0.1"


async def _get(host: str, port: int, path: str) -> str:
    """Return the body of an answer, whatever its status."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"HTTP/"):
        msg = f"{host}:{port} does not speak HTTP"
        raise ValueError(msg)
    return body.decode()
