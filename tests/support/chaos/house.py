"""A whole installation under the harness's own supervision: real processes, a movable clock, a small disk.

PostgreSQL lies on a tmpfs of its own where we may mount one (then its disk can be full), else in the house's folder.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from hongyan.kernel.db.migrate import migrate
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import DURABLE, EmbeddedPostgres
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.rooms.carriers.contracts import Carrier, NewAccount, Protocol
from hongyan.run import demo
from hongyan.run.connect import connected
from hongyan.run.graph import Graph
from hongyan.run.parts import environment
from hongyan.run.ports import free_ports
from simulators.wires.wire import FaultyWire
from support.chaos.carriers import CMPP, MANNERS, SECRET, Channel, SimulatedCarrier
from support.chaos.children import Child, spawner
from support.chaos.clock import Offset

_DISK = "2g"
_READY_S = 120.0
_FAILOVER_S = 3.0
"""So that a carrier that is away for some seconds has its messages go elsewhere."""
_DISK_SETTINGS = {**DURABLE, "max_wal_size": "256MB", "min_wal_size": "64MB", "shared_buffers": "64MB"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the demo tenant."""

    tenant_id: TenantId
    signature_id: SignatureId
    signature: str
    template_id: str
    card_id: str
    env: dict[str, str]


class House:
    """The processes by name: postgres, nats, web, worker, gateway-a and gateway-b; the carriers by channel."""

    def __init__(
        self,
        folder: Path,
        *,
        gateways: int = 1,
        workers: int = 1,
        has_links: bool = False,
        channels: tuple[Channel, ...] = CMPP,
    ) -> None:
        """So many gateways and workers, one web, and a redirector where somebody taps links."""
        self.folder = folder
        self.control = folder / "control"
        self.data_dir = folder / "data"
        self.disk = folder / "disk"
        self.channels = channels
        self._names = ("web", "worker", "worker-b")[: 1 + workers] + ("gateway-a", "gateway-b")[:gateways]
        self._names += ("redirector",) if has_links else ()
        self._ports = free_ports(
            [*self._names, "links", *(c.name for c in channels), *(f"inbox {c.name}" for c in channels)]
            + [f"door {c.name}" for c in channels]
        )
        self.children: dict[str, Child] = {}
        self.carriers: dict[str, SimulatedCarrier] = {}
        self.has_small_disk = False
        self.graph: Graph
        self.clock: Offset
        self.sender: Sender
        self.settings: Settings

    # --- start --------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(self) -> AsyncIterator["House"]:
        """Start everything, give the house while the block runs, stop everything."""
        async with AsyncExitStack() as stack:
            for folder in (self.control, self.data_dir, self.disk):
                folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o755)
            self.clock = Offset(self.control / "clock")
            self._mount(stack)
            stack.push_async_callback(self._stop)
            await self._start_servers()
            for channel in self.channels:
                await self._start_carrier(stack, channel)
            self.graph = await stack.enter_async_context(connected(self.settings, "chaos"))
            await self._start_ours()
            await self._make_sender()
            yield self

    def _mount(self, stack: AsyncExitStack) -> None:
        if os.geteuid() != 0:
            print("no disk of our own (only root may mount a tmpfs): it is never full in these runs", flush=True)
            return
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={_DISK},mode=0755", "tmpfs", str(self.disk)],
            check=False,
            capture_output=True,
        )
        self.has_small_disk = done.returncode == 0
        if self.has_small_disk:
            stack.callback(subprocess.run, ["umount", "-l", str(self.disk)], check=False)

    async def _start_servers(self) -> None:
        log = self.folder
        postgres = EmbeddedPostgres(self.disk / "postgres", self.folder, settings=_DISK_SETTINGS)
        nats = EmbeddedNats(self.data_dir / "nats")
        self.nats = nats
        self.children["postgres"] = Child(
            "postgres", postgres.spawn, log / "postgres.log", prepare=postgres.prepare, stop_signal=signal.SIGINT
        )
        self.children["nats"] = Child("nats", nats.spawn, log / "nats.log", prepare=nats.prepare)
        for name, server in (("postgres", postgres), ("nats", nats)):
            self.children[name].start()
            await _until(f"{name} is ready", lambda server=server: _is_up(server))
        self.settings = Settings(
            data_dir=self.data_dir,
            database_url=postgres.url(),
            nats_url=nats.url,
            port=self._ports["web"],
            links_port=self._ports["links"],
            allow_private_targets=True,
            callback_allow="127.0.0.0/8",
            failover_s=_FAILOVER_S,
            api_rate=0,
            api_send_rate=0,
            api_upload_rate=0,
            api_list_rate=0,
            api_strangers_rate=0,
        )
        load_or_create_key_ring(self.settings.key_path)
        await asyncio.to_thread(migrate, postgres.url())

    async def _start_carrier(self, stack: AsyncExitStack, channel: Channel) -> None:
        port = self._ports[channel.name]
        wire = await stack.enter_async_context(FaultyWire(port))
        inbox = self._ports[f"inbox {channel.name}"]
        carrier = self.carriers[channel.name] = SimulatedCarrier(channel, port, inbox, wire, self.folder)
        if channel.listens:
            carrier.listen_port = self._ports[f"door {channel.name}"]
            carrier.way_back = await stack.enter_async_context(FaultyWire(carrier.listen_port, tells_near=True))
        # From the start on: a gateway that finds nobody for a minute comes back half a minute later.
        await carrier.behave(MANNERS["quick"], 1)

    async def _start_ours(self) -> None:
        async with self.graph.db.begin() as uow:
            await self.graph.delivery.ensure_partitions(uow)
            await self.graph.receipts.ensure_partitions(uow)
            await self.graph.short_links.ensure_partitions(uow)
        for name in self._names:
            process = name.split("-", maxsplit=1)[0]
            env = {
                **environment(self.settings),
                "CHAOS_CONTROL": str(self.control),
                "CHAOS_LABEL": name,
                "HONGYAN_GATEWAY_ID": name,
            }
            if name != "web":
                env["HONGYAN_HEALTH_PORT"] = str(self._ports[name])
            command = ["-m", "support.chaos.launcher", process]
            self.children[name] = Child(name, spawner(command, env), self.folder / f"{name}.log")
            self.children[name].start()
        simulator = demo.simulator_commands(self.settings)["simulator-handsets"][1:]
        self.children["handsets"] = Child("handsets", spawner(simulator, {}), self.folder / "handsets.log")
        self.children["handsets"].start()
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            for name in self._names:
                port = self._ports[name]
                await _until(f"{name} is ready", lambda port=port: _answers(client, port))

    async def _make_sender(self) -> None:
        """Make the demo tenant, and our own channels in place of the demo's."""
        values = await demo.prepare(self.graph)
        carriers = self.graph.carriers
        async with self.graph.db.begin() as uow:
            for account in await carriers.list_accounts(uow):
                await carriers.remove_account(uow, account.name)
            for index, channel in enumerate(self.channels):
                await carriers.add_account(
                    uow,
                    NewAccount(
                        name=channel.name,
                        protocol=Protocol(channel.protocol),
                        host="127.0.0.1",
                        port=self.carriers[channel.name].door_port,
                        login=channel.login,
                        secret=SECRET,
                        src_number=f"1069000{index}",
                        carrier=Carrier(channel.carrier),
                        rate_per_s=channel.rate_per_s,
                        window_pdus=channel.window,
                        connections=channel.connections,
                        listen_port=self.carriers[channel.name].listen_port,
                        group="all",
                        priority=int(channel.is_spare),
                        response_timeout_s=5,
                        heartbeat_s=5,
                    ),
                )
            tenant = await self.graph.identity.tenants.find_tenant_by_domain(uow, demo.DOMAIN)
            assert tenant is not None
            (row,) = [
                one
                for one in await self.graph.sms.list_sendable(uow, tenant.id)
                if one.template_id == values["HONGYAN_SMS_TEMPLATE"]
            ]
        self.sender = Sender(
            tenant.id,
            row.signature_id,
            demo.LEGAL_NAME,
            values["HONGYAN_SMS_TEMPLATE"],
            values["HONGYAN_CARD"],
            values,
        )

    # --- disk ---------------------------------------------------------------------------------------------------------

    def fill_disk(self) -> None:
        """Leave not an octet to the database."""
        ballast = self.disk / "ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in (1 << 22, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def free_disk(self) -> None:
        """Give it back."""
        (self.disk / "ballast").unlink(missing_ok=True)

    # --- end ----------------------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """End every fault."""
        self.clock.seconds = 0.0
        self.free_disk()
        for child in self.all_children():
            child.thaw()
            child.release()
        for wire in [wire for carrier in self.carriers.values() for wire in carrier.wires]:
            wire.heal()

    def all_children(self) -> list[Child]:
        """Return every process, carriers too."""
        return [*self.children.values(), *(c.child for c in self.carriers.values() if c.child is not None)]

    async def _stop(self) -> None:
        self.heal()
        last = [self.children[name] for name in ("nats", "postgres") if name in self.children]
        await asyncio.gather(*(child.stop() for child in self.all_children() if child not in last))
        for child in last:
            await child.stop()
        if self.has_small_disk:
            shutil.rmtree(self.disk / "postgres", ignore_errors=True)


async def _is_up(server: EmbeddedPostgres | EmbeddedNats) -> bool:
    try:
        return await asyncio.to_thread(server.is_ready)
    except Exception:  # noqa: BLE001 - not spawned yet, or ended and about to be started again
        return False


async def _answers(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def _until(what: str, holds: object) -> None:
    deadline = time.monotonic() + _READY_S
    while not await holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {_READY_S:.0f} s in vain until {what}")
        await asyncio.sleep(0.05)


def backends_of(url: str) -> list[int]:
    """Return the process ids of the database's sessions."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
    return [int(row[0]) for row in rows]
