"""Starting a child that never outlives us, and running one under another user when we are root.

Not for: supervision (restart, ordered stop), which is ``hongyan.run.supervise``.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SERVER_UID = 65534
"""User and group that PostgreSQL runs as when we are root (it refuses root): nobody."""

# Runs in a bare interpreter just before the program: asks the kernel for a signal at our death, and leaves at once
# when we died before it asked. PR_SET_PDEATHSIG (1) is Linux only; elsewhere the child simply starts.
_SHIM = """
import os, sys
parent, number, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None, use_errno=True).prctl(1, number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
os.execv(program, sys.argv[3:])
"""
_PROBE_TIMEOUT_S = 20


class EmbeddedServerError(Exception):
    """An embedded server cannot be prepared or started; the text says what to do."""


def bound_to_us(command: list[str], at_our_death: signal.Signals) -> list[str]:
    """Return ``command`` (absolute program first) wrapped so that it gets a signal when we die, even by kill -9.

    The wrapper execs, so the process id is the program's. The signal is sent when the *thread* that started the child
    ends: start such children from the main thread.
    """
    return [sys.executable, "-I", "-S", "-c", _SHIM, str(os.getpid()), str(int(at_our_death)), *command]


def user_switch(program: Path) -> list[str]:
    """Return the prefix that runs ``program`` as an ordinary user: empty unless we are root.

    Keeps the right to pass through directories (data directories below a 0700 home), where the machine lets us hand
    it on.

    Raises:
        EmbeddedServerError: we are root and cannot switch.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        msg = (
            "PostgreSQL does not run as root and 'setpriv' (util-linux) is not there to switch users: "
            "run hongyan as an ordinary user, or set HONGYAN_DATABASE_URL to a PostgreSQL of your own"
        )
        raise EmbeddedServerError(msg)
    plain = [setpriv, f"--reuid={SERVER_UID}", f"--regid={SERVER_UID}", "--clear-groups"]
    passing = [*plain, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    said = ""
    for prefix in (passing, plain):
        probe = subprocess.run(
            # The whole chain, as it will be started: the wrapper's interpreter may lie where that user cannot look.
            [*prefix, "--", *bound_to_us([str(program), "--version"], signal.SIGTERM)],
            check=False,
            capture_output=True,
            text=True,
            timeout=_PROBE_TIMEOUT_S,
        )
        if probe.returncode == 0:
            return [*prefix, "--"]
        said = probe.stderr.strip()
    msg = (
        f"PostgreSQL does not run as root and cannot be run as user {SERVER_UID} ({said}): "
        "run hongyan as an ordinary user, or set HONGYAN_DATABASE_URL to a PostgreSQL of your own"
    )
    raise EmbeddedServerError(msg)
