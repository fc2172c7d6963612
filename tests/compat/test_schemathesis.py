"""Schemathesis reads our own document and asks a running installation what it allows, and some that it does not.

What it must not find fault with, and why, is in ``schemathesis.toml``. A failure prints the request to repeat.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.cloud import Holder
from support.doors import Company

HERE = Path(__file__).parent
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
_LONG_S = int(os.environ.get("HONGYAN_FUZZ_SECONDS", "900"))


def ask(company: Company, folder: Path, *arguments: str) -> None:
    domain, user = company.user.split("/")
    holder = Holder(company.url, domain, user, company.password)
    own = {
        "HONGYAN_TOKEN": holder.token,
        "HONGYAN_SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py"),
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run(
        [
            *(str(SCHEMATHESIS), "--config-file", str(HERE / "schemathesis.toml"), "run"),
            *(f"{company.url}/openapi.json", "--no-color", "--warnings", "off", "--workers", "2", *arguments),
        ],
        env={**os.environ, **own},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert "Tested: 99" in done.stdout, done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_api_keeps_what_its_document_says(spare: Company, tmp_path: Path) -> None:
    """Each example, each rule of each field kept and broken once, and some chains; the same requests every time."""
    fixed = ("--generation-deterministic", "--continue-on-failure", "-n", "5")
    ask(spare, tmp_path, "--phases", "examples,coverage,stateful", *fixed)


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
def test_the_api_keeps_what_its_document_says_at_length(spare: Company, tmp_path: Path) -> None:
    """The same, and random requests until the time is over; the seed is printed."""
    ask(spare, tmp_path, "--max-time", str(_LONG_S), "-n", "200", "--continue-on-failure")
