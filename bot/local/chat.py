"""`chat.*` and what arrives at a response address: everything that puts words into a channel."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.local.blocks import completed, message_problems
from bot.local.calls import Call
from bot.local.errors import SlackError
from bot.local.grants import ResponseUrl
from bot.local.shown import message_as_slack
from bot.local.state import State
from bot.local.workspace import BOT, PostedMessage

__all__ = ["METHODS", "respond"]

MOST_TEXT = 40_000


def post_message(state: State, call: Call) -> dict[str, Any]:
    """Say something in a channel, or in a thread of it."""
    channel = state.writable_channel(call.required("channel", "channel_not_found"))
    text, blocks = _content(state, call.arguments)
    message = state.workspace.post(
        PostedMessage(
            channel.id,
            state.workspace.next_ts(),
            BOT.id,
            text,
            blocks,
            metadata=_metadata(call),
            thread_ts=call.text("thread_ts"),
        )
    )
    return {"channel": channel.id, "ts": message.ts, "message": message_as_slack(state.workspace, message)}


def post_ephemeral(state: State, call: Call) -> dict[str, Any]:
    """Say something that one member of a channel sees."""
    channel = state.joined_channel(call.required("channel", "channel_not_found"))
    user_id = call.required("user", "user_not_in_channel")
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(state, call.arguments)
    posted = PostedMessage(
        channel.id,
        state.workspace.next_ts(),
        BOT.id,
        text,
        blocks,
        thread_ts=call.text("thread_ts"),
        visible_to=user_id,
    )
    return {"message_ts": state.workspace.post(posted).ts}


def update(state: State, call: Call) -> dict[str, Any]:
    """Replace what a message of the bot's says."""
    message = _own_message(state, call)
    text, blocks = _content(state, call.arguments)
    state.workspace.edit(message, text, blocks)
    message.metadata = _metadata(call) or message.metadata
    shown = message_as_slack(state.workspace, message)
    return {"channel": message.channel_id, "ts": message.ts, "text": text, "message": shown}


def respond(state: State, grant: ResponseUrl, answer: Mapping[str, Any]) -> None:
    """Carry out what a bot wrote to a response address (or into the answer to a slash command)."""
    source = state.workspace.find(grant.channel_id, grant.message_ts) if grant.message_ts else None
    if answer.get("delete_original") and source:
        state.workspace.remove(source)
        return
    text, blocks = _content(state, answer)
    if answer.get("replace_original") and source:
        state.workspace.edit(source, text, blocks)
        return
    is_public = answer.get("response_type") == "in_channel"
    visible_to = None if is_public else grant.user_id
    posted = PostedMessage(
        grant.channel_id,
        state.workspace.next_ts(),
        BOT.id,
        text,
        blocks,
        metadata=answer.get("metadata"),
        thread_ts=answer.get("thread_ts"),
        visible_to=visible_to,
    )
    state.workspace.post(posted)


def _own_message(state: State, call: Call) -> PostedMessage:
    channel = state.channel(call.required("channel", "channel_not_found"))
    message = state.workspace.find(channel.id, call.required("ts", "message_not_found"))
    if message is None or message.is_ephemeral:
        raise SlackError("message_not_found")
    if message.user_id != BOT.id:
        raise SlackError("cant_update_message")
    return message


def _content(state: State, arguments: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > MOST_TEXT:
        raise SlackError("msg_too_long")
    problems = message_problems(blocks) or list(_strange_files(state, blocks))
    if problems:
        raise SlackError("invalid_blocks", problems)
    return text, completed(blocks)


def _strange_files(state: State, blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Pictures that show a file which was never uploaded to the end."""
    for number, block in enumerate(blocks):
        file_id = (block.get("slack_file") or {}).get("id") if block["type"] == "image" else None
        stored = state.workspace.files.get(file_id) if file_id else None
        if file_id and (stored is None or not stored.title):
            yield f"[ERROR] invalid slack file [json-pointer:/blocks/{number}/slack_file]"


def _metadata(call: Call) -> Mapping[str, Any] | None:
    metadata = call.nested("metadata")
    if metadata is None:
        return None
    is_whole = isinstance(metadata, Mapping) and {"event_type", "event_payload"} <= metadata.keys()
    if not is_whole or not isinstance(metadata["event_payload"], Mapping):
        raise SlackError("invalid_metadata_format")
    return dict(metadata)


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
}
