"""Named points inside our processes where a kill -9 or a freeze strikes; patched in from outside, the product has none.

``install`` wraps the product's functions in the process that :mod:`support.chaos.launcher` starts. The harness arms one
point by a file (:func:`arm`); the first process that gets there the n-th time takes the file away and dies or stops.
"""

import asyncio
import contextlib
import functools
import importlib
import inspect
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from hongyan.kernel.db.database import Database, Uow

_LINE = "hongyan.rooms"


class Side(Enum):
    BEFORE = "before"
    AFTER = "after"
    BEHIND = "behind"
    """After, and the event loop has gone round: what was handed to the transport has left."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where it is: ``target`` is ``module:attribute.path``."""

    name: str
    processes: frozenset[str]
    target: str
    side: Side
    is_meant: Callable[[tuple[Any, ...], Any], bool] = lambda _args, _result: True
    """(arguments, result) → whether this call counts: not every look for work finds some."""


def _has_result(_: tuple[Any, ...], result: Any) -> bool:
    return bool(result)


def _has_rows(_: tuple[Any, ...], result: Any) -> bool:
    return bool(result[0] if isinstance(result, tuple) else result)


def _has_argument(args: tuple[Any, ...], _: Any) -> bool:
    return len(args) > 1 and bool(args[1])


_GATEWAY, _WORKER, _WEB = frozenset({"gateway"}), frozenset({"worker"}), frozenset({"web"})
_DELIVERY = f"{_LINE}.delivery.service:DeliveryService"
_RECEIPTS = f"{_LINE}.receipts.service:ReceiptsService"
_TENURE = f"{_LINE}.gateways.service.tenure:Tenure"
_LEASES = f"{_LINE}.gateways.service.leases"
_LINK = f"{_LINE}.gateways.drivers.sessions:SessionLink"

POINTS = (
    Point("claim written, not committed", _GATEWAY, f"{_DELIVERY}.claim", Side.AFTER, _has_rows),
    Point("claim committed, nothing sent", _GATEWAY, f"{_TENURE}._hand_out", Side.BEFORE, _has_argument),
    Point("claim committed, bytes on their way", _GATEWAY, f"{_TENURE}._hand_out", Side.AFTER, _has_argument),
    Point("just before bytes leave", _GATEWAY, f"{_LINK}.submit", Side.BEFORE),
    Point("bytes handed over", _GATEWAY, f"{_LINK}.submit", Side.AFTER),
    Point("bytes have left", _GATEWAY, f"{_LINK}.submit", Side.BEHIND),
    Point("answer read, not noted", _GATEWAY, f"{_LINE}.gateways.service.pump:Pump.on_events", Side.BEFORE),
    Point("outcome written, not committed", _GATEWAY, f"{_DELIVERY}.take_span_results", Side.AFTER),
    Point("outcome committed", _GATEWAY, f"{_TENURE}._transact", Side.AFTER, _has_result),
    Point("report read, not written", _GATEWAY, f"{_RECEIPTS}.take_reports", Side.BEFORE),
    Point("report written, not committed", _GATEWAY, f"{_RECEIPTS}.take_reports", Side.AFTER),
    Point("report committed, not answered", _GATEWAY, f"{_TENURE}._take_deliveries", Side.AFTER),
    Point("some reports answered", _GATEWAY, f"{_LINK}.answer", Side.AFTER),
    Point("report at our door committed", _GATEWAY, f"{_LINE}.gateways.service.inlets:InletWorker._take", Side.AFTER),
    Point("early reports tried again", _GATEWAY, f"{_RECEIPTS}.retry_unmatched", Side.AFTER, _has_rows),
    Point("lease taken", _GATEWAY, f"{_LEASES}:acquire", Side.AFTER, _has_result),
    Point("lease renewed", _GATEWAY, f"{_LEASES}:renew", Side.AFTER),
    Point("left-overs adopted, not committed", _GATEWAY, f"{_DELIVERY}.adopt", Side.AFTER),
    Point("logged in", _GATEWAY, f"{_LINE}.gateways.service.pump:Pump.attach", Side.AFTER),
    Point("lease about to be released", _GATEWAY, f"{_LEASES}:release", Side.BEFORE),
    Point("lease released", _GATEWAY, f"{_LEASES}:release", Side.AFTER),
    Point("task settled, not committed", _GATEWAY, f"{_DELIVERY}.settle", Side.AFTER, _has_result),
    Point("plan written, not committed", _WORKER | _WEB, f"{_DELIVERY}.plan_chunks", Side.AFTER),
    Point("call accepted, not committed", _WEB, f"{_LINE}.campaigns.service.sms_send:SmsSend.send_all", Side.AFTER),
)
BEFORE_COMMIT, BEHIND_COMMIT = "before some commit", "behind some commit"
EVERYWHERE = _GATEWAY | _WORKER | _WEB


def names_of(process: str) -> list[str]:
    """Return the points of a process (``gateway``, ``worker``, ``web``)."""
    return [point.name for point in POINTS if process in point.processes] + [BEFORE_COMMIT, BEHIND_COMMIT]


def arm(control: Path, label: str, point: str, *, nth: int, signal_name: str) -> None:
    """Let the process with that label get ``SIGKILL`` or ``SIGSTOP`` when it is at ``point`` for the n-th time."""
    text = json.dumps({"point": point, "nth": nth, "signal": signal_name})
    temporary = control / f"{label}.new"
    temporary.write_text(text)
    temporary.replace(control / f"{label}.armed")


def disarm(control: Path, label: str) -> bool:
    """Take the trap away; tells whether it had gone off."""
    (control / f"{label}.armed").unlink(missing_ok=True)
    return has_fired(control, label)


def has_fired(control: Path, label: str) -> bool:
    """Tell whether the trap went off."""
    return (control / f"{label}.fired").exists()


def clear(control: Path, label: str) -> None:
    """Forget a trap that went off."""
    (control / f"{label}.fired").unlink(missing_ok=True)


class Trap:
    """This process's side: what is armed, and how often its point was passed."""

    def __init__(self, control: Path, label: str) -> None:
        self._armed = control / f"{label}.armed"
        self._fired = control / f"{label}.fired"
        self._passed = 0

    def hit(self, point: str) -> None:
        """Pass a point."""
        try:
            armed = json.loads(self._armed.read_text())
        except FileNotFoundError:
            self._passed = 0
            return
        if armed["point"] != point:
            return
        self._passed += 1
        if self._passed < armed["nth"]:
            return
        self._passed = 0
        with contextlib.suppress(FileNotFoundError):
            self._armed.rename(self._fired)
            os.kill(os.getpid(), signal.Signals[armed["signal"]])


def resolve(target: str) -> tuple[Any, str, Any]:
    """Return (owner, name, function) of a target.

    Raises:
        AttributeError, ImportError: the product has it no more.
    """
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    return owner, name, inspect.getattr_static(owner, name)


def install(process: str, control: Path, label: str) -> None:
    """Patch this process."""
    trap = Trap(control, label)
    for point in POINTS:
        if process not in point.processes:
            continue
        try:
            owner, name, function = resolve(point.target)
        except (ImportError, AttributeError) as error:
            # A test sees to it that this is not so; a day of runs need not end for it.
            print(f"no point '{point.name}': {error}", file=sys.stderr, flush=True)
            continue
        setattr(owner, name, _wrapped(trap, point, function))
    _patch_commits(trap)


def _wrapped(trap: Trap, point: Point, function: Any) -> Any:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wait(*args: Any, **named: Any) -> Any:
            if point.side is Side.BEFORE and point.is_meant(args, None):
                trap.hit(point.name)
            result = await function(*args, **named)
            if point.side is not Side.BEFORE and point.is_meant(args, result):
                trap.hit(point.name)
            return result

        return wait

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        if point.side is Side.BEFORE and point.is_meant(args, None):
            trap.hit(point.name)
        result = function(*args, **named)
        if point.side is Side.AFTER and point.is_meant(args, result):
            trap.hit(point.name)
        if point.side is Side.BEHIND:
            loop = asyncio.get_running_loop()
            loop.call_soon(lambda: loop.call_soon(trap.hit, point.name))
        return result

    return call


def _patch_commits(trap: Trap) -> None:
    original = Database.begin

    @asynccontextmanager
    async def begin(self: Database) -> AsyncIterator[Uow]:
        async with original(self) as uow:
            yield uow
            trap.hit(BEFORE_COMMIT)
        trap.hit(BEHIND_COMMIT)

    Database.begin = begin  # type: ignore[method-assign]
