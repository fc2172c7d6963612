"""A process that does nothing but callbacks, without a bus: ``python -m support.callbacks_worker DATABASE_URL FOLDER``."""

import asyncio
import sys
from pathlib import Path

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.http.targets import Allowances
from hongyan.kernel.ids import RandomIds
from hongyan.rooms.callbacks.jobs import run
from hongyan.rooms.callbacks.service.door import CallbacksService, Rooms, Tools
from support.callbacks_house import bare_graph


async def _work(url: str, folder: Path) -> None:
    db = Database(url)
    graph = bare_graph(db, folder)
    out = OutgoingHttp(allowances=Allowances.parse("127.0.0.0/8"))
    room = CallbacksService(
        Tools(db=db, clock=SystemClock(), ids=RandomIds(), ring=graph.ring, keys=graph.keys, out=out),
        Rooms(
            identity=graph.identity,
            delivery=graph.delivery,
            campaigns=graph.campaigns.views,
            resolves=graph.campaigns.resolve_views,
            links=graph.short_links,
            smart=graph.smart,
            sms=graph.sms,
            video=graph.video_sms,
        ),
    )
    await run(room, asyncio.Event())


def main() -> None:
    """Work until killed."""
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()
