"""``python -m simulators.handsets``: the vendors and the virtual handset in one process."""

import argparse
import asyncio
import json
import os
import signal

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette

from simulators.handsets.devices import Devices
from simulators.handsets.inboxes import Inboxes
from simulators.handsets.phone import Handsets
from simulators.handsets.upstream import Platform
from simulators.handsets.vendors import VendorDoors


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.handsets", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--resolver", required=True, help="URL of the platform's links port")
    parser.add_argument(
        "--vendor-secret",
        default=os.environ.get("SIMULATOR_VENDOR_SECRET"),
        help="shared with the platform, for key ids sim-huawei, sim-xiaomi … (or SIMULATOR_VENDOR_SECRET)",
    )
    parser.add_argument("--inbox", action="append", default=[], help="URL of a carrier simulator's inbox; repeatable")
    parser.add_argument(
        "--link-domain", action="append", default=[], help="domain of links (repeatable; default: the resolver's)"
    )
    parser.add_argument("--capable-percent", type=int, default=70)
    parser.add_argument("--activate-after", type=float, default=0.0, help="seconds until a template is activated")
    options = parser.parse_args()
    if not options.vendor_secret:
        parser.error("--vendor-secret or SIMULATOR_VENDOR_SECRET is needed")
    return options


async def _serve(options: argparse.Namespace) -> None:
    devices = Devices(options.capable_percent)
    platform = Platform(options.resolver, options.vendor_secret)
    inboxes = Inboxes(options.inbox)
    domains = options.link_domain or [options.resolver.split("://", 1)[1].rstrip("/")]
    doors = VendorDoors(devices, options.vendor_secret, platform, activate_after_s=options.activate_after)
    handsets = Handsets(inboxes, devices, platform, link_domains=domains)
    app = Starlette(routes=[*doors.routes(), *handsets.routes()])
    server = Server(app, address=options.host, port=options.port, interface=Interfaces.ASGINL, log_enabled=False)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    running = asyncio.create_task(server.serve())
    print(json.dumps({"port": options.port, "capable_percent": options.capable_percent}), flush=True)
    try:
        await running
    finally:
        await platform.close()
        await inboxes.close()


def main() -> None:
    """Run until a signal."""
    asyncio.run(_serve(_arguments()))


if __name__ == "__main__":
    main()
