"""Video messages on the line: a content in a folder, chunks that name it, an account that leads to a simulated centre."""

import asyncio
import base64
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hongyan.kernel.errors import NotFound
from hongyan.rooms.carriers.contracts import Account, Carrier, NewAccount, Protocol
from hongyan.rooms.delivery.contracts import MessageClass, MessageKind, MessageState, PlannedChunk, PlannedMessage
from hongyan.rooms.gateways.contracts import LoadContent
from simulators.mmsc.centre import MmscSimulator
from support.line import SECRET, TENANT, SendingLine, chunk_of

CONTENT = "c0ffee"
TEXT = "【鸿雁】您好 #p_1#，新品已到。"
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


def contents_in(folder: Path) -> LoadContent:
    """Return a loader of contents that lie in a folder."""

    async def load(content_id: str) -> bytes:
        try:
            return await asyncio.to_thread((folder / content_id).read_bytes)
        except FileNotFoundError as error:
            raise NotFound(what="content", id=content_id) from error

    return load


def write_content(folder: Path, content_id: str = CONTENT) -> None:
    """Write a content of two pages."""

    def part(kind: str, content_type: str, name: str, data: bytes) -> dict[str, str]:
        return {"kind": kind, "content_type": content_type, "name": name, "data": base64.b64encode(data).decode()}

    shape = {
        "subject": "夏日新品",
        "signature": "鸿雁",
        "frames": [
            {
                "parts": [
                    part("txt", "text/plain", "1.txt", TEXT.encode()),
                    part("image", "image/jpeg", "图.jpg", PICTURE),
                ]
            },
            {"parts": [part("video", "video/mp4", "a.mp4", b"\0\0\0\x18ftypmp42" + bytes(2_000))]},
        ],
    }
    (folder / content_id).write_text(json.dumps(shape, ensure_ascii=False))


def video_chunk(phones: Sequence[str], *, chunk_no: int = 0, content: str = CONTENT, **more: Any) -> PlannedChunk:
    """Return a chunk with one video message per number."""
    sms = chunk_of(phones, chunk_no=chunk_no, klass=MessageClass.PROMOTION, **more)
    messages = [
        PlannedMessage(
            n, number, json.dumps({"content": content, "params": {"p_1": f"客户{n}"}}, ensure_ascii=False), 1
        )
        for n, number in enumerate(phones)
    ]
    values = {name: getattr(sms, name) for name in PlannedChunk.__dataclass_fields__}
    return PlannedChunk(**{**values, "messages": messages, "kind": MessageKind.VIDEO})


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def add_video_account(line: SendingLine, centre: MmscSimulator, **values: Any) -> Account:
    """Add an account that leads to a centre, and let the centre know where we listen."""
    port = free_port()
    centre.vasp_url = f"http://127.0.0.1:{port}/mm7"
    new = {
        "name": "video-1",
        "protocol": Protocol.MM7,
        "host": "127.0.0.1",
        "port": centre.port,
        "login": "901234",
        "secret": SECRET,
        "src_number": "10690001",
        "carrier": Carrier.ANY,
        "response_timeout_s": 20,
        "listen_port": port,
    }
    async with line.db.begin() as uow:
        return await line.carriers.add_account(uow, NewAccount(**{**new, **values}))


async def plan_video(line: SendingLine, chunk: PlannedChunk) -> dict[MessageState, int]:
    """Plan a chunk over the accounts that carry media."""
    async with line.db.begin() as uow:
        route = await line.carriers.media_router(uow, TENANT, [message.phone for message in chunk.messages])
        return dict((await line.delivery.plan_chunk(uow, chunk, route)).counts)
