"""Structured logs: one line of JSON (or a coloured line for people), with request and tenant ids, numbers masked.

Usage: ``log = structlog.get_logger(__name__)``; bind ids with :func:`bind`.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from hongyan.kernel.phones import Phone, mask_in_text, mask_phone


def configure_log(*, process: str, fmt: str, level: str) -> None:
    """Send everything, also what libraries log, to stderr as one structured stream.

    ``fmt`` is ``json`` or ``console``.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _mask_numbers,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in ("httpx", "httpcore", "procrastinate", "_granian", "nats", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)


def bind(**values: str) -> None:
    """Add values (``request_id``, ``tenant_id``, ``task_id`` …) to every line of the current task."""
    structlog.contextvars.bind_contextvars(**values)


def clear() -> None:
    """Forget the request's values, keep the process name."""
    process = structlog.contextvars.get_contextvars().get("process")
    structlog.contextvars.clear_contextvars()
    if process is not None:
        structlog.contextvars.bind_contextvars(process=process)


def _mask_numbers(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask phone numbers by type, and mainland ones inside any text."""
    for key, value in event.items():
        if isinstance(value, Phone):
            event[key] = mask_phone(value)
        elif isinstance(value, str):
            event[key] = mask_in_text(value)
    return event
