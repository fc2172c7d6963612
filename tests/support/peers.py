"""Foreign programs that speak to ours: where they are, what is said when they are missing, and a child that talks JSON.

A peer that is not installed is a skip with its reason. The ones that HONGYAN_REQUIRED_PEERS names (blanks between them)
fail instead: `.ci/run` names those that install wherever our own packages do.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT: Path = Path(__file__).parents[2]
SCRIPTS: Path = ROOT / "tests" / "telcowire" / "peers"
PYTHON: Path = ROOT / ".tools" / "peers" / "bin" / "python"
NODE_MODULES: Path = ROOT / ".tools" / "peers-npm" / "node_modules"
WAIT_S = 45
_PATH = os.pathsep.join([str(ROOT / ".tools" / "node" / "bin"), os.environ.get("PATH", "")])


def _miss(peer: str, reason: str) -> None:
    if peer in os.environ.get("HONGYAN_REQUIRED_PEERS", "").split():
        pytest.fail(f"{peer} is a peer that must be there, but {reason}", pytrace=False)
    pytest.skip(f"{peer}: {reason}")


def need_python_peer(peer: str) -> None:
    """Skip, or fail where it is required, unless the distribution is in the peers' own environment."""
    name = peer.replace("-", "_")
    if not any(PYTHON.parents[1].glob(f"lib/python*/site-packages/{name}-*.dist-info")):
        _miss(peer, "it is not in .tools/peers: `make setup` puts it there")


def need_npm_peer(peer: str) -> None:
    """Skip, or fail where it is required, unless the package and a Node are there."""
    if shutil.which("node", path=_PATH) is None:
        _miss(f"npm:{peer}", "there is no node to run it")
    if not (NODE_MODULES / peer / "package.json").exists():
        _miss(f"npm:{peer}", "it is not in .tools/peers-npm: `make setup` puts it there when the registry answers")


def need_program(program: str) -> str:
    """Return the path of a program of the system; skip, or fail where it is required, when it is not there."""
    path = shutil.which(program)
    if path is None:
        _miss(program, "it is not installed: `make setup` asks Debian for it where it may")
    return str(path)


class Child:
    """A peer's process; its script prints one JSON object a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Read from a running process."""
        self._process = process

    async def read(self) -> dict[str, Any]:
        """Return the next object; fail when the peer ends or is silent instead."""
        assert self._process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            async for line in self._process.stdout:
                if line.startswith(b"{"):
                    told: dict[str, Any] = json.loads(line)
                    return told
        raise AssertionError("the peer has ended without another word")

    async def read_all(self) -> list[dict[str, Any]]:
        """Wait for a successful end; return the objects that were not read yet."""
        async with asyncio.timeout(WAIT_S):
            output, errors = await self._process.communicate()
        assert self._process.returncode == 0, errors.decode()[-2000:] + output.decode()[-2000:]
        return [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]


@asynccontextmanager
async def start_peer(script: str, *arguments: str) -> AsyncIterator[Child]:
    """Start a script of `tests/telcowire/peers`, in Python or JavaScript by its name; it is gone afterwards."""
    program = str(PYTHON) if script.endswith(".py") else str(shutil.which("node", path=_PATH))
    process = await asyncio.create_subprocess_exec(
        program,
        str(SCRIPTS / script),
        *arguments,
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Child(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run_peer(script: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a script to its successful end; return the objects that it printed."""
    async with start_peer(script, *arguments) as child:
        return await child.read_all()
