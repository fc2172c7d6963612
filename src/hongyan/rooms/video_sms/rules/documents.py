"""The document that a template becomes: frames of parts in JSON, as gateways and previews read it."""

import base64
import json
import re
from collections.abc import Mapping

from hongyan.rooms.video_sms.contracts import Document, ElementKind, Part

_PLACEHOLDER = re.compile(r"#(p_\d{1,3})#", re.ASCII)


def pack(document: Document) -> bytes:
    """Return the document as JSON; bytes are base64."""
    frames = [
        {
            "parts": [
                {
                    "kind": part.kind.value,
                    "content_type": part.content_type,
                    "name": part.name,
                    "data": base64.b64encode(part.data).decode(),
                }
                for part in frame
            ]
        }
        for frame in document.frames
    ]
    shape = {"subject": document.subject, "signature": document.signature, "frames": frames}
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(data: bytes) -> Document:
    """Return what :func:`pack` packed."""
    shape = json.loads(data)
    frames = tuple(
        tuple(
            Part(ElementKind(part["kind"]), part["content_type"], part["name"], base64.b64decode(part["data"]))
            for part in frame["parts"]
        )
        for frame in shape["frames"]
    )
    return Document(shape["subject"], shape["signature"], frames)


def message_text(content_id: str, params: Mapping[str, str]) -> str:
    """Return what the ledger keeps as the text of a video message."""
    return json.dumps({"content": content_id, "params": dict(params)}, ensure_ascii=False, separators=(",", ":"))


def fill(text: str, params: Mapping[str, str]) -> str:
    """Return a text with its placeholders replaced, in one pass: values are never searched again."""
    return _PLACEHOLDER.sub(lambda found: params.get(found[1], found[0]), text)
