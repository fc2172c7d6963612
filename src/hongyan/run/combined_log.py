"""One log for all children of ``hongyan up``: lines of JSON in a rotating file, and on the terminal for people to read.

Not for: what a process writes (``kernel.log``).
"""

import json
import os
import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TextIO

_FILE_BYTES = 20 * 1024 * 1024
_FILES_KEPT = 5
_LINE_BYTES = 64 * 1024
_COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "31;1"}
_OWN_FIELDS = frozenset({"timestamp", "process", "level", "event", "logger"})
# PostgreSQL: ``LOG:  text`` (detail lines begin with a tab); NATS: ``[pid] date [INF] text``.
_POSTGRES = re.compile(
    r"(LOG|DEBUG\d?|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|STATEMENT|CONTEXT):\s+(.*)", re.DOTALL
)
_NATS = re.compile(r"\[\d+\] \S+ \S+ \[(INF|WRN|ERR|FTL|DBG|TRC)\] (.*)", re.DOTALL)
# Said at every start, and no news: our own question before the server was ready; a password that only the owner of the
# data directory can read, on loopback.
_NO_NEWS = ('Healthcheck failed: "failed to be ready', "Plaintext passwords detected")
_LEVELS = {
    "WARNING": "warning", "ERROR": "error", "FATAL": "error", "PANIC": "critical",
    "INF": "debug", "WRN": "warning", "ERR": "error", "FTL": "critical", "DBG": "debug", "TRC": "debug",
}  # fmt: skip


class CombinedLog:
    """Takes lines from many processes; safe to call from any thread."""

    def __init__(
        self,
        path: Path,
        *,
        terminal: TextIO = sys.stderr,
        fmt: str = "json",
        verbose: bool = False,
        file_bytes: int = _FILE_BYTES,
    ) -> None:
        """Append to ``path``; ``fmt`` of the terminal: ``json`` or ``console``; ``verbose``: debug lines too."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = path
        self._file_bytes = file_bytes
        self._terminal = terminal
        self._verbose = verbose
        self._for_people = fmt == "console"
        self._colours = self._for_people and terminal.isatty()
        self._lock = threading.Lock()
        self._file = path.open("ab")
        self._size = path.stat().st_size

    def say(self, event: str, *, level: str = "info", **fields: object) -> None:
        """Write a line of our own."""
        self._write({"event": event, "level": level, "process": "up", **fields})

    def follow(self, name: str) -> int:
        """Return a descriptor whose lines are taken as ``name``'s until all its holders have closed it."""
        reading, writing = os.pipe()
        source = os.fdopen(reading, "rb")
        threading.Thread(target=self._pump, args=(name, source), name=f"log of {name}", daemon=True).start()
        return writing

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _pump(self, name: str, source: IO[bytes]) -> None:
        with source:
            while line := source.readline(_LINE_BYTES):
                text = line.decode(errors="replace").rstrip()
                if text:
                    self._write(_parse(name, text))

    def _write(self, fields: dict[str, Any]) -> None:
        if fields.get("level") == "debug" and not self._verbose:
            return
        fields.setdefault("timestamp", datetime.now(UTC).isoformat().replace("+00:00", "Z"))
        line = json.dumps(fields, ensure_ascii=False, default=str)
        with self._lock:
            if self._file.closed:
                return
            if self._size > self._file_bytes:
                self._rotate()
            self._size += self._file.write(line.encode() + b"\n")
            self._file.flush()
            try:
                self._terminal.write((self._pretty(fields) if self._for_people else line) + "\n")
                self._terminal.flush()
            except (OSError, ValueError):
                # Nobody reads the terminal any more: the file has it.
                return

    def _pretty(self, fields: dict[str, Any]) -> str:
        level = str(fields.get("level", "info"))
        rest = " ".join(f"{key}={value}" for key, value in fields.items() if key not in _OWN_FIELDS)
        name = f"{fields['process']:<10}"
        if self._colours:
            name = f"\x1b[{_COLOURS.get(level, '0')}m{name}\x1b[0m"
        return f"{str(fields['timestamp'])[11:19]} {name} {level:<7} {fields.get('event', '')} {rest}".rstrip()

    def _rotate(self) -> None:
        self._file.close()
        for number in range(_FILES_KEPT - 1, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            if older.exists():
                older.replace(self._path.with_name(f"{self._path.name}.{number + 1}"))
        self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        self._file = self._path.open("ab")
        self._size = 0


def _parse(name: str, text: str) -> dict[str, Any]:
    """Return the fields of a child's line, whatever it writes."""
    if text.startswith("{"):
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if isinstance(fields, dict):
            return {**fields, "process": name}
    level = "info"
    for pattern in (_POSTGRES, _NATS):
        if found := pattern.match(text):
            level, text = _LEVELS.get(found[1], "info"), found[2]
            if text.startswith(_NO_NEWS):
                level = "debug"
    return {"event": text, "level": level, "process": name}
