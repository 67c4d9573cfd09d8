"""Logs: one JSON object a line on standard error, the libraries' own lines too, and never a secret in any of them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

__all__ = ["redact", "set_up"]

_SECRET_KEYS = re.compile(r"token|secret|password|authorization|signature|response_url|cookie", re.IGNORECASE)
_SECRET_TEXTS = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w.-]+"), "xox-…"),  # every kind of Slack token
    (re.compile(r"\bv0=[0-9a-f]{16,}"), "v0=…"),  # signatures
    (re.compile(r"\bwhsec_[\w-]+"), "whsec_…"),  # what a webhook is signed with
    (re.compile(r"\b(ticket|code|state)=[\w.~%-]{12,}"), r"\1=…"),  # what opens a socket, or buys a token
)
_ADDRESS = re.compile(r"(\w{1,20}://)(\S+)")  # each letter is looked at a bounded number of times
_RESPONSE_PARTS = ("/commands/", "/actions/", "/services/", "/upload/", "response")
# Louder than needed at INFO, or quoting requests: Bolt logs the whole body of a request that nothing handles.
_QUIET = {"slack_bolt": logging.ERROR, "slack_sdk": logging.WARNING, "aiohttp": logging.WARNING}
_QUIET |= {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "apscheduler": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "alembic": logging.WARNING,
}


def set_up(level: int) -> None:
    """Send every log line of this process, from `level` up, to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact]
    rendered = structlog.processors.JSONRenderer(default=str)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, rendered]),
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: values under telling names and texts that look like secrets are struck out, however deep."""
    return {key: _struck(key, value) for key, value in event.items()}


def _struck(key: str, value: Any) -> Any:
    if _SECRET_KEYS.search(key):
        return "…"
    if isinstance(value, str):
        return _without_secrets(value)
    if isinstance(value, Mapping):
        return {str(inner): _struck(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_struck("", item) for item in value]
    return value


def _without_secrets(text: str) -> str:
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return _ADDRESS.sub(_without_grants, text)


def _without_grants(address: re.Match[str]) -> str:
    """An address without its password; of one that lets whoever knows it speak in Slack nothing is left."""
    scheme, rest = address.groups()
    if any(part in rest for part in _RESPONSE_PARTS):
        return f"{scheme}…"
    who, at, where = rest.rpartition("@")
    return f"{scheme}{who.partition(':')[0]}:…@{where}" if at and ":" in who else address[0]
