import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.chaos
def test_a(): ...

@pytest.mark.slow
def test_b(): ...

def test_c(): ...

@pytest.mark.browser
@pytest.mark.slow
def test_d(): ...

def test_e(): ...

@pytest.mark.browser
def test_f(): ...
"""


@pytest.mark.parametrize(("option", "expected"), [("-ra", "cefbda"), ("--slow-first", "abdfce")])
def test_slow_tests_run_after_fast_ones_unless_told_otherwise(tmp_path: Path, option: str, expected: str) -> None:
    (tmp_path / "test_order.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    browser\n    chaos\n", encoding="utf-8")
    tools = Path(__file__).parents[2] / "tools"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "checks.fast_first", "--collect-only", "-q", option),
            *("-p", "no:cacheprovider"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    order = [line[-1] for line in done.stdout.splitlines() if "::" in line]
    assert order == list(expected), done.stdout + done.stderr
