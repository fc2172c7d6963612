"""Run simulated MMS centres: `python -m simulators.mmsc --port 7950 --vasp-url http://127.0.0.1:7960/mm7`.

Several at once share one process and one inbox: give `--carrier mobile,unicom,telecom` and lists of `--port` and
`--vasp-url`.
"""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import AsyncExitStack

from simulators.carriers.profiles import PROFILES
from simulators.mmsc.centre import MmscSimulator
from simulators.mmsc.inbox_http import InboxServer
from simulators.mmsc.phones import Phones
from telcowire.mm7.soap import SCHEMAS


def build_parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m simulators.mmsc", description="Simulated MMS centres (MM7).")
    add = parser.add_argument
    add("--protocol", choices=("mm7",), default="mm7")
    add("--host", default="127.0.0.1")
    add("--port", required=True, help="where to listen, 0 for any; with several centres a list with commas")
    add("--vasp-url", default="", help="where reports and replies go; with several centres a list with commas")
    add("--account", default="901234", help="VASPID, also the user of the Basic authentication")
    add("--secret", default="shared")
    add("--profile", choices=sorted(PROFILES), default="happy")
    add("--carrier", default="mobile", help="a name, or a list with commas, one per port")
    add("--schema", default="REL-6-MM7-1-4", help="of requests that the centre begins itself")
    add("--latency-ms", type=float, help="time to the answer (default: the profile's)")
    add("--report-after-ms", type=float, help="time from the answer to the report (default: the profile's)")
    add("--fail-percent", type=float, help="share of numbers whose messages fail (default: the profile's)")
    add("--rate", type=float, help="messages per second beyond which status 4006 is answered (default: the profile's)")
    add("--no-loss", action="store_true", help="every message is answered, delivered and reported")
    add("--seed", type=int, default=1)
    add("--inbox-port", type=int, help="serve the phones' inboxes over HTTP on this port")
    return parser


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT; the first line of output is a JSON object with the ports."""
    carriers, ports = options.carrier.split(","), [int(port) for port in options.port.split(",")]
    urls = options.vasp_url.split(",") if options.vasp_url else [None] * len(ports)
    phones, centres, stop = Phones(), list[MmscSimulator](), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        for carrier, port, url in zip(carriers, ports, urls, strict=True):
            centre = MmscSimulator(
                options.profile,
                account=options.account,
                secret=options.secret,
                host=options.host,
                port=port,
                vasp_url=url,
                carrier=carrier,
                latency_s=_seconds(options.latency_ms),
                report_after_s=_seconds(options.report_after_ms),
                fail_percent=options.fail_percent,
                rate_per_s=options.rate,
                no_loss=options.no_loss,
                seed=options.seed,
                phones=phones,
                namespace=SCHEMAS + options.schema,
            )
            centres.append(await stack.enter_async_context(centre))
        ready: dict[str, object] = {"ports": [centre.port for centre in centres]}
        if options.inbox_port is not None:
            inbox = InboxServer(phones, centres, options.host, options.inbox_port)
            await stack.enter_async_context(inbox.server)
            ready["inbox_port"] = inbox.server.port
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def main() -> None:
    """Parse, check and serve."""
    parser = build_parser()
    options = parser.parse_args()
    count = len(options.carrier.split(","))
    ports = options.port.split(",")
    if len(ports) != count or not all(port.isdigit() for port in ports):
        parser.error("--port needs one number for each carrier")
    if options.vasp_url and len(options.vasp_url.split(",")) != count:
        parser.error("--vasp-url needs one address for each carrier")
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
