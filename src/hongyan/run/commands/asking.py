"""One question or order to an installation, in one transaction, from the operator's shell."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.settings import Settings
from hongyan.rooms.identity.contracts import Actor, system_actor
from hongyan.run.commands.output import fail
from hongyan.run.commands.refusals import refusing
from hongyan.run.connect import connected
from hongyan.run.graph import Graph

T = TypeVar("T")
_ARGUMENTS = {"name": "NAME", "prefix": "PREFIX"}
"""Fields that are no options."""


def ask(settings: Settings, act: Callable[[Graph, Uow], Awaitable[T]], *, as_json: bool = False) -> T:
    """Do something in a transaction of an installation.

    What is refused ends the command with the option that is wrong and what to do.
    """

    async def run() -> T:
        async with connected(settings, "shell") as graph, graph.db.begin() as uow:
            return await act(graph, uow)

    with refusing(as_json=as_json):
        try:
            return asyncio.run(run())
        except InvalidInput as error:
            option = _ARGUMENTS.get(error.field or "") or f"--{(error.field or '').replace('_', '-')}"
            hint = "`hongyan channel add --help` explains every option"
            fail(f"{option}: {error.params['reason']}", hint=hint, as_json=as_json)


def shell_actor() -> Actor:
    """Return who works at the operator's shell, for the audit log."""
    return Actor(None, system_actor().user_id, f"shell:{getpass.getuser()}", frozenset(), "cli")
