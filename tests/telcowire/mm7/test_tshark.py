"""A submission and its answer as tshark reads them: HTTP, MIME and XML by a decoder that this project did not write."""

import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from telcowire.mm7.content import Frame, Media, slides_content
from telcowire.mm7.http import basic_authorization, write_answer, write_post
from telcowire.mm7.pdus import Address, Recipients, SenderIdentification, Status, SubmitReq, SubmitRsp
from telcowire.mm7.soap import Message, encode_message

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed: there is no foreign decoder to ask")

SUBMIT = SubmitReq(
    SenderIdentification("901234", "10690001", Address("10690001", "ShortCode")),
    Recipients((Address("+8613800000001"),)),
    delivery_report=True,
    subject="summer",
)
SLIDES = slides_content(
    [Frame((Media("text/plain", b"hello", "1.txt", "utf-8"), Media("image/gif", b"GIF89a" + bytes(40), "1.gif")))]
)
REQUEST = write_post(
    "h", "/mm7", *encode_message(Message(SUBMIT, "t-1", SLIDES)), basic_authorization("901234", "shared")
)
ANSWER = write_answer(
    200, *encode_message(Message(SubmitRsp(Status(1000, "Success"), "id.1"), "t-1")), keeps_alive=True
)


def write_pcap(path: Path) -> None:
    """One TCP segment to port 80 and one back, in a classic pcap file with raw IPv4 frames."""
    chunks = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]
    for source, target, seq, ack, payload in (
        (40000, 80, 1, 1, REQUEST),
        (80, 40000, 1, 1 + len(REQUEST), ANSWER),
    ):
        tcp = struct.pack(">HHIIBBHHH", source, target, seq, ack, 5 << 4, 0x18, 8192, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 1, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
        frame = ip + tcp + payload
        chunks.append(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
    path.write_bytes(b"".join(chunks))


def every(tree: Any, wanted: str) -> list[str]:
    """Return all values of a field, in order."""
    found: list[str] = []
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else []:
        if key == wanted:
            found += value if isinstance(value, list) else [value]
        else:
            found += every(value, wanted)
    return found


def test_tshark_reads_what_we_write(tmp_path: Path) -> None:
    write_pcap(tmp_path / "mm7.pcap")
    command = [str(TSHARK), "-r", str(tmp_path / "mm7.pcap"), "-T", "json", "--no-duplicate-keys"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=50)
    request, answer = [packet["_source"]["layers"] for packet in json.loads(done.stdout)]
    assert "malformed" not in done.stdout.decode().lower()
    assert every(request, "http.request.method") == ["POST"]
    assert every(request, "http.authbasic") == ["901234:shared"]
    assert every(request, "mime_multipart.header.content-id") == [
        "<envelope>",
        "<content>",
        "<slides>",
        "<1.txt>",
        "<1.gif>",
    ]
    tags = every(request, "xml.cdata")
    assert [tag for tag in tags if tag in {"t-1", "901234", "10690001", "+8613800000001", "true", "summer"}] == [
        "t-1",
        "901234",
        "10690001",
        "10690001",
        "+8613800000001",
        "true",
        "summer",
    ]
    assert every(answer, "http.response.code") == ["200"]
    assert [text for text in every(answer, "xml.cdata") if text != "6.8.0"] == ["t-1", "1000", "Success", "id.1"]
