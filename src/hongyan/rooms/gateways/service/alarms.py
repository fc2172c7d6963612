"""What calls for an operator: looked for every 15 s in every worker, judged by one of them at a time.

Each process looks after the disks of its own host. An alarm is a row from raising to clearing; raising and clearing
are logged; ``hongyan_alarm{kind,subject}`` of every worker shows those that hold.
"""

import asyncio
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId
from hongyan.kernel.metrics import Metrics
from hongyan.kernel.paging import Page
from hongyan.rooms.carriers.contracts import Account, Flow, Health, HealthState
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import Backlog, MessageClass
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways.contracts import Alarm, AlarmKind, AlarmSort, Finding, Node
from hongyan.rooms.gateways.service.balance import ALIVE_S
from hongyan.rooms.gateways.service.health import Reason
from hongyan.rooms.gateways.store import alarms as store
from hongyan.rooms.gateways.store import nodes

log = structlog.get_logger(__name__)

_STALE_S: Final = 10.0
"""Health is written every two seconds: older than this, nobody works on the account."""
_SILENT_HOST_S: Final = 300.0
"""Alarms about the disks of a host that says nothing any more are cleared after this."""
_KEEP: Final = timedelta(days=90)
_LISTED: Final = 1_000
_ALL: Final = "gateways"
_OF_THE_LINE: Final = tuple(kind for kind in AlarmKind if kind is not AlarmKind.DISK_85)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When something is an alarm."""

    look_s: float = 15.0
    down_s: float = 30.0
    backlog_s: float = 3600.0
    code_backlog_s: float = 60.0
    unknown: int = 0
    disk_percent: float = 85.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is judged, as of one moment."""

    now: datetime
    accounts: Sequence[Account]
    health: Mapping[AccountId, Health]
    backlog: Sequence[Backlog]
    unknowns: Mapping[AccountId, int]
    gateways_s: float | None
    """For how long the oldest gateway process has been alive; ``None``: there is none."""
    alone_s: float
    """For how long none was seen."""


def judge(scene: Scene, limits: Thresholds, raised: Mapping[tuple[AlarmKind, str], datetime]) -> list[Finding]:
    """Return what calls for help; ``raised`` are the alarms that hold already, with their begin. Pure."""
    wanted = [account for account in scene.accounts if account.is_enabled]
    names = {account.account_id: account.name for account in scene.accounts}
    found = [
        Finding(AlarmKind.UNKNOWN_MESSAGES, names.get(account_id, f"#{account_id}"), count, "wait for a report")
        for account_id, count in sorted(scene.unknowns.items())
        if count > limits.unknown
    ]
    found += _late(scene, limits, names)
    if scene.gateways_s is None:
        if wanted and scene.alone_s >= limits.down_s:
            found.append(Finding(AlarmKind.NO_GATEWAY, _ALL, len(wanted), "no gateway process is alive"))
        # Nobody can tell how the channels are: what was known stays.
        kept = [(kind, subject) for kind, subject in raised if kind is AlarmKind.CHANNEL_DOWN]
        return found + [Finding(kind, subject, 0.0, "no gateway process is alive") for kind, subject in kept]
    for account in wanted:
        health = scene.health.get(account.account_id)
        down_s, why = _down(account, health, scene.now, scene.gateways_s)
        if down_s >= limits.down_s:
            found.append(Finding(AlarmKind.CHANNEL_DOWN, account.name, round(down_s), why))
        if health is not None and health.reason == Reason.NO_REPORTS and _age(health.at, scene.now) < _STALE_S:
            silent_s = round(_age(health.last_report_at or health.since, scene.now))
            found.append(Finding(AlarmKind.REPORT_SILENCE, account.name, silent_s, health.detail))
        if health is not None and health.reason == Reason.MISCONFIGURED and _age(health.at, scene.now) < _STALE_S:
            refused = sum(health.errors.values())
            found.append(Finding(AlarmKind.CHANNEL_REFUSING, account.name, refused, health.detail))
    return found


def _down(account: Account, health: Health | None, now: datetime, gateways_s: float) -> tuple[float, str]:
    """Return for how long nobody could send over an account, and why; 0 when it is well.

    After a standstill of everything the time counts from the first gateway process on.
    """
    if health is None:
        return min(_age(account.changed_at, now), gateways_s), "no gateway works on it"
    if _age(health.at, now) >= _STALE_S:
        return min(_age(health.at, now), gateways_s), f"no gateway works on it; the last was {health.holder}"
    # One that is down because it refuses has an alarm of its own.
    if health.state is HealthState.DOWN and health.reason != Reason.MISCONFIGURED:
        return _age(health.since, now), f"{health.reason}: {health.detail}" if health.detail else health.reason
    return 0.0, ""


def _late(scene: Scene, limits: Thresholds, names: Mapping[AccountId, str]) -> list[Finding]:
    """Return the oldest waiting of each account that is over its time; a paused one waits because somebody said so."""
    paused = {account.account_id for account in scene.accounts if account.flow is Flow.PAUSED}
    worst: dict[str, Finding] = {}
    for one in scene.backlog:
        limit_s = limits.code_backlog_s if one.klass is MessageClass.CODE else limits.backlog_s
        age_s = _age(one.oldest_at, scene.now)
        name = names.get(one.account_id, f"#{one.account_id}")
        if age_s >= limit_s and one.account_id not in paused and (name not in worst or worst[name].value < age_s):
            detail = f"{one.messages} messages of class {one.klass.name.lower()} wait"
            worst[name] = Finding(AlarmKind.BACKLOG_AGE, name, round(age_s), detail)
    return list(worst.values())


def full_disks(folders: Sequence[Path], percent: float, host: str) -> list[Finding]:
    """Return the disks of this host under these folders that are fuller than so many percent, each once."""
    found: dict[int, Finding] = {}
    for folder in folders:
        try:
            device, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:
            continue  # not on this host
        used = 100 * (1 - usage.free / usage.total) if usage.total else 0.0
        if used > percent and device not in found:
            detail = f"{used:.0f} % used, {usage.free // 1024**2} MB free"
            found[device] = Finding(AlarmKind.DISK_85, f"{host}:{folder}", round(used, 1), detail)
    return list(found.values())


class AlarmsService:
    """Use cases of alarms: look for them, list them."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        carriers: CarriersService,
        delivery: DeliveryService,
        folders: Sequence[Path],
        thresholds: Thresholds,
        host: str | None = None,
    ) -> None:
        """Watch the disks under ``folders``, and PostgreSQL's own when it is on this host."""
        self._db = db
        self._clock = clock
        self._carriers = carriers
        self._delivery = delivery
        self._folders = tuple(folders)
        self._thresholds = thresholds
        self._host = host or socket.gethostname()
        self._alone_since_s: float | None = None

    async def list_alarms(self, uow: Uow, *, with_cleared: bool = False, limit: int = _LISTED) -> list[Alarm]:
        """Return the alarms that hold, the latest first; with those that are over behind them."""
        return await store.list_alarms(uow, with_cleared=with_cleared, limit=limit)

    async def stamp(self, uow: Uow) -> object:
        """Return something that is another once an alarm was raised or cleared, or says more, for pages that look."""
        raised = await store.list_alarms(uow, with_cleared=False, limit=_LISTED)
        return [(alarm.kind, alarm.subject, alarm.since, alarm.value, alarm.detail) for alarm in raised]

    async def page_alarms(
        self,
        uow: Uow,
        kinds: Sequence[AlarmKind],
        sort: AlarmSort | None,
        *,
        with_cleared: bool,
        offset: int,
        limit: int,
    ) -> Page[Alarm]:
        """Return a page of alarms of some kinds (of none named: of all), for lists."""
        return await store.page_alarms(uow, kinds, sort, with_cleared=with_cleared, offset=offset, limit=limit)

    async def list_gateways(self, uow: Uow) -> list[Node]:
        """Return the gateway processes that are alive."""
        return await nodes.list_alive(uow, within_s=ALIVE_S)

    async def stamp_gateways(self, uow: Uow) -> object:
        """Return something that is another once a gateway process comes, falls silent or can log in elsewhere."""
        return [(node.holder, sorted(node.unable)) for node in await self.list_gateways(uow)]

    async def watch(self, metrics: Metrics, stop: asyncio.Event) -> None:
        """Look every 15 s until stopped, and show in ``hongyan_alarm`` what holds."""
        gauge = metrics.gauge("alarm", "1 for each alarm that holds.", ("kind", "subject"))
        while not stop.is_set():
            try:
                await self.look()
                async with self._db.begin() as uow:
                    raised = await store.list_alarms(uow, with_cleared=False, limit=_LISTED)
                gauge.clear()
                for alarm in raised:
                    gauge.labels(alarm.kind.value, alarm.subject).set(1)
            except Exception as error:  # noqa: BLE001 - the edge of the watch: a database that is away comes back
                log.warning("cannot look for alarms, trying again", error=f"{type(error).__name__}: {error}")
            try:
                async with asyncio.timeout(self._thresholds.look_s):
                    await stop.wait()
            except TimeoutError:
                pass

    async def look(self) -> None:
        """Raise and clear once. What another process judges at this moment is left to it."""
        async with self._db.begin() as uow:
            own = await store.data_directory(uow)
        folders = [*self._folders, *([Path(own)] if own else [])]
        full = await asyncio.to_thread(full_disks, folders, self._thresholds.disk_percent, self._host)
        async with self._db.begin() as uow:
            await self._mind_disks(uow, full)
        async with self._db.begin() as uow:
            if await store.try_lock(uow):
                await self._mind_line(uow)

    async def _mind_disks(self, uow: Uow, full: Sequence[Finding]) -> None:
        now = self._clock.now()
        raised = await store.list_alarms(uow, with_cleared=False, limit=_LISTED)
        mine = {a.subject for a in raised if a.kind is AlarmKind.DISK_85 and a.subject.startswith(f"{self._host}:")}
        _say("raised", await store.hold(uow, full, now))
        over = sorted(mine - {finding.subject for finding in full})
        _say("cleared", await store.clear_subjects(uow, AlarmKind.DISK_85, over, now))
        unseen_since = now - timedelta(seconds=_SILENT_HOST_S)
        _say("cleared", await store.clear(uow, [AlarmKind.DISK_85], now, unseen_since=unseen_since))

    async def _mind_line(self, uow: Uow) -> None:
        now = self._clock.now()
        raised = {(a.kind, a.subject): a.since for a in await self.list_alarms(uow)}
        alive = await nodes.list_alive(uow, within_s=max(_STALE_S, ALIVE_S))
        now_s = self._clock.monotonic()
        self._alone_since_s = None if alive else self._alone_since_s or now_s
        scene = Scene(
            now=now,
            accounts=await self._carriers.list_accounts(uow),
            health={health.account_id: health for health in await self._carriers.list_health(uow)},
            backlog=await self._delivery.list_backlog(uow),
            unknowns=await self._delivery.count_unknowns(uow),
            gateways_s=max((node.age_s for node in alive), default=None),
            alone_s=0.0 if self._alone_since_s is None else now_s - self._alone_since_s,
        )
        _say("raised", await store.hold(uow, judge(scene, self._thresholds, raised), now))
        _say("cleared", await store.clear(uow, _OF_THE_LINE, now, unseen_since=now))
        await store.forget(uow, now, keep=_KEEP)


def _say(what: str, alarms: Sequence[tuple[AlarmKind, str]]) -> None:
    for kind, subject in alarms:
        (log.error if what == "raised" else log.info)(f"alarm {what}", kind=kind.value, subject=subject)


def _age(at: datetime, now: datetime) -> float:
    return (now - at).total_seconds()
