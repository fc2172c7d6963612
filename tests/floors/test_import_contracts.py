import os
import subprocess
import sys
from pathlib import Path

import pytest

from checks.import_contracts import LINE, check_import_contracts

ROOT = Path(__file__).parents[2]
CONFIG = (ROOT / ".importlinter").read_text(encoding="utf-8")
UPPER = [
    *"identity reviews enterprises handsets sms smart video_sms service_accounts".split(),
    *"audience rendering campaigns reports callbacks".split(),
]
WIRE = ["smstext", "validity", "errors", "fields", "session", "flavour", "cmpp", "sgip", "smgp", "smpp", "mm7"]


def small_house() -> dict[str, str]:
    """Every package that the contracts name; each service uses its own store, each store its own tables."""
    files = {f"src/hongyan/{name}/__init__.py": "" for name in (".", "kernel", "rooms", "run")}
    for room in [*LINE, *UPPER]:
        files |= {f"src/hongyan/rooms/{room}/{name}.py": "" for name in ("__init__", "tables", "contracts")}
        files[f"src/hongyan/rooms/{room}/store.py"] = f"import sqlalchemy\nimport hongyan.rooms.{room}.tables\n"
        files[f"src/hongyan/rooms/{room}/service.py"] = f"import hongyan.rooms.{room}.store\nimport hongyan.kernel\n"
    wire = {f"src/telcowire/{name}/__init__.py": "" for name in (".", "asyncio", *WIRE)}
    return files | wire


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def lint(root: Path) -> tuple[int, str]:
    program = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())",
    ]
    done = subprocess.run(
        [*program, "--config", str(root / ".importlinter"), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_tidy_house_keeps_all_contracts(tmp_path: Path) -> None:
    write(tmp_path, small_house() | {".importlinter": CONFIG})
    code, output = lint(tmp_path)
    assert (code, "0 broken" in output) == (0, True), output


def test_every_planted_import_is_caught(tmp_path: Path) -> None:
    rooms = "src/hongyan/rooms"
    faults = {
        "src/hongyan/kernel/clock.py": "import hongyan.rooms.sms.service\n",
        f"{rooms}/identity/service.py": "import hongyan.rooms.campaigns.service\nimport sqlalchemy\nimport nats\n",
        f"{rooms}/campaigns/service.py": "import hongyan.rooms.delivery.store\nimport fastapi\n",
        f"{rooms}/gateways/service.py": "import hongyan.rooms.identity.contracts\n",
        f"{rooms}/sms/service.py": "import hongyan.kernel.clock\n",
        f"{rooms}/sms/utilities.py": "",
        f"{rooms}/sms/contracts.py": "import hongyan.rooms.sms.store\n",
        "src/telcowire/cmpp/__init__.py": "import socket\nimport telcowire.asyncio\n",
    }
    write(tmp_path, small_house() | faults | {".importlinter": CONFIG})
    code, output = lint(tmp_path)
    assert code == 1
    assert "0 kept" in output, output


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/hongyan/rooms/metering/__init__.py", "line-closed does not list metering in forbidden_modules"),
        ("packages/telcowire/src/telcowire/ucp/__init__.py", "pure-wire does not list telcowire.ucp"),
        ("packages/telcowire/src/telcowire/timers.py", "pure-wire does not list telcowire.timers"),
    ],
)
def test_a_name_that_the_contracts_forgot_is_found(planted, path: str, expected: str) -> None:
    known = {"packages/telcowire/src/telcowire/asyncio/__init__.py": "", "src/hongyan/rooms/sms/__init__.py": ""}
    findings = planted(check_import_contracts, known | {path: "", ".importlinter": CONFIG})
    assert findings == [f".importlinter:1: {expected}"]
