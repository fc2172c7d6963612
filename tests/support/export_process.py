"""A process that makes one export and says what memory that took, in bytes.

``python -m support.export_process DATABASE_URL KEY_FILE FOLDER TENANT EXPORT``
"""

import asyncio
import json
import sys
from pathlib import Path

import psutil

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import RandomIds, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.ring import load_key_ring
from hongyan.rooms.reports.service.exports import Exports
from support.export_house import house_of

_LOOK_S = 0.01


async def _watch(most: list[int]) -> None:
    """Note the most that is resident, whenever the export lets go of the loop: at each of its pages."""
    me = psutil.Process()
    while True:
        most.append(max(most.pop(), me.memory_info().rss))
        await asyncio.sleep(_LOOK_S)


async def _write(url: str, keys: Path, folder: Path, tenant: str, export_id: str) -> None:
    db = Database(url, pool_size=4)
    house = house_of(db, load_key_ring(keys))
    exports = Exports(
        db=db,
        clock=SystemClock(),
        ids=RandomIds(),
        jobs=Jobs(url),
        files=Files(folder.as_uri()),
        identity=house.identity,
        kinds=house.kinds,
    )
    before = psutil.Process().memory_info().rss
    most = [before]
    watch = asyncio.create_task(_watch(most))
    await exports.write(TenantId(tenant), export_id)
    watch.cancel()
    await db.close()
    sys.stdout.write(json.dumps({"before": before, "most": most[0]}) + "\n")


def main() -> None:
    """Make the export that the arguments name."""
    url, keys, folder, tenant, export_id = sys.argv[1:]
    asyncio.run(_write(url, Path(keys), Path(folder), tenant, export_id))


if __name__ == "__main__":
    main()
