"""Fifty people press Approve at once: one decides, forty-nine are told who was first. On both databases."""

import asyncio
import json
from urllib.parse import urlencode

import httpx

from bot.local.delivery import signed_headers
from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL, TEAM_ID, Person
from bot.store import Store, decisions
from tests.scenarios.workspace_story import EVENTS, keep_runs, runs, story

PEOPLE = [Person(f"U0CLICK{number:02}", f"p{number}", f"Person {number}") for number in range(50)]


async def test_one_of_fifty_decides_and_the_others_learn_who_was_first(slack: LocalSlack, database_url: str) -> None:
    for person in PEOPLE:
        slack.workspace.people[person.id] = person
        slack.workspace.channels[CHANNEL].members.append(person.id)
    store = Store(database_url)
    keep_runs(store, TEAM_ID, runs())
    store.close()
    async with story(slack, database_url) as told:
        card = await told.ask("video-gen production")
        button = next(block for block in card.blocks if block["type"] == "actions")["elements"][0]
        payloads = [_click(slack, card.ts, button["action_id"], button["value"], person) for person in PEOPLE]
        statuses = await asyncio.gather(*(_post(told.client, slack, payload) for payload in payloads))
        assert statuses == [200] * 50
        before = len(slack.messages(CHANNEL))
        await told.settle()
        with told.bot.store.read(TEAM_ID) as scope:
            decision = decisions.get(scope, button["value"])
        assert decision is not None
        refusals = slack.messages(CHANNEL)[before:]
        assert {message.visible_to for message in refusals} == {person.id for person in PEOPLE} - {decision.decided_by}
        assert len(refusals) == 49
        assert all(f"<@{decision.decided_by}> was first" in str(message.blocks) for message in refusals)


def _click(slack: LocalSlack, ts: str, action_id: str, value: str, person: Person) -> dict[str, object]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM_ID},
        "user": {"id": person.id},
        "channel": {"id": CHANNEL},
        "container": {"type": "message", "message_ts": ts, "channel_id": CHANNEL, "is_ephemeral": False},
        "message": {"ts": ts},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
        "response_url": slack.response_url(CHANNEL, person.id, ts),
    }


async def _post(client: httpx.AsyncClient, slack: LocalSlack, payload: dict[str, object]) -> int:
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    signed = signed_headers(slack.signing_secret, body, slack.workspace.clock())
    answer = await client.post(EVENTS, content=body, headers={**headers, **signed})
    return answer.status_code
