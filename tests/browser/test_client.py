"""The console's client is generated from the back end's own description; neither may run ahead of the other."""

import json
import subprocess
from pathlib import Path

from support.installation import HONGYAN

_COMMITTED = Path(__file__).parents[2] / "console" / "openapi.json"


def test_the_committed_description_is_the_back_ends() -> None:
    printed = subprocess.run([str(HONGYAN), "openapi"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert json.loads(printed) == json.loads(_COMMITTED.read_text("utf-8")), "run: make client"
