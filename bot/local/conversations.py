"""`conversations.*`: what was said, and the way to one person."""

from collections.abc import Sequence
from typing import Any

from bot.local.calls import Call
from bot.local.errors import SlackError
from bot.local.shown import channel_as_slack, message_as_slack
from bot.local.state import State
from bot.local.workspace import PostedMessage

__all__ = ["METHODS"]

MOST_A_PAGE = 999


def history(state: State, call: Call) -> dict[str, Any]:
    """Return what was said in a channel, newest first, without ephemeral messages and replies."""
    channel = state.joined_channel(call.required("channel", "channel_not_found"))
    said = [m for m in state.workspace.messages(channel.id) if m.thread_ts in {None, m.ts}]
    return _messages(state, call, said[::-1])


def replies(state: State, call: Call) -> dict[str, Any]:
    """Return a thread, its first message first."""
    channel, thread_ts = state.joined_channel(call.required("channel", "channel_not_found")), call.required("ts")
    thread = [m for m in state.workspace.messages(channel.id) if thread_ts in {m.ts, m.thread_ts}]
    if not thread:
        raise SlackError("thread_not_found")
    return _messages(state, call, thread)


def open_direct(state: State, call: Call) -> dict[str, Any]:
    """Open the direct conversation with one person."""
    user_id = state.person(call.required("users", "users_list_not_supplied")).id
    return {"channel": channel_as_slack(state.workspace.direct_channel(user_id))}


def _messages(state: State, call: Call, said: Sequence[PostedMessage]) -> dict[str, Any]:
    kept = [m for m in said if not m.is_ephemeral and _is_between(m, call)]
    page, cursor = _page(kept, call)
    with_metadata = call.flag("include_all_metadata")
    shown = [message_as_slack(state.workspace, message, with_metadata=with_metadata) for message in page]
    return {"messages": shown, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _is_between(message: PostedMessage, call: Call) -> bool:
    """Ends count only with `inclusive`.."""
    oldest, latest = call.number("oldest", 0.0), call.number("latest", float("inf"))
    ts = float(message.ts)
    return oldest <= ts <= latest if call.flag("inclusive") else oldest < ts < latest


def _page(items: Sequence[Any], call: Call) -> tuple[list[Any], str]:
    """Return one page and the cursor of the next ("" at the end)."""
    limit = min(int(call.number("limit", 100)), MOST_A_PAGE)
    cursor = call.text("cursor") or "at:0"
    start = cursor.removeprefix("at:")
    if not cursor.startswith("at:") or not start.isdecimal():
        raise SlackError("invalid_cursor")
    end = int(start) + limit
    return list(items[int(start) : end]), f"at:{end}" if end < len(items) else ""


METHODS = {
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.open": open_direct,
}
