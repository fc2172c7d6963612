"""A small program that stands in for one of our processes when the supervision itself is tested.

``python -m support.process NAME``: answers its health port, writes a line of log, and does what ``BEHAVIOUR_<NAME>`` says:
``die`` (exit 3 at once, the first time), ``deaf`` (ignores SIGTERM), ``litter`` (leaves a child of its own), nothing (serve).
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from hongyan.kernel.metrics import Metrics
from hongyan.kernel.settings import Settings
from hongyan.run.health import Health


async def _serve(name: str) -> None:
    settings = Settings()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    deaf = os.environ.get(f"BEHAVIOUR_{name.upper()}") == "deaf"
    loop.add_signal_handler(signal.SIGTERM, (lambda: None) if deaf else stop.set)
    port = settings.port if name == "web" else settings.health_port
    async with Health(Metrics(name), {}).serving(port):
        print(
            json.dumps({"event": "serving", "process": name, "level": "info", "database": settings.database_url}),
            flush=True,
        )
        await stop.wait()
    print(f"{name} stopped", file=sys.stderr, flush=True)


def main() -> None:
    """Be the process named on the command line."""
    name = sys.argv[1]
    behaviour = os.environ.get(f"BEHAVIOUR_{name.upper()}")
    mark = Path(os.environ["HONGYAN_DATA_DIR"]) / f"{name}.died"
    if behaviour == "die" and not mark.exists():
        mark.touch()
        sys.exit(3)
    if behaviour == "litter":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    asyncio.run(_serve(name))


if __name__ == "__main__":
    main()
