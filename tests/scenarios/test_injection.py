"""Names that try to be something else: wherever they are shown they look as typed, and nothing in them acts.

Workloads, owners, units, reasons and settings carry the hostile text; everything that anybody then sees in the
workspace is walked through: messages, modals, the Home tab, the options of menus, the audit log as CSV.
"""

import csv
import io
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.local.slack import LocalSlack
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, TEAM_ID, PostedMessage
from bot.store import Store, fleets, history, workloads
from bot.store.workloads import OwnedWorkload
from bot.usecases.workspace.auditing import write_csv
from engine import Workload
from tests.scenarios.workspace_story import Story, buttons, keep_runs, runs, story

TYPED = {
    "formatting": "*bold* _it_ ~no~",
    "mention": "<@U0VICTIM9> pays",
    "everybody": "<!channel> <!here> <!everyone> <!subteam^S1>",
    "link": "<https://evil.example|click>",
    "address": "https://evil.example/a_b?c=1",
    "code": "`rm -rf /` ```all```",
    "quotation": "> quoted > text",
    "emoji": ":fire: :skull:",
    "template": "{{7*7}} {% raw %} ${7*7} {0} %s",
    "sql": "'; DROP TABLE run; --",
    "formula": "=cmd|'/C calc'!A1",
    "json": '"}]},"blocks":[{"type":"divider"},{"x":"',
    "control": "bell\x07 escape\x1b[31m",
    "zero-width": "pay\u200bload \u202egnp \u2066x",
    "right-to-left": "\u062a\u0648\u0644\u064a\u062f <!channel>",
    "long": "W" * 119 + "<",
}
SEEN = {
    **TYPED,
    "control": "bell\ufffd escape\ufffd[31m",
    "zero-width": "pay\ufffdload \ufffdgnp \ufffdx",
}
"""As it is to be seen: what cannot be seen is made visible, the rest stays as it was typed."""

ALLOWED = re.compile(rf"<@{ADMINISTRATOR.id}>|<#{CHANNEL}>")
_UNSEEN = re.compile("[\u200b\u2068\u2069]")


def texts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every text object inside."""
    if isinstance(value, Mapping):
        if value.get("type") in {"mrkdwn", "plain_text"} and isinstance(value.get("text"), str):
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def visible(text: Mapping[str, Any]) -> str:
    """What a person sees of a text object, its own markup left in."""
    seen = _UNSEEN.sub("", text["text"])
    if text["type"] == "plain_text":
        return seen
    return seen.replace("\u02cb", "`").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def assert_nothing_acts(shown: Any) -> list[str]:
    """What can be seen; fails where any of it would mention, link, format or be looked up."""
    found = list(texts(shown))
    for text in found:
        if text["type"] == "plain_text":
            assert text.get("emoji") is not True, text
            continue
        assert text.get("verbatim") is True, text  # else Slack would turn addresses and names into links
        assert not re.search(r"<[^>]*>", ALLOWED.sub("", text["text"])), text["text"]
        assert not re.search(r"&(?!amp;|lt;|gt;)", text["text"]), text["text"]
        assert text["text"].count("`") % 2 == 0, text["text"]
        assert not re.search(r":[a-z]+:", text["text"]), text["text"]
    return [visible(text) for text in found]


def everything(told: Story) -> list[Any]:
    """All that the people of this workspace can see."""
    messages = [list(message.blocks) for message in told.slack.messages()]
    notified = [[{"type": "mrkdwn", "text": message.text, "verbatim": True}] for message in told.slack.messages()]
    return [*messages, *notified, *(view.content for view in told.slack.state.views._all())]


def hold(seen: list[str], name: str) -> bool:
    """Whether the text can be read in full, or cut short where a line has a limit."""
    wanted = SEEN[name]
    return any(wanted in words or (wanted[:60] in words and "…" in words) for words in seen)


@pytest.fixture(scope="module")
def hostile_database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workload that can be answered a name, owned by the same text."""
    path = tmp_path_factory.mktemp("hostile") / "gpu-advise.db"
    shutil.copy(migrated_sqlite, path)
    store = Store(f"sqlite:///{path}")
    kept = [run for name in TYPED.values() for run in runs(name, count=3, unit=name[:40])]
    keep_runs(store, TEAM_ID, kept)
    with store.write(TEAM_ID) as scope:
        for name in TYPED.values():
            workloads.save(scope, OwnedWorkload(Workload(name), owner=name, channel=name, is_tracked=True))
    store.close()
    return path


@pytest_asyncio.fixture
async def told(slack: LocalSlack, hostile_database: Path, tmp_path: Path) -> AsyncIterator[Story]:
    path = shutil.copy(hostile_database, tmp_path / "story.db")
    async with story(slack, f"sqlite:///{path}") as begun:
        yield begun


def typed(name: str) -> str:
    """The name as an argument of the command, in the quotes that it does not hold."""
    return f"«{TYPED[name]}»"


async def submit(told: Story, view: OpenView, **boxes: str) -> None:
    """Fill those boxes in by typing, choose the first option everywhere else."""
    state: dict[str, Any] = {}
    for block in view.content["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            first = {"selected_option": next(iter(element.get("options", [])), None)}
            mine = {"value": boxes[block["block_id"]]} if block["block_id"] in boxes else first
            state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **mine}}
    ack = await told.hands.submit(view, state)
    assert ack.is_ok
    await told.settle()


async def press(told: Story, card: PostedMessage, action_id: str) -> OpenView | None:
    if action_id in buttons(card):
        await told.press(card, action_id)
    return told.slack.state.views.top(ADMINISTRATOR.id)


@pytest.mark.parametrize("name", TYPED)
async def test_answers_forms_and_complaints_show_such_a_name_as_typed(told: Story, name: str) -> None:
    card = await told.ask(typed(name))
    for action in ("advice.why", "advice.whatif"):
        await press(told, card, action)
    view = await press(told, card, "advice.dismiss")
    if name != "control":  # no command can name that one: what it types there is replaced before it is looked up
        assert view is not None
        await submit(told, view, remark=TYPED[name])
    assert hold(looked_through(told), name)
    answered = len(told.slack.messages())
    for text in (f"{typed(name)} nonsense", f"settings guardrail={typed(name)}", TYPED[name]):
        await told.ask(text)
    assert len(told.slack.messages()) == answered + 3
    looked_through(told)
    with told.bot.store.read(TEAM_ID) as scope:
        assert history.count_runs(scope) == 3 * len(TYPED)  # no table was dropped


def looked_through(told: Story) -> list[str]:
    """What can be read of all that is shown, none of which acts."""
    return [words for shown in everything(told) for words in assert_nothing_acts(shown)]


async def test_lists_digests_home_and_settings_show_every_such_name_as_typed(told: Story) -> None:
    await told.ask("list")
    await told.ask("digest now")
    await told.ask("list owner=U0VICTIM9")
    with told.bot.store.write(TEAM_ID) as scope:
        top = [{"workload": name, "kind": "dominated", "worth_usd_per_week": 1.0} for name in TYPED.values()]
        seen = fleets.last(scope)
        assert seen is not None
        fleets.keep(scope, seen.at, {**seen.document, "top": top})
    await told.hands.open_home()
    await told.settle()
    for shown in everything(told):
        assert_nothing_acts(shown)
    home = told.slack.state.views.home(ADMINISTRATOR.id)
    assert home is not None
    listed = next(message for message in told.slack.messages() if "workload" in message.text)
    for surface in (home.content, list(listed.blocks)):
        words = assert_nothing_acts(surface)
        assert [name for name in TYPED if not hold(words, name)] == []


async def test_menus_offer_every_such_name_as_plain_text_and_give_it_back_unchanged(told: Story) -> None:
    view = OpenView("V1", ADMINISTRATOR.id, {"type": "modal", "blocks": []}, "V1")
    ack = await told.hands.suggest(view, "workload", "find.workload", "")
    options = json.loads(ack.body)["options"]
    assert {option["value"] for option in options} == set(TYPED.values())
    assert {option["text"]["type"] for option in options} == {"plain_text"}
    assert_nothing_acts(options)


async def test_the_audit_log_as_csv_holds_no_formula(told: Story) -> None:
    for name in ("formula", "mention", "sql"):
        card = await told.ask(typed(name))
        view = await press(told, card, "advice.dismiss")
        assert view is not None
        await submit(told, view, remark=TYPED[name])
        told.slack.state.views.close(view, is_all=True)
    out = io.StringIO()
    with told.bot.store.read(TEAM_ID) as scope:
        assert write_csv(scope, None, out) >= 3  # and what each dismissal leaves out
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    subjects = {row[3].removeprefix("'") for row in rows}
    assert TYPED["formula"] in subjects
    log = await told.ask("settings audit")
    assert_nothing_acts(list(log.blocks))
