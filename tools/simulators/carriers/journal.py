"""A carrier's own ledger for chaos tests: a JSON line per part that it accepted, on the file before the answer leaves.

    {"at": 1795400000.123, "carrier": "mobile", "msg_id": 3495..., "src": "1069...", "dest": "86138...",
     "part": 1, "parts": 2, "ref": 7, "sha1": "…", "connection": "127.0.0.1:40112"}

`at` is Unix time; `sha1` is that of the content without its user data header, so a part that is sent twice under two
references has it twice; `ref` is null in a message of one part. One `write()` carries a batch whole: what stands in the
file survives kill -9 of this process (not a loss of power), and a line is never torn but at the end.
"""

import hashlib
import json
import os
import time
from typing import Final

from telcowire.errors import RemoteProtocolError
from telcowire.smstext.udh import find_concatenation, split_udh


class Journal:
    """Appends to a file; several carriers of a process may share it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file, or make it.

        Raises:
            OSError: it cannot be written.
        """
        self._fd: Final = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._lines: Final[list[str]] = []

    def note(
        self,
        *,
        carrier: str,
        msg_id: int | str,
        src: str,
        dest: str,
        content: bytes,
        has_udh: bool,
        parts: int,
        part: int,
        connection: str,
    ) -> None:
        """Note an accepted part; it is not on the file before `flush`."""
        ref: int | None = None
        if has_udh:
            try:
                header, content = split_udh(content)
                concatenation = find_concatenation(header)
            except RemoteProtocolError:  # the content is noted as it came
                concatenation = None
            if concatenation is not None:
                ref, parts, part = concatenation.ref, concatenation.total, concatenation.part_no
        line = {
            "at": round(time.time(), 6),
            "carrier": carrier,
            "msg_id": msg_id,
            "src": src,
            "dest": dest,
            "part": part,
            "parts": parts,
            "ref": ref,
            "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            "connection": connection,
        }
        self._lines.append(json.dumps(line, ensure_ascii=False) + "\n")

    def flush(self) -> None:
        """Write what was noted, in one call; must stand before anything of the batch is answered.

        Raises:
            OSError: the disk refuses.
        """
        if not self._lines:
            return
        data = "".join(self._lines).encode()
        self._lines.clear()
        while data:  # a short write happens on a full disk only; the next call then raises
            data = data[os.write(self._fd, data) :]

    def close(self) -> None:
        """Write what is left, and close."""
        self.flush()
        os.close(self._fd)
