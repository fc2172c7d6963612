"""Running code that reads hostile input in a child process with little memory, little time, no files and no secrets.

The child's module has ``main(args: list[str], out: Out) -> None`` and hands results back as frames (bytes). A parser
that aborts, eats memory or never ends costs its caller one typed error. Not for: speed (a child costs about 60 ms to
start) nor trusted work.
"""

import asyncio
import contextlib
import json
import math
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import IO, Protocol

import structlog

from hongyan.kernel.errors import HongyanError

log = structlog.get_logger(__name__)

MAX_FRAME_BYTES = 16 * 1024 * 1024
_HEADER = struct.Struct(">I")
_PIPE_LIMIT_BYTES = 1024 * 1024
_STDERR_TAIL_BYTES = 4096
_EXIT_MEMORY = 77
_REAP_S = 5.0

# The child's first lines: die with the parent, take the limits, then import. RLIMIT_FSIZE 0: no file can be written.
_ENTRY = """
import ctypes, importlib, json, os, resource, struct, sys
plan = json.loads(sys.argv[1])
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
    if os.getppid() != plan["parent"]:
        os._exit(1)
for name, value in plan["limits"].items():
    resource.setrlimit(getattr(resource, name), (value, value))
sys.path[:] = plan["path"]
pipe = os.fdopen(os.dup(1), "wb", buffering=65536)
os.dup2(2, 1)
class Out:
    def send(self, frame):
        pipe.write(struct.pack(">I", len(frame)))
        pipe.write(frame)
    def flush(self):
        pipe.flush()
try:
    importlib.import_module(plan["module"]).main(plan["args"], Out())
    pipe.flush()
except MemoryError:
    os._exit(77)
"""


class Out(Protocol):
    """What the child's ``main`` writes to."""

    def send(self, frame: bytes) -> None:
        """Hand one frame (at most 16 MB) to the parent; waits while the parent is behind."""
        ...

    def flush(self) -> None:
        """Push out what is buffered (64 KB), for progress."""
        ...


class SandboxTimeout(HongyanError):
    """The child used up its time: its input is too large or made to be slow."""

    code = "kernel.sandbox_timeout"
    vendor_code = "KM.90016803"
    en = "The file takes longer than {deadline_s} s to read and was refused."
    zh = "文件解析超过 {deadline_s} 秒，已拒绝。"


class SandboxMemory(HongyanError):
    """The child wanted more memory than it may have."""

    code = "kernel.sandbox_memory"
    vendor_code = "KM.90016803"
    en = "The file needs more than {memory_mb} MB of memory to read and was refused."
    zh = "文件解析所需内存超过 {memory_mb} MB，已拒绝。"


class SandboxCrash(HongyanError):
    """The child died: its input is broken, or its code is (the log has its last words)."""

    code = "kernel.sandbox_crash"
    vendor_code = "KM.90016803"
    en = "The file could not be read: its content is damaged."
    zh = "文件无法解析：内容已损坏。"


class Child:
    """A running child; read its frames once."""

    def __init__(self, process: asyncio.subprocess.Process, *, memory_bytes: int, deadline_s: float) -> None:
        """Watch ``process``; see :func:`run`."""
        self._process = process
        self._memory_bytes = memory_bytes
        self._deadline_s = deadline_s
        self._left_s = deadline_s
        self._tail = b""
        self._stderr = asyncio.create_task(self._keep_tail())

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield what the child sends, as it comes; a slow reader slows the child down.

        Raises:
            SandboxTimeout: we waited ``deadline_s`` in all, or it used that much processor time.
            SandboxMemory: it hit its memory limit.
            SandboxCrash: it ended in any other way than by returning.
        """
        while (header := await self._read(_HEADER.size)) is not None:
            (size,) = _HEADER.unpack(header)
            if size > MAX_FRAME_BYTES:
                log.error("sandboxed child sent an oversize frame", bytes=size)
                raise SandboxCrash
            frame = await self._read(size)
            if frame is None:
                break
            yield frame
        await self._judge()

    async def _read(self, size: int) -> bytes | None:
        """Return exactly ``size`` bytes, ``None`` at the end of the pipe; counts the time we wait."""
        stdout = self._process.stdout
        if stdout is None:
            return None
        started = time.monotonic()
        try:
            async with asyncio.timeout(max(self._left_s, 0)):
                return await stdout.readexactly(size)
        except asyncio.IncompleteReadError:
            return None
        except TimeoutError as error:
            raise SandboxTimeout(deadline_s=self._deadline_s) from error
        finally:
            self._left_s -= time.monotonic() - started

    async def _judge(self) -> None:
        try:
            async with asyncio.timeout(max(self._left_s, 0) + 1):
                code = await self._process.wait()
                await self._stderr
        except TimeoutError as error:
            raise SandboxTimeout(deadline_s=self._deadline_s) from error
        if code == 0:
            return
        if code == -signal.SIGXCPU:
            raise SandboxTimeout(deadline_s=self._deadline_s)
        words = self._tail.decode(errors="replace")
        # Rust's and C++'s allocators abort instead of raising; so may a second MemoryError while the first is handled.
        if code == _EXIT_MEMORY or any(sign in words for sign in ("memory allocation", "MemoryError", "bad_alloc")):
            raise SandboxMemory(memory_mb=self._memory_bytes // 1024**2)
        log.error("sandboxed child died", exit_code=code, stderr=words[-1000:])
        raise SandboxCrash

    async def _keep_tail(self) -> None:
        stderr = self._process.stderr
        while stderr is not None and (part := await stderr.read(_STDERR_TAIL_BYTES)):
            self._tail = (self._tail + part)[-_STDERR_TAIL_BYTES:]

    async def end(self) -> None:
        """Kill the child if it still runs and reap it; returns when nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        async with asyncio.timeout(_REAP_S):
            if self._process.stdout is not None:
                # A paused pipe would keep its transport open.
                while await self._process.stdout.read(_PIPE_LIMIT_BYTES):
                    pass
            await self._stderr
            await self._process.wait()


@asynccontextmanager
async def run(
    module: str,
    args: Sequence[str],
    *,
    memory_bytes: int,
    deadline_s: float,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
) -> AsyncIterator[Child]:
    """Run ``module.main(args, out)`` in a limited child; on leaving, whatever still runs is killed.

    Args:
        module: dotted name, importable from our own ``sys.path``.
        args: passed as they are.
        memory_bytes: address space of the whole child (the interpreter itself needs about 60 MB, numpy 150 MB more).
        deadline_s: how long we wait for it in all (our own work between frames does not count), and its processor time.
        stdin: a file or descriptor that the child reads as ``sys.stdin.buffer``.
    """
    plan = {
        "module": module,
        "args": list(args),
        "path": [entry for entry in sys.path if entry],
        "parent": os.getpid(),
        "limits": {
            "RLIMIT_AS": memory_bytes,
            "RLIMIT_CPU": math.ceil(deadline_s) + 1,
            "RLIMIT_CORE": 0,
            "RLIMIT_FSIZE": 0,
            "RLIMIT_NOFILE": 64,
        },
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", "-X", "utf8", "-c", _ENTRY, json.dumps(plan)),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        limit=_PIPE_LIMIT_BYTES,
        cwd="/",
        # Nothing of ours: no keys, no addresses. One thread per library, because each would reserve address space.
        env={"PATH": os.defpath, "TZ": "UTC", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )
    child = Child(process, memory_bytes=memory_bytes, deadline_s=deadline_s)
    try:
        yield child
    finally:
        await child.end()
