"""What tshark, a decoder that this project did not write, reads in our bytes."""

import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

TSHARK = shutil.which("tshark")
WHY_SKIPPED = "tshark is not installed: there is no foreign decoder to ask"


def write_pcap(path: Path, port: int, payloads: list[bytes]) -> None:
    """One TCP segment to the port per payload, in a classic pcap file with raw IPv4 frames."""
    chunks, tcp_seq = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)], 1
    for payload in payloads:
        tcp = struct.pack(">HHIIBBHHH", 40000, port, tcp_seq, 1, 5 << 4, 0x18, 8192, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 1, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
        frame = ip + tcp + payload
        chunks.append(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
        tcp_seq += len(payload)
    path.write_bytes(b"".join(chunks))


def dissect(path: Path, port: int, protocol: str, payloads: list[bytes]) -> list[dict[str, Any]]:
    """Write the payloads to `path` and return the layers that tshark finds in each packet."""
    write_pcap(path, port, payloads)
    command = [str(TSHARK), "-r", str(path), "-d", f"tcp.port=={port},{protocol}", "-T", "json", "--no-duplicate-keys"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=50)
    return [packet["_source"]["layers"] for packet in json.loads(done.stdout)]


def flatten(tree: Any) -> dict[str, Any]:
    """Flatten a tree of tshark's fields; the last of several wins."""
    found: dict[str, Any] = {}
    for key, value in tree.items() if isinstance(tree, dict) else []:
        if isinstance(value, dict):
            found |= flatten(value)
        else:
            found[key] = value
    return found
