"""``hongyan user reset-second-factor``: help for somebody who cannot sign in any more."""

from typing import Annotated

import typer

from hongyan.kernel.db.database import Uow
from hongyan.rooms.identity.contracts import User
from hongyan.run.commands.asking import ask, shell_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out, print_json
from hongyan.run.graph import Graph

app = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """People who sign in to the console."""


@app.command("reset-second-factor")
def reset_second_factor(
    login: Annotated[str, typer.Argument(help="The user as at sign-in: name, or account/name.")],
    data_dir: DataDir = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take the second factor from a user who has lost phone and recovery codes; make sure who asks for it."""

    async def act(graph: Graph, uow: Uow) -> User | None:
        user = await graph.identity.people.find_by_login(uow, login)
        if user is not None:
            await graph.identity.second_factors.reset(uow, shell_actor(), user.tenant_id, user.id)
        return user

    user = ask(settings_of(data_dir), act, as_json=as_json)
    if user is None:
        hint = "write account/name where two accounts have a user of that name"
        fail(f"there is no user {login}", hint=hint, as_json=as_json)
    if as_json:
        print_json({"user_id": user.id, "name": user.name})
    else:
        out.print(f"{user.name} signs in with the password alone from now on", markup=False)
