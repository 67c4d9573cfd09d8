"""What a workspace's own systems are told of decisions: the body, its signature, and the secret behind it."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.store import Scope, webhooks
from bot.store.advices import StoredAdvice
from bot.store.columns import new_id
from bot.store.decisions import Decision
from bot.store.webhooks import Delivery
from bot.usecases.workspace.preferences import preferences
from bot.vault import Vault

__all__ = ["Event", "headers", "new_secret", "notify", "recent", "refused", "signature"]

Event = Literal["decision.approved", "decision.undone", "receipt.measured"]
_VERSION = 1
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST = 2000  # characters of an address


def refused(url: str, vault: Vault, *, is_local_allowed: bool = False) -> str | None:
    """Why `url` cannot be the webhook, in words for a form; None when it can. Where it leads is judged at sending.

    `is_local_allowed`: it may lead to this very machine, without https.
    """
    if not vault.has_keys:
        return "a webhook needs a secret, and there are no keys to keep it with: set GPU_ADVISE_SECRET_KEYS first"
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        has_port = False
    if not has_port or not parts.hostname or len(url) > _LONGEST or not url.isascii() or not url.isprintable():
        return "this is no address: it must look like https://example.com/gpu-advise"
    if parts.username is not None or "#" in url or " " in url:
        return "the address must have no user name, no space and no fragment"
    is_here = is_local_allowed and parts.hostname in _THIS_MACHINE
    if parts.scheme != "https" and not (is_here and parts.scheme == "http"):
        return "the address must begin with https://"
    return None


def new_secret(vault: Vault) -> tuple[str, str]:
    """A fresh signing secret: as it is shown once, and sealed as it is kept in the preferences.

    Raises:
        NoKeys: there is nothing to keep it with.
    """
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    return secret, vault.seal(secret)


def notify(
    scope: Scope,
    event: Event,
    advice: StoredAdvice,
    decision: Decision,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Tell the webhook of `decision`, and of what there is `more`, once this transaction commits."""
    url = preferences(scope).webhook_url
    if url is None:
        return
    delivery_id = new_id()
    body = {"event": event, "id": delivery_id, "version": _VERSION, "at": _iso(at), "workspace": scope.team_id}
    webhooks.put(scope, delivery_id, event, json.dumps({**body, **_told(advice, decision), **(more or {})}), url, at)


def headers(delivery_id: str, body: str, secret: str, at: datetime) -> dict[str, str]:
    """What is sent beside the body: its id, the same at every attempt; the time; and the signature over both."""
    timestamp = str(int(at.timestamp()))
    return {
        "User-Agent": "gpu-advise-webhook",
        "X-Gpu-Advise-Id": delivery_id,
        "X-Gpu-Advise-Timestamp": timestamp,
        "X-Gpu-Advise-Signature": signature(secret, timestamp, body),
    }


def signature(secret: str, timestamp: str, body: str) -> str:
    """`v1=` and the hexadecimal HMAC-SHA256 of `<timestamp>.<body>` under the secret."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def recent(scope: Scope, limit: int = 10) -> list[dict[str, Any]]:
    """The delivery log, newest first, as the data of a view. Of the address only its host is shown."""
    return [_logged(delivery) for delivery in webhooks.recent(scope, limit)]


def _told(advice: StoredAdvice, decision: Decision) -> dict[str, Any]:
    current = advice.document["current"]
    configuration: Mapping[str, Any] = decision.configuration or {}
    price = configuration.get("price_usd_per_hour")
    nodes = configuration.get("node_count", 1)
    return {
        "workload": advice.workload,
        "unit": advice.document["unit"],
        "advice_id": advice.id,
        "decision": {
            "kind": decision.kind,
            "objective": decision.objective,
            "by": decision.decided_by,
            "at": _iso(decision.decided_at),
        },
        "from": current["configuration"] if current else None,
        "to": decision.configuration,
        "price": None if price is None else {"usd_per_hour_a_node": price, "usd_per_hour": price * nodes},
        "forecast": decision.forecast,
    }


def _logged(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "host": urlsplit(delivery.url).hostname,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "error": delivery.error,
        "at": _iso(delivery.created_at),
        "next_at": _iso(delivery.due_at) if delivery.state == "waiting" else None,
    }


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
