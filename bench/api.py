"""The send operation: signed calls of 10 recipients each, accepted durably, from several clients at once.

``python bench/api.py [--calls 2000] [--clients 8]`` starts its own ``hongyan up --demo`` and prints one JSON object.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.installation import Installation, running_installation

_RECIPIENTS = 10


async def measure(installation: Installation, calls: int, clients: int) -> list[float]:
    """Return the time of each call in seconds."""
    numbers = iter(range(calls))
    taken: list[float] = []
    async with installation.api() as setup:
        rows = await setup.call("GET", "/v1/sms/templates", query={"limit": "100"})
        template = next(row for row in rows["result"] if row["template_id"] == installation.env["HONGYAN_SMS_TEMPLATE"])
        found = await setup.call("GET", f"/v1/sms/signatures/{template['signature_id']}")
    channel = {
        "channel_number": found["channel_num"],
        "sms_tpl_id": template["template_id"],
        "sms_sign": found["signature_name"],
        "sms_app_name": template["app_name"],
    }

    async def client() -> None:
        async with installation.api() as api:
            for number in numbers:
                phones = [f"139{(number * _RECIPIENTS + i) % 100_000_000:08d}" for i in range(_RECIPIENTS)]
                body = {
                    "task_name": f"bench {number}",
                    "sms_channel": channel,
                    "resolve_task": {
                        "tpl_id": installation.env["HONGYAN_CARD"],
                        "resolve_times": 1,
                        "aim_code_type": "individual",
                        "expiration_time": 7,
                        "params": [{"cust_flag": phone, "sms_params": ["王女士"]} for phone in phones],
                    },
                }
                started = time.perf_counter()
                await api.call("POST", "/v1/aim/send-tasks", body=body)
                taken.append(time.perf_counter() - started)

    await asyncio.gather(*(client() for _ in range(clients)))
    return taken


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    with running_installation() as installation:
        started = time.perf_counter()
        taken = asyncio.run(measure(installation, options.calls, options.clients))
        seconds = time.perf_counter() - started
    cuts = quantiles(taken, n=100)
    print(
        json.dumps(
            {
                "what": "send operation",
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "machine": f"{os.cpu_count()} cores, {platform.machine()}",
                "calls": len(taken),
                "recipients_per_call": _RECIPIENTS,
                "clients": options.clients,
                "calls_per_s": round(len(taken) / seconds, 1),
                "ms": {"p50": round(cuts[49] * 1000, 1), "p99": round(cuts[98] * 1000, 1)},
            }
        )
    )


if __name__ == "__main__":
    main()
