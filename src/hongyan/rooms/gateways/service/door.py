"""The door for processes and commands: run the accounts, say who works where, raise epochs after a restore."""

import asyncio

from hongyan.kernel.bus.contracts import Bus, BusMessage, Subscription
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import SUBJECT_CHANGED
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import SUBJECT_READY
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways.contracts import LoadContent, no_content
from hongyan.rooms.gateways.service import leases
from hongyan.rooms.gateways.service.health import Limits
from hongyan.rooms.gateways.service.inlets import Inlets
from hongyan.rooms.gateways.service.metrics import Meter
from hongyan.rooms.gateways.service.supervisor import GatewaySupervisor
from hongyan.rooms.gateways.service.tending import Line
from hongyan.rooms.receipts.service import ReceiptsService

_LEASE_CONNECTIONS = 2
_NO_LIMITS_SET = Limits()


class GatewaysService:
    """Use cases of gateways."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        carriers: CarriersService,
        delivery: DeliveryService,
        receipts: ReceiptsService,
        load_content: LoadContent = no_content,
        metrics: Metrics | None = None,
        limits: Limits = _NO_LIMITS_SET,
    ) -> None:
        """Work on ``db``: the loops open their own transactions. ``load_content`` brings what video messages show."""
        self._lease_db = Database(db.url, pool_size=_LEASE_CONNECTIONS)
        self._line = Line(
            db=db,
            lease_db=self._lease_db,
            clock=clock,
            carriers=carriers,
            delivery=delivery,
            receipts=receipts,
            load_content=load_content,
            meter=Meter(metrics or Metrics("gateway")),
            limits=limits,
        )
        self._supervisor: GatewaySupervisor | None = None

    async def run(self, gateway_id: str, stop: asyncio.Event) -> None:
        """Serve all enabled accounts until ``stop``, then hand over within a few seconds."""
        self._supervisor = GatewaySupervisor(self._line, gateway_id)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(Inlets(self._line).run(stop))
                await self._supervisor.run(stop)
        finally:
            await self._lease_db.close()

    async def listen(self, bus: Bus) -> list[Subscription]:
        """Let hints wake the accounts; without them polls find work within half a second, and changes within one."""

        async def ready(message: BusMessage) -> None:
            self._line.meter.hinted(message.subject)
            if self._supervisor is not None:
                self._supervisor.wake([int(word) for word in message.payload.split() if word.isdigit()])

        async def changed(message: BusMessage) -> None:
            self._line.meter.hinted(message.subject)
            if self._supervisor is not None:
                self._supervisor.look_now()

        return [await bus.subscribe(SUBJECT_READY, ready), await bus.subscribe(SUBJECT_CHANGED, changed)]

    def wake(self) -> None:
        """Look for work now; without this a poll finds it within half a second."""
        if self._supervisor is not None:
            self._supervisor.wake()

    def states(self) -> dict[str, bool]:
        """Return account name → this process holds its lease."""
        return self._supervisor.states() if self._supervisor is not None else {}

    async def jump_epochs(self, uow: Uow, by: int = 1_000) -> int:
        """Raise all epochs, after a restore: whoever held a lease before can write nothing more."""
        return await leases.jump_epochs(uow, by)
