"""Run one wire by hand: ``python -m simulators.wires --to 7890``; faults are lines of standard input.

Lines: ``swallow [up|down|both]``, ``delay SECONDS``, ``cut [up|down]``, ``reset``, ``refuse``, ``heal``.
"""

import argparse
import asyncio
import json
import sys

from simulators.wires.wire import FaultyWire, Way


def obey(wire: FaultyWire, line: str) -> None:
    """Do what a line says.

    Raises:
        ValueError: it says nothing known.
    """
    match line.split():
        case ["swallow"]:
            wire.swallow()
        case ["swallow", way]:
            wire.swallow(Way(way))
        case ["delay", seconds]:
            wire.delay_s = float(seconds)
        case ["cut"]:
            wire.cut()
        case ["cut", way]:
            wire.cut(inside=Way(way))
        case ["reset"]:
            wire.reset()
        case ["refuse"]:
            wire.refuse()
        case ["heal"]:
            wire.heal()
        case []:
            pass
        case _:
            raise ValueError(line)


async def serve(options: argparse.Namespace) -> None:
    """Carry until the end of standard input; the first line of output is a JSON object with the port."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with FaultyWire(options.to, port=options.port) as wire:
        print(json.dumps({"port": wire.port}), flush=True)
        while line := await reader.readline():
            try:
                obey(wire, line.decode())
            except ValueError as error:
                print(f"not understood: {error}", file=sys.stderr, flush=True)


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(prog="python -m simulators.wires", description="A TCP proxy with faults.")
    parser.add_argument("--to", type=int, required=True, help="port of the other end")
    parser.add_argument("--port", type=int, default=0, help="where to listen, 0 for any")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
