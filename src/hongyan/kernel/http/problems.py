"""One error, two envelopes: the vendor's ``{error_code, error_msg}`` and the console's problem+json (RFC 9457).

The vendor's doors are the paths ``/v1/…``; everything under ``/console/…`` speaks problem+json.
Source: api.md of the requirements §0, §4; ADR 0009.
"""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hongyan.kernel.errors import HongyanError

log = structlog.get_logger(__name__)

_CLIENT_ERROR = 400
_SERVER_ERROR = 500


def is_console(request: Request) -> bool:
    """Tell whether the request came through the console's door."""
    return request.url.path.startswith("/console/")


def language_of(request: Request) -> str:
    """Return ``zh-CN`` or ``en``: the console's choice, Chinese when it says nothing."""
    wanted = request.headers.get("accept-language", "zh-CN").strip().lower()
    return "en" if wanted.startswith("en") else "zh-CN"


def problem(request: Request, error: HongyanError) -> JSONResponse:
    """Return the console's envelope for an error."""
    body: dict[str, Any] = {
        "type": f"urn:hongyan:error:{error.code}",
        "title": error.text(language_of(request)),
        "status": error.status,
        "code": error.code,
        "request_id": request.state.request_id,
    }
    if error.field:
        body["field"] = error.field
    return JSONResponse(body, error.status, media_type="application/problem+json")


def vendor_error(error: HongyanError) -> JSONResponse:
    """Return the vendor's envelope: English text, KM code.

    ``error_message`` is its deprecated copy, which AIM clients still read.
    """
    text = error.text("en")
    body = {"error_code": error.vendor_code, "error_msg": text, "error_message": text}
    return JSONResponse(body, error.vendor_status)


def add_error_handlers(app: FastAPI) -> None:
    """Make every refusal and every bug answer in the envelope of its door."""

    @app.exception_handler(HongyanError)
    async def refused(request: Request, error: HongyanError) -> JSONResponse:
        log.info("refused", code=error.code, field=error.field, path=request.url.path)
        return problem(request, error) if is_console(request) else vendor_error(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path"}) or "body"
        log.info("invalid request", field=field, path=request.url.path)
        if is_console(request):
            body = {
                "type": "urn:hongyan:error:kernel.invalid_input",
                "title": f"{field}: {first['msg']}",
                "status": _CLIENT_ERROR,
                "code": "kernel.invalid_input",
                "field": field,
                "request_id": request.state.request_id,
            }
            return JSONResponse(body, _CLIENT_ERROR, media_type="application/problem+json")
        text = f"{field}: {first['msg']}"
        body = {"error_code": "KM.90016803", "error_msg": text, "error_message": text}
        return JSONResponse(body, _CLIENT_ERROR)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        text = str(error.detail)
        if is_console(request):
            body = {
                "type": "about:blank",
                "title": text,
                "status": error.status_code,
                "code": f"http.{error.status_code}",
            }
            return JSONResponse(
                {**body, "request_id": request.state.request_id},
                error.status_code,
                media_type="application/problem+json",
            )
        return JSONResponse(
            {"error_code": f"APIGW.0{error.status_code}", "error_msg": text, "error_message": text}, error.status_code
        )

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", path=request.url.path, exc_info=error)
        request_id = getattr(request.state, "request_id", "")
        if is_console(request):
            body = {
                "type": "about:blank",
                "title": "Internal error" if language_of(request) == "en" else "系统内部错误，请稍后重试",
                "status": _SERVER_ERROR,
                "code": "kernel.internal",
                "request_id": request_id,
            }
            return JSONResponse(
                body, _SERVER_ERROR, media_type="application/problem+json", headers={"X-Request-Id": request_id}
            )
        text = "Service exception, contact support with the X-Request-Id."
        return JSONResponse(
            {"error_code": "KM.99990500", "error_msg": text, "error_message": text},
            _SERVER_ERROR,
            headers={"X-Request-Id": request_id},
        )
