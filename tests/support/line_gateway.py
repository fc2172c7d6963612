"""A gateway process for tests that kill it: ``python tests/support/line_gateway.py DATABASE_URL KEY_FILE``."""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import load_key_ring
from hongyan.kernel.log import configure_log
from support.line import SendingLine


async def main(url: str, key_file: Path) -> None:
    """Serve all accounts until told to stop."""
    configure_log(process="gateway", fmt="console", level="info")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    line = SendingLine(Database(url), ring=load_key_ring(key_file))
    await line.gateways.run("gateway-1", stop)
    await line.db.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
