"""Values of the workspace as Slack writes them in JSON."""

from typing import Any

from bot.local.workspace import APP_ID, BOT, BOT_ID, Channel, Person, PostedMessage, StoredFile, Workspace

__all__ = ["channel_as_slack", "file_as_slack", "message_as_slack", "person_as_slack"]


def message_as_slack(workspace: Workspace, message: PostedMessage, *, with_metadata: bool = False) -> dict[str, Any]:
    """Return a message object; what does not apply is left out, as Slack does."""
    shown: dict[str, Any] = {"type": "message", "ts": message.ts, "user": message.user_id, "text": message.text}
    shown["team"] = workspace.team_id
    if message.user_id == BOT.id:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shown["edited"] = {"user": message.user_id, "ts": message.edited_ts}
    if message.file_ids:
        shown["files"] = [file_as_slack(workspace.files[file_id], "") for file_id in message.file_ids]
    if message.metadata and with_metadata:
        shown["metadata"] = dict(message.metadata)
    return shown


def channel_as_slack(channel: Channel) -> dict[str, Any]:
    """Return a conversation object."""
    shown: dict[str, Any] = {
        "id": channel.id,
        "is_channel": not channel.is_im,
        "is_im": channel.is_im,
        "is_private": channel.is_private,
        "is_archived": False,
        "is_member": BOT.id in channel.members,
        "num_members": len(channel.members),
    }
    if channel.is_im:
        return shown | {"user": channel.members[0]}
    return shown | {"name": channel.name, "name_normalized": channel.name}


def person_as_slack(person: Person, team_id: str) -> dict[str, Any]:
    """Return a user object."""
    return {
        "id": person.id,
        "team_id": team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.is_deactivated,
        "tz": person.timezone,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_bot": person.is_bot,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": False,
        "profile": {"real_name": person.real_name, "display_name": person.name},
    }


def file_as_slack(stored: StoredFile, address: str) -> dict[str, Any]:
    """Return a file object; `address` stands before its private links."""
    link = f"{address}/files/{stored.id}"
    return {
        "id": stored.id,
        "name": stored.name,
        "title": stored.title or stored.name,
        "alt_txt": stored.alt_text,
        "size": len(stored.content),
        "channels": list(stored.channel_ids),
        "url_private": link,
        "permalink": link,
    }
