"""Everything that Slack, or the way to it, can do wrong with one call."""

from bot.local.faults import Fault

__all__ = ["FAULTS", "LASTING", "is_said_to_be_done"]

_PASSING = ("fatal_error", "internal_error", "ratelimited", "service_unavailable", "team_added_to_org")
_LASTING = (
    "channel_not_found", "invalid_auth", "invalid_blocks", "is_archived", "missing_scope", "not_in_channel",
    "token_revoked",
)  # fmt: skip
LASTING = frozenset(f"ok: false, {name}" for name in _LASTING)
"""The faults that tell whoever meets them that asking again is useless."""

FAULTS: dict[str, Fault] = {
    "429": Fault.rate_limited(7),
    "500": Fault.down(500),
    "500 after acceptance": Fault.down(500, is_accepted=True),
    "503": Fault.down(503),
    "503 after acceptance": Fault.down(503, is_accepted=True),
    "silence": Fault.silent(60),
    "silence after acceptance": Fault.silent(60, is_accepted=True),
    "30 s slow": Fault(body='{"ok": true}', seconds=30.0, is_accepted=True),
    "reset": Fault.reset(),
    "reset after acceptance": Fault.reset(is_accepted=True),
    "HTML": Fault(body="<html>ok</html>", content_type="text/html"),
    "HTML that says it is JSON": Fault(body="<html>ok</html>"),
    "JSON that is no object": Fault(body="[1]"),
    "half a JSON object": Fault(body='{"ok": tr'),
    "nothing but ok after acceptance": Fault(body='{"ok": true}', is_accepted=True),
    **{f"ok: false, {name}": Fault.refused(name) for name in (*_PASSING, *_LASTING)},
}


def is_said_to_be_done(fault: Fault) -> bool:
    """Whether the answer, which comes in time, claims that all went well."""
    return fault.body == '{"ok": true}' and not fault.seconds
