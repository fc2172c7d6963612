"""One error, two envelopes: the vendor's ``{error_code, error_msg}`` and the console's problem+json (RFC 9457).

The vendor's doors are the paths ``/v1/…``; everything under ``/console/…`` speaks problem+json.
Source: api.md of the requirements §0, §4; ADR 0009.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hongyan.kernel.errors import HongyanError
from hongyan.kernel.http.limits import Throttled

log = structlog.get_logger(__name__)

_BAD_REQUEST = 400
_NOT_FOUND = 404
_NOT_ALLOWED = 405
_SERVER_ERROR = 500
_MEDIA = "application/problem+json"
_BAD_INPUT = "KM.90016803"
_GATEWAY = "APIGW."
_NO_API = "The API does not exist or has not been published."
_HTTP_CODES = {_BAD_REQUEST: _BAD_INPUT, _NOT_FOUND: "APIGW.0101", _NOT_ALLOWED: "APIGW.0101", 413: "APIGW.0201"}
_HTTP_TEXTS = {_NOT_FOUND: _NO_API, _NOT_ALLOWED: "The API does not exist: this path has other methods (see Allow)."}
_COPIES = (
    "/v1/aim/resolve-",
    "/v1/aim/send-",
    "/v1/aim/callbacks",
    "/v1/aim/mobile-capabilities",
    "/v1/aim/template-reports",
)
_PLACES = frozenset({"body", "query", "path", "header", "cookie"})
_NOT_AN_OBJECT = frozenset({"model_attributes_type", "dict_type", "model_type", "dataclass_type"})


def is_console(request: Request) -> bool:
    """Tell whether the request came through the console's door."""
    return request.url.path.startswith("/console/")


def language_of(request: Request) -> str:
    """Return ``zh-CN`` or ``en``: the console's choice, Chinese when it says nothing."""
    wanted = request.headers.get("accept-language", "zh-CN").strip().lower()
    return "en" if wanted.startswith("en") else "zh-CN"


def has_copy(method: str, path: str) -> bool:
    """Tell whether an operation's errors carry ``error_message``, the deprecated copy that AIM clients still read."""
    return path.startswith(_COPIES) or (path == "/v1/aim/templates" and method == "GET")


def problem(request: Request, error: HongyanError) -> JSONResponse:
    """Return the console's envelope for an error."""
    return _problem(
        request, error.status, error.code, error.text(language_of(request)), error.field, _more_headers(error)
    )


def vendor_error(request: Request, error: HongyanError) -> JSONResponse:
    """Return the vendor's envelope: English text, KM code."""
    return _envelope(request, error.vendor_status, error.vendor_code, error.text("en"), _more_headers(error))


def http_error(request: Request, error: HTTPException) -> JSONResponse:
    """Return the envelope of a refusal that no room knows: unknown path, wrong method, body too large."""
    text = str(error.detail)
    status = error.status_code
    if is_console(request):
        return _problem(request, status, f"http.{status}", text, None, error.headers)
    code = _HTTP_CODES.get(status, f"{_GATEWAY}0{status}")
    return _envelope(request, status, code, _HTTP_TEXTS.get(status, text), error.headers)


def add_error_handlers(app: FastAPI) -> None:
    """Make every refusal and every bug answer in the envelope of its door."""

    @app.exception_handler(HongyanError)
    async def refused(request: Request, error: HongyanError) -> JSONResponse:
        log.info("refused", code=error.code, field=error.field, path=request.url.path)
        return problem(request, error) if is_console(request) else vendor_error(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        field, reason = _explain(request, error.errors()[0])
        log.info("invalid request", field=field, path=request.url.path)
        text = f"{field}: {reason}"
        if is_console(request):
            return _problem(request, _BAD_REQUEST, "kernel.invalid_input", text, field)
        return _envelope(request, _BAD_REQUEST, _BAD_INPUT, text)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return http_error(request, error)

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", path=request.url.path, exc_info=error)
        # This handler answers outside our own middleware.
        headers = {"X-Request-Id": _request_id(request)}
        if is_console(request):
            text = "Internal error" if language_of(request) == "en" else "系统内部错误，请稍后重试"
            return _problem(request, _SERVER_ERROR, "kernel.internal", text, None, headers)
        text = "Service exception, contact support with the X-Request-Id."
        return _envelope(request, _SERVER_ERROR, "KM.99990500", text, headers)


def field_path(place: Sequence[int | str]) -> str:
    """Return where in a request something is, as a reader would write it: ``resolve_task.params[3].cust_flag``."""
    text = ""
    for part in place[1:] if place and place[0] in _PLACES else place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or (str(place[0]) if place else "body")


def _explain(request: Request, error: Mapping[str, Any]) -> tuple[str, str]:
    """Return field and reason of one finding of the request's model."""
    place, kind = tuple(error["loc"]), str(error["type"])
    stated = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_understood = not stated or stated.endswith("json") or stated == "multipart/form-data"
    if place == ("body",) and kind in _NOT_AN_OBJECT and not is_understood:
        # The framework leaves such a body as bytes, and then complains that it is no object.
        return "Content-Type", f"{stated[:100]} is not supported, use application/json"
    if kind == "json_invalid":
        return "body", f"is not JSON: {error.get('ctx', {}).get('error', 'JSON decode error')}"
    return field_path(place), str(error["msg"]).removeprefix("Value error, ")


def _envelope(
    request: Request, status: int, code: str, text: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = {"error_code": code, "error_msg": text}
    if has_copy(request.method, request.url.path):
        body["error_message"] = text
    if code.startswith(_GATEWAY):
        body["request_id"] = _request_id(request)
    return JSONResponse(body, status, dict(headers or {}))


def _problem(
    request: Request,
    status: int,
    code: str,
    text: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    kind = "about:blank" if code.startswith("http.") or code == "kernel.internal" else f"urn:hongyan:error:{code}"
    body = {"type": kind, "title": text, "status": status, "code": code, "request_id": _request_id(request)}
    if field:
        body["field"] = field
    return JSONResponse(body, status, dict(headers or {}), media_type=_MEDIA)


def _more_headers(error: HongyanError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after_s)} if isinstance(error, Throttled) else {}


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
