"""``hongyan simulate carrier``: a carrier to try a channel against, without a carrier."""

import os
import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from hongyan.run.commands.output import fail

app = typer.Typer(help="Play the other side.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Play the other side."""


@app.command("carrier", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def carrier(
    context: typer.Context,
    protocol: Annotated[str, typer.Option(help="cmpp30, cmpp20, sgip12, smgp30, smpp34 or mm7.")] = "cmpp30",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 7890,
    profile: Annotated[
        str, typer.Option(help="happy, slow, throttling, dropping, lying, reordering or duplicating.")
    ] = "happy",
) -> None:
    """Run a carrier simulator until Ctrl-C; further options go to the simulator (see its README)."""
    tools = Path(__file__).resolve().parents[4] / "tools"
    if tools.is_dir():
        sys.path.insert(0, os.fspath(tools))
    sys.argv = ["hongyan simulate carrier", "--protocol", protocol, "--port", str(port), "--profile", profile]
    sys.argv += context.args
    try:
        runpy.run_module("simulators.mmsc" if protocol == "mm7" else "simulators.carriers", run_name="__main__")
    except ModuleNotFoundError:
        fail("the simulators are not installed here", hint="run it from a checkout of the project")
