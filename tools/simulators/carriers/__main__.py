"""Run simulated carriers: `python -m simulators.carriers --port 7890 --account 901234 --secret shared`.

Several at once share one process and one inbox: give `--carrier mobile,unicom,telecom --port 7890,7891,7892`, and for
protocols of their own `--protocol cmpp30,sgip12,smgp30 --report-to none,127.0.0.1:8801,none`.
"""

import argparse
import asyncio
import dataclasses
import gc
import json
import signal
import ssl
import sys
from contextlib import AsyncExitStack
from typing import Any

import uvloop

from simulators.carriers.inbox import Inbox
from simulators.carriers.inbox_http import InboxServer
from simulators.carriers.journal import Journal
from simulators.carriers.memory import Memory
from simulators.carriers.profiles import FAILURES, PROFILES, Profile, carrier_of
from simulators.carriers.simulator import PROTOCOLS, CarrierSimulator

_WHOLE = frozenset({"drop_every", "silent_after", "odd_result"})


def build_parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m simulators.carriers", description="Simulated carriers.")
    add = parser.add_argument
    add("--protocol", default="cmpp30", help=f"{', '.join(PROTOCOLS)}; or a list with commas, one per port")
    add("--host", default="127.0.0.1")
    add("--port", required=True, help="where to listen, 0 for any; with several carriers a list with commas")
    add("--account", default="901234", help="login of the SP: Source_Addr, ClientID, system_id")
    add("--secret", default="shared")
    add("--profile", choices=sorted(PROFILES), default="happy")
    add("--carrier", default="mobile", help="mobile, unicom or telecom; or a list with commas, one per port")
    add("--gateway", type=int, default=1001, help="gateway code in message ids; the following carriers count up")
    add("--latency-ms", type=float, help="time to the answer (default: the profile's)")
    add("--report-after-ms", type=float, help="time from the answer to the report (default: the profile's)")
    add("--fail-percent", type=float, help="share of numbers whose messages fail (default: the profile's)")
    add("--rate", type=float, help="messages per second beyond which flow control is answered (default: the profile's)")
    add("--no-loss", action="store_true", help="every message is answered, delivered and reported")
    add("--seed", type=int, default=1)
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="any value of the profile; may be repeated")
    add("--journal", metavar="FILE", help="append a JSON line per accepted part, before it is answered")
    add("--memory", metavar="FILE", help="remember over restarts what is not yet reported (one carrier only)")
    add("--report-to", help="SGIP: host:port of the SP's listener, or none; a list with commas like --port")
    add("--receipt-ids", choices=("as_is", "hex", "decimal"), default="as_is", help="SMPP: how receipts write ids")
    add("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="SMPP: serve over TLS with these PEM files")
    add("--inbox-port", type=int, help="serve the phones' inboxes over HTTP on this port")
    return parser


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT; the first line of output is a JSON object with the ports."""
    carriers, ports = options.carrier.split(","), [int(port) for port in options.port.split(",")]
    protocols = _per_carrier(options.protocol, len(carriers))
    callers = _per_carrier(options.report_to or "none", len(carriers))
    profile = _profile(options)
    inbox, simulators = Inbox(), list[CarrierSimulator]()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        journal = Journal(options.journal) if options.journal else None
        if journal is not None:
            stack.callback(journal.close)
        memory = Memory(options.memory) if options.memory else None
        if memory is not None:
            stack.callback(memory.close)
        tls = _tls(options.tls)
        for index, (carrier, port) in enumerate(zip(carriers, ports, strict=True)):
            simulator = CarrierSimulator(
                profile,
                protocol=protocols[index],
                account=options.account,
                secret=options.secret,
                host=options.host,
                port=port,
                carrier=carrier,
                gateway=options.gateway + index,
                latency_s=_seconds(options.latency_ms),
                report_after_s=_seconds(options.report_after_ms),
                fail_percent=options.fail_percent,
                rate_per_s=options.rate,
                no_loss=options.no_loss,
                seed=options.seed,
                inbox=inbox,
                journal=journal,
                memory=memory,
                receipt_ids=options.receipt_ids,
                tls=tls if protocols[index] == "smpp34" else None,
                report_to=_address(callers[index]),
            )
            simulators.append(await stack.enter_async_context(simulator))
        ready: dict[str, object] = {"ports": [simulator.port for simulator in simulators]}
        if options.inbox_port is not None:

            def send_mo(sender: str, access_number: str, text: str) -> bool:
                own = carrier_of(sender)
                in_turn = sorted(simulators, key=lambda simulator: simulator.carrier != own)
                return any(simulator.send_mo(sender, access_number, text) for simulator in in_turn)

            server = InboxServer(inbox, send_mo, lambda: [simulator.read_stats() for simulator in simulators])
            await server.listen(options.host, options.inbox_port)
            stack.push_async_callback(server.close)
            ready["inbox_port"] = server.port
        gc.freeze()  # else the rounds of its garbage collector would be measured as ours
        gc.set_threshold(50_000, 50, 1_000)
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _per_carrier(text: str, count: int) -> list[str]:
    """Return a value for each carrier: one for all, or a list."""
    values = text.split(",")
    return values * count if len(values) == 1 else values


def _address(text: str) -> tuple[str, int] | None:
    host, _, port = text.rpartition(":")
    return (host, int(port)) if host and port.isdigit() else None


def _profile(options: argparse.Namespace) -> Profile:
    """Return the named profile with single values changed."""
    changes: dict[str, Any] = {}
    for setting in options.set:
        name, _, value = setting.partition("=")
        kind = int if name in _WHOLE else float
        changes[name] = None if value == "none" else kind(value)
    return dataclasses.replace(PROFILES[options.profile], **changes)


def _tls(files: list[str] | None) -> ssl.SSLContext | None:
    if files is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


def main() -> None:
    """Parse, check and serve."""
    parser = build_parser()
    options = parser.parse_args()
    carriers = options.carrier.split(",")
    if unknown := [carrier for carrier in carriers if carrier not in FAILURES]:
        parser.error(f"--carrier: {', '.join(unknown)} unknown; choose from {', '.join(FAILURES)}")
    if len(carriers) != len(options.port.split(",")) or not all(port.isdigit() for port in options.port.split(",")):
        parser.error("--port needs one number for each carrier")
    protocols = _per_carrier(options.protocol, len(carriers))
    if unknown := [protocol for protocol in protocols if protocol not in PROTOCOLS]:
        parser.error(f"--protocol: {', '.join(unknown)} unknown; choose from {', '.join(PROTOCOLS)}")
    callers = _per_carrier(options.report_to or "none", len(carriers))
    if len(protocols) != len(carriers) or len(callers) != len(carriers):
        parser.error("--protocol and --report-to need one value, or one for each carrier")
    known = {field.name for field in dataclasses.fields(Profile)} - {"name"}
    if unknown := [setting for setting in options.set if setting.partition("=")[0] not in known]:
        parser.error(f"--set: {', '.join(unknown)} unknown; choose from {', '.join(sorted(known))}")
    if options.memory and len(carriers) > 1:
        parser.error("--memory is for one carrier")
    uvloop.run(serve(options))


if __name__ == "__main__":
    main()
