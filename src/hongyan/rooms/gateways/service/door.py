"""The door for processes and commands: run the accounts, say who works where, raise epochs after a restore."""

import asyncio

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways.contracts import LoadContent, no_content
from hongyan.rooms.gateways.service import leases
from hongyan.rooms.gateways.service.supervisor import GatewaySupervisor
from hongyan.rooms.gateways.service.tenure import Line
from hongyan.rooms.receipts.service import ReceiptsService


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
    ) -> None:
        """Work on ``db``: the loops open their own transactions. ``load_content`` brings what video messages show."""
        self._line = Line(db=db, clock=clock, delivery=delivery, receipts=receipts, load_content=load_content)
        self._carriers = carriers
        self._supervisor: GatewaySupervisor | None = None

    async def run(self, gateway_id: str, stop: asyncio.Event) -> None:
        """Serve all enabled accounts until ``stop``, then hand over within a few seconds."""
        self._supervisor = GatewaySupervisor(self._line, self._carriers, gateway_id)
        await self._supervisor.run(stop)

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
