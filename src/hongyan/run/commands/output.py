"""How commands speak.

Tables and JSON on stdout, errors with the next step on stderr, exit codes 0, 1 (refused or failed), 2 (usage).
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import typer
from rich.console import Console

_WIDTH = None if sys.stdout.isatty() else 160
out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False)


def fail(message: str, *, hint: str | None = None, as_json: bool = False) -> NoReturn:
    """Say what went wrong and what to do next, and exit with 1."""
    if as_json:
        typer.echo(json.dumps({"error": message, "hint": hint}, ensure_ascii=False))
    else:
        # Not wrapped: scripts look for words in it, and a terminal wraps by itself.
        err.print(f"[bold red]error:[/] {_plain(message)}", soft_wrap=True)
        if hint:
            err.print(f"  [dim]{_plain(hint)}[/]", soft_wrap=True)
    raise typer.Exit(1)


def print_json(document: Mapping[str, Any] | list[Any]) -> None:
    """Print one JSON document for a program."""
    typer.echo(json.dumps(document, ensure_ascii=False, default=str))


def _plain(text: str) -> str:
    """Return the text without anything that rich takes for markup."""
    return text.replace("[", r"\[")
