"""``hongyan bench line|links|parse|api``: the claims of speed, measured on this machine.

The scripts lie in ``bench/``.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from hongyan.run.commands.output import fail, out, print_json

app = typer.Typer(help="Measure on this machine.", no_args_is_help=True)
_BENCH = Path(__file__).resolve().parents[4] / "bench"
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _run(name: str, arguments: list[str], *, as_json: bool) -> None:
    script = _BENCH / f"{name}.py"
    if not script.exists():
        fail(f"there is no {script}", hint="benches run from a checkout of the project", as_json=as_json)
    done = subprocess.run([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        fail(f"the bench ended with {done.returncode}", as_json=as_json)
    document = json.loads(done.stdout)
    if as_json:
        print_json(document)
    else:
        out.print_json(data=document)


@app.command("line")
def line(
    messages: Annotated[int, typer.Option(min=1, help="Messages to send.")] = 20_000,
    window: Annotated[int, typer.Option(min=1, max=1024, help="Unanswered messages per connection.")] = 128,
    connections: Annotated[int, typer.Option(min=1, max=64, help="Connections per carrier, of three.")] = 1,
    gateways: Annotated[int, typer.Option(min=1, max=8, help="Gateway processes.")] = 1,
    latency_ms: Annotated[float, typer.Option(min=0, help="Until the carrier answers.")] = 1.0,
    report_after_ms: Annotated[int, typer.Option(min=0, help="From the answer to the report.")] = 1_000,
    urgent_per_s: Annotated[float, typer.Option(min=0, help="Single codes of another tenant beside the bulk.")] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Messages per second through database, gateway and carriers, up to the last report."""
    arguments = {
        "messages": messages,
        "window": window,
        "connections": connections,
        "gateways": gateways,
        "latency-ms": latency_ms,
        "report-after-ms": report_after_ms,
        "urgent-per-s": urgent_per_s,
    }
    _run("line", [part for name, value in arguments.items() for part in (f"--{name}", str(value))], as_json=as_json)


@app.command("links")
def links(as_json: AsJson = False) -> None:
    """Personal links per second, and the statistics of their codes."""
    _run("links", [], as_json=as_json)


@app.command("parse")
def parse(as_json: AsJson = False) -> None:
    """Rows per second of a million-row xlsx, beside what the reader alone needs."""
    _run("parse", [], as_json=as_json)


@app.command("api")
def api(as_json: AsJson = False) -> None:
    """Accepted calls per second of the send operation."""
    _run("api", [], as_json=as_json)


@app.command("redirect")
def redirect(as_json: AsJson = False) -> None:
    """Measure taps per second beside a bare 302 on the same server."""
    _run("redirect", [], as_json=as_json)


@app.command("whole")
def whole(
    messages: Annotated[int, typer.Option(min=1, help="Messages to send.")] = 100_000, as_json: AsJson = False
) -> None:
    """Measure the whole path, from the file to the last report."""
    _run("whole", ["--messages", str(messages)], as_json=as_json)
