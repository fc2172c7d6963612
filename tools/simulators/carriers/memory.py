"""What a carrier still has to report, on a file: a carrier that is killed and started again reports it then.

Two kinds of JSON lines: `{"key", "msg_id", "dest", "src", "stat", "submit_time"}` for a part that was accepted, and
`{"done": key}` once its report was taken. At the start the file is written anew with what is open. One `write()` per
batch, before anything of it is answered.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from simulators.carriers.face import MsgId, Notice


class Memory:
    """One carrier's open reports."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Read the file, or make it.

        Raises:
            OSError: it cannot be read or written.
        """
        file = Path(path)
        self.left: Final = dict(_read(file))
        """Key → what an earlier run has not reported."""
        fresh = file.with_name(file.name + ".new")
        fresh.write_text("".join(_line(key, notice) for key, notice in self.left.items()))
        fresh.replace(file)
        self._fd: Final = os.open(file, os.O_WRONLY | os.O_APPEND)
        self._lines: Final[list[str]] = []

    def keep(self, notice: Notice) -> str:
        """Note an accepted part; returns its key. It is not on the file before `flush`."""
        key = key_of(notice.msg_id, notice.dest)
        self._lines.append(_line(key, notice))
        return key

    def settle(self, key: str) -> None:
        """Note that a report was taken."""
        self._lines.append(json.dumps({"done": key}) + "\n")

    def flush(self) -> None:
        """Write what was noted.

        Raises:
            OSError: the disk refuses.
        """
        if not self._lines:
            return
        data = "".join(self._lines).encode()
        self._lines.clear()
        while data:
            data = data[os.write(self._fd, data) :]

    def close(self) -> None:
        """Write what is left, and close."""
        self.flush()
        os.close(self._fd)


def key_of(msg_id: MsgId, dest: str) -> str:
    """Return what names a part: ids alone are shared by the numbers of one submission in some protocols."""
    return f"{msg_id}/{dest}"


def _line(key: str, notice: Notice) -> str:
    fields = notice._asdict()
    del fields["done_time"]
    return json.dumps({"key": key, **fields}) + "\n"


def _read(file: Path) -> Iterator[tuple[str, Notice]]:
    """Return what is open, in the order of acceptance; the last line may be torn."""
    if not file.exists():
        return
    left: dict[str, Notice] = {}
    for text in file.read_text().splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            line = json.loads(text)
            if "done" in line:
                left.pop(line["done"], None)
            else:
                key = line.pop("key")
                left[key] = Notice(**line, done_time="")
    yield from left.items()
