"""A gateway as a process of its own, for tests that kill it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


class GatewayProcess:
    """``tests/support/line_gateway.py`` over a database; contents of video messages come from ``files_dir``."""

    def __init__(
        self, url: str, key_file: Path, files_dir: Path | None = None, *, gateway_id: str = "gateway-1"
    ) -> None:
        self._arguments = [str(_ROOT / "tests/support/line_gateway.py"), url, str(key_file), gateway_id]
        self._arguments += [str(files_dir)] if files_dir is not None else []
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        paths = os.pathsep.join(str(_ROOT / path) for path in ("src", "packages/telcowire/src", "tools", "tests"))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *self._arguments, env=os.environ | {"PYTHONPATH": paths}
        )

    async def end(self, number: signal.Signals) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        await self._process.wait()
