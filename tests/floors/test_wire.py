import pytest

from checks.wire import check_wire_library

FOLDER = "packages/telcowire/src/telcowire"


def test_the_standard_library_and_itself_are_allowed(planted) -> None:
    files = {
        f"{FOLDER}/fields.py": "import struct\nfrom telcowire import errors\nfrom . import session\n",
        f"{FOLDER}/asyncio/client.py": "import asyncio\nimport socket\n",
    }
    assert planted(check_wire_library, files) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("cmpp/pdus.py", "import numpy as np\n", "telcowire imports numpy"),
        ("asyncio/client.py", "from hongyan.kernel import clock\n", "telcowire imports hongyan"),
        ("session.py", "import asyncio\n", "asyncio is imported outside telcowire.asyncio"),
        ("cmpp/flavour.py", "def f():\n    from socket import socket\n", "socket is imported outside"),
    ],
)
def test_a_planted_import_is_found(planted, path: str, text: str, expected: str) -> None:
    findings = planted(check_wire_library, {f"{FOLDER}/{path}": text})
    assert len(findings) == 1
    assert expected in findings[0]
