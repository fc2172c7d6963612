"""Nothing hostile reaches an endpoint of the vendor's doors: bodies, queries and paths are judged before they are used.

What is wrong is kept with the request and told by :func:`require_sound` once the caller is known, so that an unknown
caller learns nothing but 401. Not for: the console's doors, whose generated client sends what its types allow.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi import Request

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.middleware import Asgi, Message, Receive, Scope, Send

MAX_DEPTH = 64
"""Levels of arrays and objects; the deepest documented body has eight."""
MAX_VALUES = 500_000
"""Members of arrays and objects, counted before anything is decoded: bodies of strangers cost us little. Documented
bodies of 12 MB have fewer."""
VENDOR_PATHS = ("/v1/", "/v3/")
_FAULT = "fault"
_UNREAD_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_INT_CHARS = 20
_INT_LIMIT = 2**63
_SUSPECT_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EMPTY = b"{}"


class _Refused(ValueError):
    """A document breaks one of our rules; carries both texts."""

    def __init__(self, field: str, reason: str, reason_zh: str) -> None:
        super().__init__(reason)
        self.error = InvalidInput(field, reason=reason, reason_zh=reason_zh)


class StrictRequests:
    """Judge requests to the vendor's doors; an unsound body is replaced by an empty object and never parsed again."""

    def __init__(self, app: Asgi, raw_prefixes: Sequence[str] = ()) -> None:
        """Bodies below ``raw_prefixes`` are files of any type and are left alone."""
        self._app = app
        self._raw = tuple(raw_prefixes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(VENDOR_PATHS):
            await self._app(scope, receive, send)
            return
        fault = _judge_target(scope)
        if not self._reads_json(scope):
            _keep(scope, fault)
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        is_typed = bool(_content_type(scope))
        if body and (is_typed or body.lstrip()[:1] == b"{"):
            try:
                decode_object(body)
            except InvalidInput as error:
                fault, body = fault or error, _EMPTY
            if not is_typed:
                others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
                scope["headers"] = [*others, (b"content-type", b"application/json")]
        _keep(scope, fault)
        await self._app(scope, _replay(body, receive), send)

    def _reads_json(self, scope: Scope) -> bool:
        """Tell whether the body may be JSON: by its type, or by having none, which hand-written clients forget."""
        if scope["method"] in _UNREAD_METHODS or scope["path"].startswith(self._raw or ("\0",)):
            return False
        # Keystone's endpoint reads its own bytes and answers in its own envelope.
        if scope["path"].startswith("/v3/"):
            return False
        kind = _content_type(scope)
        return not kind or kind == b"application/json" or kind.endswith(b"+json")


def require_sound(request: Request) -> None:
    """Let a request pass whose body, query and path were found sound.

    Raises:
        InvalidInput: names the field that is not.
    """
    fault: InvalidInput | None = getattr(request.state, _FAULT, None)
    if fault is not None:
        raise fault


def decode_object(body: bytes) -> dict[str, Any]:
    """Decode a JSON object as every parser would understand it.

    Raises:
        InvalidInput: not UTF-8, not JSON, not an object, a key twice, a number beyond 64 bits or not finite, U+0000 or
            half a surrogate pair in a text, nested deeper than :data:`MAX_DEPTH`, more values than :data:`MAX_VALUES`.
    """
    if sum(map(body.count, (b"{", b"[", b","))) > MAX_VALUES:
        raise _invalid_body(f"has more than {MAX_VALUES} values", f"包含超过 {MAX_VALUES} 个值")
    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode()
        document = _DECODER.decode(text)
        # A cheap look at the bytes first: few bodies need a walk.
        if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
            _check_depth(document)
        if _SUSPECT_ESCAPE.search(body) is not None:
            _check_texts(document, "")
    except _Refused as error:
        raise error.error from None
    except UnicodeDecodeError as error:
        raise _invalid_body(f"is not UTF-8 at byte {error.start}", f"第 {error.start} 字节不是 UTF-8") from None
    except json.JSONDecodeError as error:
        raise _invalid_body(f"is not JSON: {error.msg} at character {error.pos}", "不是有效的 JSON") from None
    except RecursionError:
        raise _too_deep().error from None
    if not isinstance(document, dict):
        raise _invalid_body("must be a JSON object", "必须为 JSON 对象")
    return document


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        shown = _printable(twice)
        raise _Refused(shown, "appears twice in one object", "在同一对象中重复出现")
    return found


def _integer(text: str) -> int:
    if len(text) <= _INT_CHARS:
        number = int(text)
        if -_INT_LIMIT <= number < _INT_LIMIT:
            return number
    raise _Refused("body", f"the number {text[:_INT_CHARS]}… does not fit in 64 bits", "包含超出 64 位范围的整数")


def _float(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise _Refused("body", f"the number {text[:_INT_CHARS]} is too large", "包含过大的数值")
    return number


def _constant(text: str) -> NoReturn:
    raise _Refused("body", f"{text} is not JSON", f"{text} 不是有效的 JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _check_texts(value: Any, path: str) -> None:
    """Refuse what PostgreSQL and UTF-8 cannot hold, naming the place."""
    if isinstance(value, str):
        _check_text(value, path or "body")
    elif isinstance(value, dict):
        for key, child in value.items():
            place = f"{path}.{_printable(key)}" if path else _printable(key)
            _check_text(key, place)
            _check_texts(child, place)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _check_texts(child, f"{path}[{index}]")


def _check_text(text: str, field: str) -> None:
    if "\0" in text:
        raise _Refused(field, "contains the character U+0000", "包含字符 U+0000")
    if _SURROGATE.search(text) is not None:
        raise _Refused(field, "contains half a surrogate pair", "包含不成对的代理字符")


def _judge_target(scope: Scope) -> InvalidInput | None:
    """Return what is wrong with path or query."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    if b"%" not in path and b"%" not in query and path.isascii() and query.isascii():
        return None
    found = _judge_bytes("path", path)
    for pair in query.split(b"&"):
        key, _, value = pair.partition(b"=")
        name = unquote_to_bytes(key).decode("ascii", "replace")[:100]
        found = found or _judge_bytes("query", key) or _judge_bytes(_printable(name), value)
    return found


def _judge_bytes(field: str, raw: bytes) -> InvalidInput | None:
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return InvalidInput(field, reason="is not UTF-8", reason_zh="不是 UTF-8")
    if "\0" in text:
        return InvalidInput(field, reason="contains the character U+0000", reason_zh="包含字符 U+0000")
    return None


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode().replace("\0", "\\x00")[:100]


def _invalid_body(reason: str, reason_zh: str) -> InvalidInput:
    return InvalidInput("body", reason=reason, reason_zh=reason_zh)


def _too_deep() -> _Refused:
    return _Refused("body", f"is nested deeper than {MAX_DEPTH} levels", f"嵌套超过 {MAX_DEPTH} 层")


def _content_type(scope: Scope) -> bytes:
    stated: bytes = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return stated.partition(b";")[0].strip().lower()


def _keep(scope: Scope, fault: InvalidInput | None) -> None:
    if fault is not None:
        scope.setdefault("state", {})[_FAULT] = fault


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body, or nothing when the client went away."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = True

    async def replayed() -> Message:
        nonlocal waiting
        if waiting:
            waiting = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
