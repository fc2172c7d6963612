"""``hongyan migrate | init``: what a production installation needs once."""

import asyncio

from hongyan.kernel.db.migrate import migrate as migrate_schema
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.identity.errors import OperatorExists
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out
from hongyan.run.connect import connected


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database named by HONGYAN_DATABASE_URL to the newest schema (`up` does it by itself)."""
    settings = settings_of(data_dir)
    if settings.database_url is None:
        fail("HONGYAN_DATABASE_URL is not set", hint="without it, `hongyan up` starts and migrates its own database")
    state = migrate_schema(settings.database_url)
    out.print(f"schema is at {state.current}")


def init(data_dir: DataDir = None) -> None:
    """Make the key ring and the first operator of a production installation; prints the password once."""
    settings = settings_of(data_dir)
    load_or_create_key_ring(settings.key_path)
    try:
        password = asyncio.run(_first_operator(settings))
    except OperatorExists as error:
        fail(error.text("en"))
    out.print(f"operator: operator\npassword: {password}\n[dim]It is not shown again.[/]")


async def _first_operator(settings: Settings) -> str:
    async with connected(settings, "init") as graph, graph.db.begin() as uow:
        _, password = await graph.identity.people.create_first_operator(uow, system_actor(), "operator")
        return password
