"""`files.*`: the upload in three steps that Slack asks for since 2024."""

from collections.abc import Mapping
from typing import Any

from bot.local.calls import Call
from bot.local.errors import SlackError
from bot.local.shown import file_as_slack
from bot.local.state import State
from bot.local.workspace import BOT, PostedMessage, StoredFile

__all__ = ["METHODS"]


def get_upload_url(state: State, call: Call) -> dict[str, Any]:
    """Make room for a file and say where its bytes go."""
    if call.number("length", 0) <= 0:
        raise SlackError("invalid_arguments", ["[ERROR] length must be more than 0"])
    stored = state.workspace.add_file(call.required("filename"))
    stored.alt_text = call.text("alt_txt") or ""
    return {"upload_url": f"{state.address}/upload/{stored.id}", "file_id": stored.id}


def complete_upload(state: State, call: Call) -> dict[str, Any]:
    """Share uploaded files in a channel, or keep them for blocks to show."""
    wanted = call.nested("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: files"])
    files = [_titled(state, item) for item in wanted]
    if channel_id := call.text("channel_id"):
        _share(state, call, state.joined_channel(channel_id).id, files)
    return {"files": [file_as_slack(stored, state.address) for stored in files]}


def _titled(state: State, item: Any) -> StoredFile:
    stored = _file(state, item.get("id") if isinstance(item, Mapping) else None)
    stored.title = str(item.get("title") or stored.name)
    return stored


def _file(state: State, file_id: Any) -> StoredFile:
    stored = state.workspace.files.get(file_id)
    if stored is None or not stored.content:
        raise SlackError("file_not_found")
    return stored


def _share(state: State, call: Call, channel_id: str, files: list[StoredFile]) -> None:
    for stored in files:
        stored.channel_ids.append(channel_id)
    comment = call.text("initial_comment") or ""
    posted = PostedMessage(
        channel_id,
        state.workspace.next_ts(),
        BOT.id,
        comment,
        thread_ts=call.text("thread_ts"),
        file_ids=tuple(stored.id for stored in files),
    )
    state.workspace.post(posted)


METHODS = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
