"""Accounts, their secrets and their health."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import (
    NO_OPTIONS,
    Account,
    Carrier,
    CarrierSignature,
    Flow,
    Health,
    HealthState,
    NewAccount,
    Protocol,
    ReceiptIds,
    TextCoding,
    WireOptions,
)
from hongyan.rooms.carriers.tables import accounts, health, ported, segments

_SILENT_S: Final = 10.0
"""Pages take a channel whose gateway has said nothing for so long for one that nobody works on."""
_SILENCES: Final = 3
"""So often they are told of it, lest their clocks are behind."""
_ACCOUNT = tuple(column for column in accounts.c if column.name not in {"sealed_secret", "removed_at"})


def _to_account(row: Row[Any]) -> Account:
    return _from_values(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public accessor


def _from_values(values: dict[str, Any]) -> Account:
    values["account_id"] = AccountId(values["account_id"])
    values["protocol"] = Protocol(values["protocol"])
    values["carrier"] = Carrier(values["carrier"])
    values["serves"] = None if values["serves"] is None else tuple(values["serves"])
    values["options"] = _to_options(values["options"])
    values["flow"] = Flow(values["flow"])
    values["group"] = values.pop("standby_group")
    return Account(**values)


def _to_pairs(stored: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((said, meaning) for said, meaning in stored)


_OPTION_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "receipt_ids": ReceiptIds,
    "coding": TextCoding,
    "carrier_signature": CarrierSignature,
    "codes": _to_pairs,
    "stats": _to_pairs,
}


def _to_options(stored: Mapping[str, Any]) -> WireOptions:
    return WireOptions(**{name: _OPTION_KINDS.get(name, _same)(value) for name, value in stored.items()})


def _same(value: Any) -> Any:
    return value


def _from_options(options: WireOptions) -> dict[str, object]:
    """Keep what is not the default."""
    return {
        field.name: value
        for field in fields(options)
        if (value := getattr(options, field.name)) != getattr(NO_OPTIONS, field.name)
    }


async def insert_account(uow: Uow, new: NewAccount, sealed_secret: bytes, at: datetime) -> Account | None:
    """Insert an enabled account; ``None`` when its name is taken."""
    statement = (
        insert(accounts)
        .values(
            name=new.name,
            protocol=new.protocol,
            host=new.host,
            port=new.port,
            login=new.login,
            sealed_secret=sealed_secret,
            src_number=new.src_number,
            carrier=new.carrier,
            rate_per_s=new.rate_per_s,
            window_pdus=new.window_pdus,
            connections=new.connections,
            heartbeat_s=new.heartbeat_s,
            response_timeout_s=new.response_timeout_s,
            check_server_digest=new.check_server_digest,
            is_enabled=True,
            serves=None if new.serves is None else list(new.serves),
            listen_port=new.listen_port,
            mm7_schema=new.mm7_schema,
            options=_from_options(new.options),
            flow=Flow.RUNNING,
            priority=new.priority,
            weight=new.weight,
            cost_milli=new.cost_milli,
            standby_group=new.group,
            changed_at=at,
        )
        .on_conflict_do_nothing()
        .returning(*_ACCOUNT)
    )
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _to_account(row)


async def list_accounts(uow: Uow) -> list[Account]:
    """Return all accounts that were not removed, by id."""
    statement = select(*_ACCOUNT).where(accounts.c.removed_at.is_(None)).order_by(accounts.c.account_id)
    return [_to_account(row) for row in await uow.execute(statement)]


@dataclass(frozen=True, slots=True)
class Ways:
    """What routing is decided by, as it stands now."""

    accounts: tuple[Account, ...]
    troubles: Mapping[AccountId, tuple[HealthState, datetime]]
    """How each account was noted last, and since when it is so."""
    segments: Mapping[str, Carrier]
    """Those that an operator has set."""
    has_ported: bool


_WAYS: Final = (
    select(
        *_ACCOUNT,
        health.c.state.label("health_state"),
        health.c.since.label("health_since"),
        select(func.jsonb_object_agg(segments.c.prefix, segments.c.carrier)).scalar_subquery().label("own_segments"),
        exists(select(ported.c.number)).label("has_ported"),
    )
    .outerjoin(health, health.c.account_id == accounts.c.account_id)
    .where(accounts.c.removed_at.is_(None))
    .order_by(accounts.c.account_id)
)


async def get_ways(uow: Uow) -> Ways:
    """Return the accounts with what routing asks of them, in one statement: planning asks for it chunk by chunk."""
    rows = (await uow.execute(_WAYS)).all()
    found = []
    troubles = {}
    for row in rows:
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor
        state, since = values.pop("health_state"), values.pop("health_since")
        if state is not None:
            troubles[AccountId(values["account_id"])] = (HealthState(state), since)
        del values["own_segments"], values["has_ported"]
        found.append(_from_values(values))
    own = (rows[0].own_segments or {}) if rows else {}
    return Ways(
        accounts=tuple(found),
        troubles=troubles,
        segments={prefix: Carrier(carrier) for prefix, carrier in own.items()},
        has_ported=bool(rows) and rows[0].has_ported,
    )


async def lock_account(uow: Uow, name: str) -> Account | None:
    """Lock an account by name, so that nobody changes it meanwhile."""
    statement = select(*_ACCOUNT).where(accounts.c.name == name, accounts.c.removed_at.is_(None)).with_for_update()
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _to_account(row)


async def pause_drained(uow: Uow, account_id: AccountId, at: datetime) -> bool:
    """Pause an account that is still told to drain; tells whether it was."""
    statement = (
        update(accounts)
        .where(accounts.c.account_id == account_id, accounts.c.flow == Flow.DRAINING)
        .values(flow=Flow.PAUSED, changed_at=at)
    )
    return (await uow.execute(statement)).rowcount == 1


async def update_account(uow: Uow, name: str, *, at: datetime, **values: bool | int | str | datetime | None) -> bool:
    """Change an account by name; tells whether there was one."""
    statement = (
        update(accounts).where(accounts.c.name == name, accounts.c.removed_at.is_(None)).values(changed_at=at, **values)
    )
    return (await uow.execute(statement)).rowcount == 1


async def write_tuned(uow: Uow, account: Account) -> None:
    """Write what can be tuned."""
    await uow.execute(
        update(accounts)
        .where(accounts.c.account_id == account.account_id)
        .values(
            host=account.host,
            port=account.port,
            listen_port=account.listen_port,
            rate_per_s=account.rate_per_s,
            window_pdus=account.window_pdus,
            connections=account.connections,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            priority=account.priority,
            weight=account.weight,
            cost_milli=account.cost_milli,
            standby_group=account.group,
            serves=None if account.serves is None else list(account.serves),
            options=_from_options(account.options),
            changed_at=account.changed_at,
        )
    )


async def get_sealed_secret(uow: Uow, account_id: AccountId) -> bytes:
    """Return the sealed secret of an account that exists."""
    statement = select(accounts.c.sealed_secret).where(accounts.c.account_id == account_id)
    return bytes((await uow.execute(statement)).scalar_one())


async def list_sealed_secrets(uow: Uow) -> list[tuple[int, bytes]]:
    """Return (account, sealed secret) of all accounts, also removed ones."""
    rows = await uow.execute(select(accounts.c.account_id, accounts.c.sealed_secret))
    return [(row.account_id, bytes(row.sealed_secret)) for row in rows]


async def update_sealed_secret(uow: Uow, account_id: int, sealed: bytes, *, at: datetime | None = None) -> None:
    """Put another seal on a secret; with ``at`` it is another secret since then."""
    changed = {} if at is None else {"changed_at": at}
    await uow.execute(
        update(accounts).where(accounts.c.account_id == account_id).values(sealed_secret=sealed, **changed)
    )


# --- health -----------------------------------------------------------------------------------------------------------


async def upsert_health(uow: Uow, noted: Health) -> None:
    """Write the health of one account; what an older epoch says changes nothing."""
    values = asdict(noted) | {"errors": dict(noted.errors)}
    statement = insert(health).values(**values)
    statement = statement.on_conflict_do_update(
        index_elements=["account_id"],
        set_={name: statement.excluded[name] for name in values if name != "account_id"},
        where=health.c.epoch <= statement.excluded.epoch,
    )
    await uow.execute(statement)


async def delete_health(uow: Uow, account_name: str) -> None:
    """Forget the health of an account that is being removed."""
    account = select(accounts.c.account_id).where(accounts.c.name == account_name, accounts.c.removed_at.is_(None))
    await uow.execute(delete(health).where(health.c.account_id.in_(account)))


async def list_health(uow: Uow) -> list[Health]:
    """Return what was noted of every account, by account."""
    return [_to_health(row) for row in await uow.execute(select(health).order_by(health.c.account_id))]


async def stamp(uow: Uow, now: datetime) -> object:
    """Return values that are others once an account or its health has changed, or nobody has noted it for long.

    That it was noted again is no change.
    """
    noted = await list_health(uow)
    silences = [min(int((now - one.at).total_seconds() / _SILENT_S), _SILENCES) for one in noted]
    return await list_accounts(uow), [replace(one, at=one.since, epoch=0) for one in noted], silences


def _to_health(row: Row[Any]) -> Health:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor
    return Health(**values | {"account_id": AccountId(values["account_id"]), "state": HealthState(values["state"])})
