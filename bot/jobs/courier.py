"""One message on its way to Slack: by which routes it can go, and how to see whether it arrived."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.jobs.outcomes import Absent, Delivered, Outcome, Refused, Unknown, of_error, of_webhook
from bot.posts import Destination, Message
from bot.slack_errors import TROUBLES

__all__ = ["EVENT_TYPE", "Courier", "Letter", "is_findable", "is_repeatable"]

EVENT_TYPE = "gpu_advise_outbox"
_CLOCK_SKEW = timedelta(minutes=2)  # between this machine's clock and the time stamps of Slack's messages
_PAGE = 200
_RESPONSE_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Letter:
    """What to deliver: the outbox row's id and age, where to, and the rendered message."""

    outbox_id: str
    destination: Destination
    message: Message
    written_at: datetime

    @property
    def content(self) -> dict[str, Any]:
        """`text` and `blocks` as Slack takes them, and the metadata by which the message can be found again."""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"outbox_id": self.outbox_id}}
        return {
            "text": self.message.text,
            "blocks": [dict(block) for block in self.message.blocks],
            "metadata": metadata,
        }


def is_repeatable(destination: Destination) -> bool:
    """Whether delivering twice shows the same as delivering once: replacing a message or a Home tab does."""
    return destination.is_home or destination.update_ts is not None


def is_findable(destination: Destination) -> bool:
    """Whether a history holds the message: what only one person sees in a channel is in none."""
    return not (destination.is_private and (destination.channel or destination.response_url))


class Courier:
    """Carries letters with one workspace's client.

    Every call ends within `timeout_seconds`, and none begins later than that before `lease_until`, when another
    process may take the row.
    """

    def __init__(
        self, client: AsyncWebClient, timeout_seconds: float, lease_until: datetime, clock: Callable[[], datetime]
    ) -> None:
        client.retry_handlers = []  # the SDK would send again after a broken connection without looking first
        self._client = client
        self._timeout_seconds = timeout_seconds
        self._last_start = lease_until - timedelta(seconds=timeout_seconds)
        self._clock = clock

    async def deliver(self, letter: Letter) -> Outcome:
        """Try the destination's routes in order; the next one only after the one before refused for good."""
        outcome: Outcome = Refused("nowhere to send it", is_permanent=True)
        for route in self._routes(letter.destination):
            outcome = await route(letter)
            if not (isinstance(outcome, Refused) and outcome.is_permanent):
                break
        return outcome

    async def find(self, letter: Letter) -> Delivered | Absent | Refused | Unknown:
        """Look for the letter's id in the metadata of what was said since it was written."""
        channel = letter.destination.channel or await self._direct_channel(letter.destination.user or "")
        if not isinstance(channel, str):
            return channel
        cursor: str | None = None
        while cursor != "":
            page = await self._history(letter, channel, cursor)
            if isinstance(page, Refused | Unknown):
                return page
            messages = page.get("messages")
            if not isinstance(messages, list):  # an answer that lists nothing says nothing about what is there
                return Unknown("a history without messages")
            for message in messages:
                if _outbox_id(message) == letter.outbox_id:
                    return Delivered(channel, message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        return Absent()

    def _routes(self, to: Destination) -> list[Callable[[Letter], Awaitable[Outcome]]]:
        """In order of preference. Slack takes answers to a person in channels that the bot is no member of."""
        if to.is_home:
            return [self._publish]
        if to.is_private:
            first = [(self._respond, to.response_url), (self._post_ephemeral, to.channel and to.user)]
        elif to.update_ts:
            first = [(self._update, to.channel), (self._respond, to.response_url)]
        else:
            first = [(self._post, to.channel), (self._respond, to.response_url)]
        is_direct = to.user and (to.is_private or not to.channel)
        return [route for route, has_what_it_needs in [*first, (self._post_directly, is_direct)] if has_what_it_needs]

    async def _post(self, letter: Letter) -> Outcome:
        return await self._post_in(letter.destination.channel or "", letter)

    async def _post_directly(self, letter: Letter) -> Outcome:
        channel = await self._direct_channel(letter.destination.user or "")
        return await self._post_in(channel, letter) if isinstance(channel, str) else channel

    async def _post_in(self, channel: str, letter: Letter) -> Outcome:
        answer = await self._answer(
            partial(
                self._client.chat_postMessage,
                channel=channel,
                thread_ts=letter.destination.thread_ts if channel == letter.destination.channel else None,
                unfurl_links=False,
                unfurl_media=False,
                client_msg_id=str(uuid5(NAMESPACE_URL, letter.outbox_id)),  # undocumented: a second layer at best
                **letter.content,
            )
        )
        return answer if isinstance(answer, Refused | Unknown) else _delivered(answer, channel)

    async def _update(self, letter: Letter) -> Outcome:
        to = letter.destination
        answer = await self._answer(
            partial(self._client.chat_update, channel=to.channel or "", ts=to.update_ts or "", **letter.content)
        )
        return answer if isinstance(answer, Refused | Unknown) else Delivered(to.channel, to.update_ts)

    async def _post_ephemeral(self, letter: Letter) -> Outcome:
        to, content = letter.destination, letter.content
        content.pop("metadata")  # what no history holds needs no mark
        answer = await self._answer(
            partial(
                self._client.chat_postEphemeral,
                channel=to.channel or "",
                user=to.user or "",
                thread_ts=to.thread_ts,
                **content,
            )
        )
        return answer if isinstance(answer, Refused | Unknown) else Delivered(to.channel)

    async def _respond(self, letter: Letter) -> Outcome:
        to, content = letter.destination, letter.content
        if not _is_slacks(to.response_url or "", self._client.base_url):
            return Refused("response_url: not an address of Slack", is_permanent=True)
        webhook = AsyncWebhookClient(
            to.response_url or "",
            timeout=int(self._timeout_seconds) + 1,
            ssl=self._client.ssl,
            proxy=self._client.proxy,
        )
        webhook.retry_handlers = []
        body = {
            **content,
            "response_type": "ephemeral" if to.is_private else "in_channel",
            "replace_original": to.update_ts is not None,
        }
        if to.thread_ts:
            body["thread_ts"] = to.thread_ts
        answer = await self._called(partial(webhook.send_dict, body))
        return answer if isinstance(answer, Refused | Unknown) else of_webhook(answer)

    async def _publish(self, letter: Letter) -> Outcome:
        """The Home tab of one person; a draft of it that Slack has replaced already changes nothing."""
        user, view = letter.destination.user or "", letter.message.view or {}
        answer = await self._answer(partial(self._client.views_publish, user_id=user, view=dict(view)))
        return answer if isinstance(answer, Refused | Unknown) else Delivered()

    async def _direct_channel(self, user: str) -> str | Refused | Unknown:
        """The conversation with one person; opening it again changes nothing, so a lost answer is a mere refusal."""
        answer = await self._answer(partial(self._client.conversations_open, users=user))
        if isinstance(answer, Unknown):
            return Refused(answer.reason)
        if isinstance(answer, Refused):
            return answer
        opened = answer.get("channel")
        channel = opened.get("id") if isinstance(opened, Mapping) else None
        return channel if isinstance(channel, str) else Refused("an answer without a conversation")

    async def _history(self, letter: Letter, channel: str, cursor: str | None) -> Mapping[str, Any] | Refused | Unknown:
        since = f"{(letter.written_at - _CLOCK_SKEW).timestamp():.6f}"
        wanted: dict[str, Any] = {"channel": channel, "oldest": since, "include_all_metadata": True, "limit": _PAGE}
        thread_ts = letter.destination.thread_ts
        if thread_ts:
            return await self._answer(
                partial(self._client.conversations_replies, ts=thread_ts, cursor=cursor, **wanted)
            )
        return await self._answer(partial(self._client.conversations_history, cursor=cursor, **wanted))

    async def _answer(self, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> Mapping[str, Any] | Refused | Unknown:
        answer = await self._called(call)
        if isinstance(answer, Refused | Unknown):
            return answer
        return answer.data if isinstance(answer.data, Mapping) else Unknown("an answer that is no JSON object")

    async def _called(self, call: Callable[[], Awaitable[_Answer]]) -> _Answer | Refused | Unknown:
        """Make one call in time, or not at all when the lease is nearly over."""
        if self._clock() > self._last_start:
            return Refused("the lease is nearly over")
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await call()
        except SlackApiError as error:
            return of_error(error)
        except aiohttp.ClientConnectorError as error:
            return Refused(f"no connection: {error.os_error}")
        except TROUBLES as error:
            return Unknown(f"{type(error).__name__}: {error}")


def _is_slacks(url: str, api_url: str) -> bool:
    """Whether an address leads to Slack, or to the server that stands in for it; no request may name another."""
    try:
        parts, api = urlsplit(url), urlsplit(api_url)
        is_at_api = (parts.scheme, parts.hostname, parts.port) == (api.scheme, api.hostname, api.port)
        is_at_slack = parts.scheme == "https" and parts.hostname in _RESPONSE_HOSTS and parts.port is None
    except ValueError:
        return False
    return parts.username is None and (is_at_api or is_at_slack)


def _delivered(answer: Mapping[str, Any], channel: str) -> Outcome:
    ts = answer.get("ts")
    return Delivered(str(answer.get("channel") or channel), ts) if isinstance(ts, str) else Unknown("no time stamp")


def _outbox_id(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    outbox_id: str | None = (metadata.get("event_payload") or {}).get("outbox_id")
    return outbox_id
