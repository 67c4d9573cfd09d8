"""Settings as signed requests: shown to everybody, changed by administrators, put back, and recorded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.local.slack import LocalSlack
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, MEMBER, PostedMessage
from bot.store import audit, workspaces
from bot.store.audit import Entry
from bot.usecases.workspace.preferences import Preferences, preferences
from bot.usecases.workspace.setting_words import SETTINGS
from bot.vault import Vault
from engine import Policy
from tests.scenarios.two_workspaces import KEY
from tests.scenarios.workspace_story import Story, blocks_text, buttons, story


def standing(told: Story) -> tuple[Policy, Preferences]:
    with told.bot.store.read(told.team_id) as scope:
        return workspaces.policy(scope), preferences(scope)


def recorded(told: Story, action: str = "settings.change") -> list[Entry]:
    with told.bot.store.read(told.team_id) as scope:
        return [entry for entry in audit.entries(scope) if entry.action == action]


def modal(told: Story, user_id: str = ADMINISTRATOR.id) -> OpenView:
    view = told.slack.state.views.top(user_id)
    assert view is not None
    return view


def filled(view: OpenView, **typed: str | list[str]) -> dict[str, Any]:
    """Every box as it was opened, but for those that are `typed` into (`_` for `-`)."""
    values = {box["block_id"]: _kept(box["element"]) for box in view.content["blocks"] if box["type"] == "input"}
    for name, text in typed.items():
        key = name.replace("_", "-")
        [element] = [box["element"] for box in view.content["blocks"] if box.get("block_id") == key]
        values[key] = {element["action_id"]: _typed(element["type"], text)}
    return values


def _kept(element: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "initial_value": "value",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_users": "selected_users",
    }
    state = {names[name]: value for name, value in element.items() if name in names}
    return {element["action_id"]: {"type": element["type"], **state}}


def _typed(kind: str, text: str | list[str]) -> dict[str, Any]:
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": text}
    if kind == "multi_static_select":
        return {"type": kind, "selected_options": [{"value": each} for each in text]}
    return (
        {"type": kind, "selected_option": {"value": text}} if kind == "static_select" else {"type": kind, "value": text}
    )


async def open_form(told: Story, action: str = "settings.change", user_id: str = ADMINISTRATOR.id) -> OpenView:
    shown = await told.ask("settings")
    await told.press(shown, action, user_id)
    return modal(told, user_id)


async def submit(told: Story, view: OpenView, **typed: str | list[str]) -> PostedMessage:
    ack = await told.hands.submit(view, filled(view, **typed))
    assert ack.answer().get("response_action") == "clear", ack.answer()
    await told.settle()
    return told.slack.messages()[-1]


async def test_everybody_sees_the_settings_and_administrators_what_changes_them(told: Story) -> None:
    shown = await told.ask("settings", MEMBER.id)
    assert all(setting.label in blocks_text(shown) for setting in SETTINGS)
    assert buttons(shown) == []
    assert "settings.change" in buttons(await told.ask("settings"))


async def test_the_form_changes_only_what_was_changed_in_it_and_says_from_what_to_what(told: Story) -> None:
    view = await open_form(told)
    answer = await submit(
        told,
        view,
        guardrail="15%",
        two_approvers_above="$500",
        budget_owners=[MEMBER.id],
        handoff=[],
        answers="channel",
    )
    policy, prefers = standing(told)
    assert policy == Policy(guardrail_factor=1.15)
    assert prefers == Preferences(
        answers_in="channel", two_approvers_above_usd_per_day=500.0, budget_owners=(MEMBER.id,), handoff=()
    )
    assert answer.visible_to == ADMINISTRATOR.id
    assert "guardrail* 10 % → 15 %" in blocks_text(answer)
    [entry] = recorded(told)
    assert (entry.actor, entry.detail["before"]["guardrail"], entry.detail["after"]["guardrail"]) == (
        ADMINISTRATOR.id, "10 %", "15 %",
    )  # fmt: skip
    assert set(entry.detail["after"]) == {"guardrail", "two-approvers-above", "budget-owners", "handoff", "answers"}


UNREADABLE = [
    ("guardrail", "a lot", "percentage"),
    ("gpus", "0", "whole number"),
    ("nodes", "1.5", "whole number"),
    ("two_approvers_above", "€5", "US dollars"),
    ("stale_prices", "=1+1", "whole number"),
    ("slowing_above", "200%", "percentage"),
]


async def test_what_cannot_be_read_is_said_beside_its_box_and_nothing_changes(told: Story) -> None:
    view = await open_form(told)
    for key, text, words in UNREADABLE:
        ack = await told.hands.submit(view, filled(view, **{key: text}))
        errors = ack.answer()["errors"]
        assert list(errors) == [key.replace("_", "-")]
        assert words in errors[key.replace("_", "-")]
    assert standing(told) == (Policy(), Preferences())


async def test_a_form_that_somebody_overtook_is_not_saved(told: Story) -> None:
    view = await open_form(told)
    await told.ask("settings gpus=16")
    ack = await told.hands.submit(view, filled(view, guardrail="15%"))
    assert "Somebody changed the settings" in next(iter(ack.answer()["errors"].values()))
    assert standing(told)[0] == Policy(max_accelerators=16)


async def test_a_change_can_be_put_back_once(told: Story) -> None:
    answer = await told.ask("settings guardrail=15% gpus=16")
    await told.press(answer, "settings.restore")
    assert standing(told)[0] == Policy()
    assert len(recorded(told)) == 2
    await told.press(answer, "settings.restore")
    assert "changed again since" in told.slack.messages()[-1].text
    assert len(recorded(told)) == 2


@pytest.mark.parametrize("written", ["guardrail=15%", "guardrail=15 %", "guardrail=15 % gpus=16", "guardrail=15"])
async def test_a_percentage_may_be_written_as_it_is_shown(told: Story, written: str) -> None:
    answer = await told.ask(f"settings {written}")
    assert standing(told)[0].guardrail_factor == 1.15
    assert "10 % → 15 %" in blocks_text(answer)


async def test_what_others_changed_since_is_not_overwritten_by_putting_back(told: Story) -> None:
    answer = await told.ask("settings guardrail=15%")
    await told.ask("settings guardrail=20%")
    await told.press(answer, "settings.restore")
    assert standing(told)[0] == Policy(guardrail_factor=1.2)


async def test_a_button_with_a_value_of_nobodys_puts_nothing_back(told: Story) -> None:
    answer = await told.ask("settings guardrail=15%")
    for value in ("", "x", "-1", "9" * 30, "0", "1 OR 1=1"):
        action = {"type": "button", "action_id": "settings.restore", "block_id": "b", "value": value}
        await told.hands.act(answer, action)
    await told.settle()
    assert standing(told)[0] == Policy(guardrail_factor=1.15)


async def test_a_change_that_changes_nothing_is_no_change(told: Story) -> None:
    answer = await told.ask("settings guardrail=10%")
    assert "nothing was changed" in blocks_text(answer)
    assert recorded(told) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("guardrial=5%", "did you mean guardrail?"),
        ("guardrail=lots", "percentage"),
        ("please change", "no setting with a value"),
    ],
)
async def test_words_that_say_no_setting_are_answered_with_how_to_say_it(told: Story, words: str, said: str) -> None:
    answer = await told.ask(f"settings {words}")
    assert said in blocks_text(answer).casefold()
    assert standing(told) == (Policy(), Preferences())


class TestWhoeverIsNoAdministrator:
    @pytest.mark.parametrize("words", ["settings gpus=16", "settings audit"])
    async def test_is_refused_in_words(self, told: Story, words: str) -> None:
        answer = await told.ask(words, MEMBER.id)
        assert answer.visible_to == MEMBER.id
        assert "administrator" in blocks_text(answer).casefold()
        assert standing(told)[0] == Policy()

    async def test_is_shown_no_form(self, told: Story) -> None:
        shown = await told.ask("settings")
        for action in ("settings.change", "settings.webhook"):
            button = {"type": "button", "action_id": action, "block_id": "b", "value": "all"}
            await told.hands.act(shown, button, user_id=MEMBER.id)
            await told.settle()
            assert modal(told, MEMBER.id).content.get("submit") is None

    async def test_cannot_submit_one_either(self, told: Story) -> None:
        view = await open_form(told)
        view.user_id = MEMBER.id
        await submit(told, view, gpus="16")
        assert standing(told)[0] == Policy()

    async def test_can_be_made_one(self, told: Story) -> None:
        await told.ask(f"settings administrators=<@{MEMBER.id}|max>")
        await told.ask("settings gpus=16", MEMBER.id)
        assert standing(told)[0] == Policy(max_accelerators=16)


async def test_administrators_of_the_machine_need_not_be_those_of_the_workspace(
    slack: LocalSlack, sqlite_url: str
) -> None:
    async with story(slack, sqlite_url, gpu_advise_admins=MEMBER.id) as told:
        await told.ask("settings gpus=16", MEMBER.id)
        assert standing(told)[0] == Policy(max_accelerators=16)


async def test_the_audit_log_is_shown_to_administrators_alone(told: Story) -> None:
    await told.ask("settings guardrail=15%")
    log = await told.ask("settings audit")
    assert log.visible_to == ADMINISTRATOR.id
    assert "guardrail 10 % → 15 %" in blocks_text(log)


class TestTheWebhook:
    async def test_its_secret_is_shown_once_and_kept_encrypted(self, slack: LocalSlack, sqlite_url: str) -> None:
        async with story(slack, sqlite_url, gpu_advise_secret_keys=KEY) as told:
            view = await open_form(told, "settings.webhook")
            [secret] = [text for text in texts(view) if text.startswith("whsec_")]
            answer = await submit(told, view, url="https://example.com/hook")
            kept = standing(told)[1]
            assert kept.webhook_url == "https://example.com/hook"
            assert Vault([KEY]).open(str(kept.webhook_secret)) == secret
            assert secret not in blocks_text(answer)
            await told.ask("settings audit")
        assert secret.encode() not in stored(sqlite_url)

    async def test_the_secret_in_use_stays_unless_another_is_wanted(self, slack: LocalSlack, sqlite_url: str) -> None:
        async with story(slack, sqlite_url, gpu_advise_secret_keys=KEY) as told:
            await submit(told, await open_form(told, "settings.webhook"), url="https://example.com/1")
            first = standing(told)[1].webhook_secret
            await submit(told, await open_form(told, "settings.webhook"), url="https://example.com/2")
            assert standing(told)[1].webhook_secret == first
            await submit(told, await open_form(told, "settings.webhook"), secret="new")
            assert standing(told)[1].webhook_secret != first
            await submit(told, await open_form(told, "settings.webhook"), url="")
            assert standing(told)[1] == Preferences()

    async def test_may_lead_to_this_machine_where_whoever_runs_the_bot_says_so(
        self, slack: LocalSlack, sqlite_url: str
    ) -> None:
        changes = {"gpu_advise_secret_keys": KEY, "gpu_advise_webhook_networks": "127.0.0.0/8"}
        async with story(slack, sqlite_url, **changes) as told:
            view = await open_form(told, "settings.webhook")
            for url in ("http://example.com", "http://10.0.0.1/", "http://127.0.0.1.example.com/"):
                assert "url" in (await told.hands.submit(view, filled(view, url=url))).answer()["errors"]
            await submit(told, view, url="http://127.0.0.1:8000/hook")
            assert standing(told)[1].webhook_url == "http://127.0.0.1:8000/hook"

    async def test_an_address_that_is_none_is_refused_beside_its_box(self, slack: LocalSlack, sqlite_url: str) -> None:
        async with story(slack, sqlite_url, gpu_advise_secret_keys=KEY) as told:
            view = await open_form(told, "settings.webhook")
            for url in (
                "http://example.com",
                "http://127.0.0.1:1",
                "https://u:p@example.com",
                "ftp://x",
                "https://",
                "x",
            ):
                ack = await told.hands.submit(view, filled(view, url=url))
                assert "url" in ack.answer()["errors"]

    async def test_without_keys_it_is_not_offered(self, told: Story) -> None:
        shown = await told.ask("settings")
        assert "settings.webhook" not in buttons(shown)
        assert "GPU_ADVISE_SECRET_KEYS" in blocks_text(shown)


def texts(view: OpenView) -> list[str]:
    return [block["text"]["text"] for block in view.content["blocks"] if block["type"] == "section"]


def stored(sqlite_url: str) -> bytes:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
