"""What the sandbox's tests run inside the child: one behaviour per first argument."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hongyan.kernel.sandbox import Out


def _echo(args: list[str], out: Out) -> None:
    print("this goes to stderr, not into the frames")
    for text in args:
        out.send(text.encode())


def _many(args: list[str], out: Out) -> None:
    for number in range(int(args[0])):
        out.send(number.to_bytes(4, "big") + bytes(int(args[1])))


def _eat_memory(args: list[str], out: Out) -> None:
    del args
    out.send(b"started")
    kept = []
    while True:
        kept.append(bytearray(10_000_000))


def _sleep(args: list[str], out: Out) -> None:
    out.send(b"started")
    out.flush()
    time.sleep(float(args[0]))


def _spin(args: list[str], out: Out) -> None:
    del args, out
    while True:
        pass


def _abort(args: list[str], out: Out) -> None:
    del args, out
    os.kill(os.getpid(), signal.SIGABRT)


def _abort_like_rust(args: list[str], out: Out) -> None:
    del args, out
    sys.stderr.write("memory allocation of 34359738368 bytes failed\n")
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGABRT)


def _large(args: list[str], out: Out) -> None:
    out.send(bytes(int(args[0])))


def _raise(args: list[str], out: Out) -> None:
    del out
    raise ValueError(args[0])


def _write(args: list[str], out: Out) -> None:
    del out
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    Path(args[0]).write_bytes(b"x" * 100)


def _environment(args: list[str], out: Out) -> None:
    del args
    out.send("\n".join(sorted(os.environ)).encode())


def _stdin(args: list[str], out: Out) -> None:
    del args
    out.send(sys.stdin.buffer.read())


_BEHAVIOURS: dict[str, Callable[[list[str], Out], None]] = {
    "echo": _echo,
    "many": _many,
    "eat_memory": _eat_memory,
    "sleep": _sleep,
    "spin": _spin,
    "abort": _abort,
    "abort_like_rust": _abort_like_rust,
    "large": _large,
    "raise": _raise,
    "write": _write,
    "environment": _environment,
    "stdin": _stdin,
}


def main(args: list[str], out: Out) -> None:
    """Behave as the first argument says."""
    _BEHAVIOURS[args[0]](args[1:], out)
