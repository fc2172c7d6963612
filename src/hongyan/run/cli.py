"""The command line ``hongyan``: operators' scripts call it, so its words are a contract (ARCHITECTURE.md §5).

A command's module is loaded when the command is called: ``hongyan send`` should not wait for a database driver.
"""

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from hongyan.kernel.log import configure_log

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "up": "up:up",
        "init": "install:init",
        "migrate": "install:migrate",
        "web": "processes:run_web",
        "worker": "processes:run_worker",
        "gateway": "processes:run_gateway",
        "redirector": "processes:run_redirector",
        "channel": "channel:app",
        "send": "send:send",
        "limits": "limits:app",
        "pace": "pace:app",
        "answer": "answer:app",
        "user": "user:app",
        "unknown": "unknown:app",
        "message": "message:app",
        "simulate": "simulate:app",
        "bench": "bench:app",
        "alarms": "alarms:alarms",
        "doctor": "operate:doctor",
        "backup": "operate:backup",
        "restore": "operate:restore",
        "openapi": "operate:openapi",
    }
)
"""Command → module of ``hongyan.run.commands`` and what it is there: a function, or an application of subcommands."""
_HIDDEN = frozenset({"openapi"})


class _Commands(TyperGroup):
    """Subcommands by :data:`COMMANDS`. Typer brings its own copy of click, whose types are private: hence ``Any``."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return [name for name in COMMANDS if name not in _HIDDEN]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one command."""
        del ctx
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, _, attribute = where.partition(":")
        found = getattr(importlib.import_module(f"hongyan.run.commands.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(pretty_exceptions_enable=False)
            single.command(cmd_name)(found)
            found = single
        command = get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands,
    name="hongyan",
    help="Hongyan (鸿雁), a self-hosted cloud message service.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root() -> None:
    """Run a self-hosted cloud message service (鸿雁)."""
    # Processes set their own; a command speaks on stdout and logs only what is wrong.
    configure_log(process="cli", fmt="console", level="warning")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
