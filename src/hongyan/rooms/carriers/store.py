"""All statements on the tables of carriers. Accounts belong to the installation, not to a tenant."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, SignatureId, TenantId
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
    SignatureChannel,
    TextCoding,
    WireOptions,
)
from hongyan.rooms.carriers.tables import accounts, extension_seq, health, ported, segments, signature_channels

_ACCOUNT = tuple(column for column in accounts.c if column.name not in {"sealed_secret", "removed_at"})


def _to_account(row: Row[Any]) -> Account:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor
    values["account_id"] = AccountId(values["account_id"])
    values["protocol"] = Protocol(values["protocol"])
    values["carrier"] = Carrier(values["carrier"])
    values["serves"] = None if values["serves"] is None else tuple(values["serves"])
    values["options"] = _to_options(values["options"])
    values["flow"] = Flow(values["flow"])
    values["group"] = values.pop("standby_group")
    return Account(**values)


_OPTION_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "receipt_ids": ReceiptIds,
    "coding": TextCoding,
    "carrier_signature": CarrierSignature,
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
            rate_per_s=account.rate_per_s,
            window_pdus=account.window_pdus,
            connections=account.connections,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            priority=account.priority,
            weight=account.weight,
            cost_milli=account.cost_milli,
            standby_group=account.group,
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


async def update_sealed_secret(uow: Uow, account_id: int, sealed: bytes) -> None:
    """Put another seal on a secret."""
    await uow.execute(update(accounts).where(accounts.c.account_id == account_id).values(sealed_secret=sealed))


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


async def list_health(uow: Uow) -> list[Health]:
    """Return what was noted of every account, by account."""
    return [_to_health(row) for row in await uow.execute(select(health).order_by(health.c.account_id))]


def _to_health(row: Row[Any]) -> Health:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor
    return Health(**values | {"account_id": AccountId(values["account_id"]), "state": HealthState(values["state"])})


# --- segments and ported numbers --------------------------------------------------------------------------------------


async def list_segments(uow: Uow) -> dict[str, Carrier]:
    """Return the operator's segments."""
    return {
        row.prefix: Carrier(row.carrier) for row in await uow.execute(select(segments.c.prefix, segments.c.carrier))
    }


async def upsert_segment(uow: Uow, prefix: str, carrier: Carrier) -> None:
    """Write one segment."""
    statement = insert(segments).values(prefix=prefix, carrier=carrier)
    await uow.execute(statement.on_conflict_do_update(index_elements=["prefix"], set_={"carrier": carrier}))


async def list_ported(uow: Uow) -> dict[bytes, Carrier]:
    """Return all ported numbers, sealed."""
    return {
        bytes(row.number): Carrier(row.carrier) for row in await uow.execute(select(ported.c.number, ported.c.carrier))
    }


async def upsert_ported(uow: Uow, number: bytes, carrier: Carrier | None) -> None:
    """Write where a number lives now, or forget it (``None``)."""
    if carrier is None:
        await uow.execute(delete(ported).where(ported.c.number == number))
        return
    statement = insert(ported).values(number=number, carrier=carrier)
    await uow.execute(statement.on_conflict_do_update(index_elements=["number"], set_={"carrier": carrier}))


# --- channel numbers --------------------------------------------------------------------------------------------------


async def ensure_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> tuple[str, str | None]:
    """Return (extension, channel number or ``None``) of a signature, with a fresh extension when it has none."""
    extension = (await uow.execute(select(extension_seq.next_value()))).scalar_one()
    statement = insert(signature_channels).values(
        tenant_id=tenant_id, signature_id=signature_id, extension=str(extension)
    )
    await uow.execute(statement.on_conflict_do_nothing(index_elements=["tenant_id", "signature_id"]))
    row = (
        await uow.execute(
            select(signature_channels.c.extension, signature_channels.c.channel_number)
            .where(signature_channels.c.tenant_id == tenant_id, signature_channels.c.signature_id == signature_id)
            .with_for_update()
        )
    ).one()
    return row.extension, row.channel_number


async def update_channel_number(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, number: str) -> None:
    """Write the channel number of a signature."""
    await uow.execute(
        update(signature_channels)
        .where(signature_channels.c.tenant_id == tenant_id, signature_channels.c.signature_id == signature_id)
        .values(channel_number=number)
    )


async def delete_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> None:
    """Forget the channel of a signature; its extension is never given again (it came from a sequence)."""
    await uow.execute(
        delete(signature_channels).where(
            signature_channels.c.tenant_id == tenant_id, signature_channels.c.signature_id == signature_id
        )
    )


async def list_waiting(uow: Uow) -> list[tuple[TenantId, SignatureId, str]]:
    """Return (tenant, signature, extension) of signatures without a channel number, of all tenants."""
    c = signature_channels.c
    statement = select(c.tenant_id, c.signature_id, c.extension).where(c.channel_number.is_(None)).order_by(c.extension)
    return [(row.tenant_id, row.signature_id, row.extension) for row in await uow.execute(statement)]


async def find_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> SignatureChannel | None:
    """Return the channel of a signature when it has a number."""
    c = signature_channels.c
    return await _channel(uow, (c.tenant_id == tenant_id) & (c.signature_id == signature_id))


async def find_channel_by_extension(uow: Uow, extension: str) -> SignatureChannel | None:
    """Return the channel that owns an extension (of any tenant: an uplink names only the number)."""
    return await _channel(uow, signature_channels.c.extension == extension)


async def _channel(uow: Uow, where: Any) -> SignatureChannel | None:
    c = signature_channels.c
    statement = select(c.tenant_id, c.signature_id, c.extension, c.channel_number)
    row = (await uow.execute(statement.where(where, c.channel_number.is_not(None)))).one_or_none()
    return None if row is None else SignatureChannel(row.tenant_id, row.signature_id, row.extension, row.channel_number)
