"""Fifty people confirm an approval at once: one decides, forty-nine are told who was first. On both databases."""

import asyncio
import json
from collections.abc import Sequence
from urllib.parse import urlencode

import httpx
import pytest

from bot.local.delivery import signed_headers
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, TEAM_ID, Person
from bot.store import Store, approvals
from tests.scenarios.deciding_story import (
    advice_id_of,
    approve_button,
    ask_openly,
    audited,
    decision_about,
    join_in,
    open_modal,
)
from tests.scenarios.workspace_story import EVENTS, Story, blocks_text, keep_runs, runs, story

PEOPLE = [Person(f"U0CLICK{number:02}", f"p{number}", f"Person {number}") for number in range(50)]


@pytest.fixture
def database(database_url: str) -> str:
    """A database of either kind that has learned from one workload."""
    store = Store(database_url)
    keep_runs(store, TEAM_ID, runs())
    store.close()
    return database_url


async def test_one_of_fifty_decides_and_the_others_learn_who_was_first(slack: LocalSlack, database: str) -> None:
    async with story(slack, database) as told:
        join_in(told, *PEOPLE)
        card = await ask_openly(told)
        advice_id = advice_id_of(card)
        before = len(slack.messages(CHANNEL))
        await confirm_together(told, (await open_modal(told, card, approve_button(card))).content)
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert [action for action, _ in audited(told)] == ["advice.approve"]
        refusals = [it for it in slack.messages(CHANNEL)[before:] if it.visible_to in {each.id for each in PEOPLE}]
        assert {it.visible_to for it in refusals} == {person.id for person in PEOPLE} - {decision.decided_by}
        assert len(refusals) == 49
        assert all(f"<@{decision.decided_by}> was first" in blocks_text(it) for it in refusals)


async def test_two_of_a_dozen_decide_together_where_two_must(slack: LocalSlack, database: str) -> None:
    async with story(slack, database) as told:
        join_in(told, *PEOPLE[:12])
        card = await ask_openly(told, two_approvers_above_usd_per_day=0.0)
        advice_id = advice_id_of(card)
        await confirm_together(told, (await open_modal(told, card, approve_button(card))).content, PEOPLE[:12])
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert [action for action, _ in audited(told)] == ["approval.give", "advice.approve"]
        with told.bot.store.read(TEAM_ID) as scope:
            [first] = approvals.given(scope, advice_id)
        assert first.given_by != decision.decided_by
        assert f"by <@{first.given_by}> and <@{decision.decided_by}>" in blocks_text(told.shown(card))


async def confirm_together(told: Story, view: object, people: Sequence[Person] = PEOPLE) -> None:
    """Everybody submits the confirmation that the administrator sees."""
    assert isinstance(view, dict)
    payloads = [_submission(view, person) for person in people]
    statuses = await asyncio.gather(*(_post(told.client, told.slack, payload) for payload in payloads))
    assert statuses == [200] * len(people)
    await told.settle()


def _submission(view: dict[str, object], person: Person) -> dict[str, object]:
    assert person.id != ADMINISTRATOR.id
    bound = json.loads(str(view["private_metadata"]))
    del bound["response_url"]  # that of the one who opened it
    kept = {"type": "modal", "callback_id": view["callback_id"], "private_metadata": json.dumps(bound)}
    return {
        "type": "view_submission",
        "team": {"id": TEAM_ID},
        "user": {"id": person.id},
        "view": {"id": f"V{person.id}", "state": {"values": {}}, **kept},
    }


async def _post(client: httpx.AsyncClient, slack: LocalSlack, payload: dict[str, object]) -> int:
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    signed = signed_headers(slack.signing_secret, body, slack.workspace.clock())
    answer = await client.post(EVENTS, content=body, headers={**headers, **signed})
    return answer.status_code
