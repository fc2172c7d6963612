"""A gateway process for tests that kill it: ``… line_gateway.py DATABASE_URL KEY_FILE [GATEWAY_ID [FILES_DIR]]``."""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import load_key_ring
from hongyan.kernel.log import configure_log
from hongyan.rooms.gateways.contracts import no_content
from support.line import SendingLine
from support.video import contents_in


async def main(url: str, key_file: Path, gateway_id: str, files_dir: Path | None) -> None:
    """Serve all accounts until told to stop."""
    configure_log(process="gateway", fmt="console", level="info")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    line = SendingLine(
        Database(url), ring=load_key_ring(key_file), load_content=contents_in(files_dir) if files_dir else no_content
    )
    await line.gateways.run(gateway_id, stop)
    await line.db.close()


if __name__ == "__main__":
    given = [*sys.argv[1:], *("", "", "gateway-1", "")[len(sys.argv) - 1 :]]
    uvloop.run(main(given[0], Path(given[1]), given[2], Path(given[3]) if given[3] else None))
