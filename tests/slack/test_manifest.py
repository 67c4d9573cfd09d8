"""`manifest.json` asks Slack for exactly what the code uses."""

import ast
import json
import re
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import bot
from bot.slack.commands import COMMAND
from bot.slack.events import EVENTS
from bot.usecases.asking.reading import SUBCOMMANDS
from bot.usecases.workspace.checking import compare_scopes, load_manifest

MANIFEST = load_manifest()
PACKAGE = Path(bot.__file__).parent

# https://docs.slack.dev/reference/methods: the scopes that each method needs for the conversations the bot speaks in.
# chat:write.public: a digest may be asked for in a public channel that the bot was not invited to.
SCOPES = {
    "apps_connections_open": set[str](),  # with a token of another kind, which has a scope of its own
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "oauth_v2_access": set(),
    "files_upload_v2": {"files:write"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
SLASH_COMMANDS = {"commands"}


def called_methods() -> set[str]:
    """Every method of Slack's Web API client that the bot mentions, its stand-in for Slack left out."""
    known = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}
    sources = [path for path in PACKAGE.rglob("*.py") if "local" not in path.relative_to(PACKAGE).parts]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & known


def test_the_scopes_are_those_of_the_methods_that_the_bot_calls() -> None:
    called = called_methods() - {"api_call", "base_url", "retry_handlers"}
    assert called == set(SCOPES)
    needed = SLASH_COMMANDS.union(*SCOPES.values())
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed


def test_the_scopes_are_listed_once_and_in_order() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert scopes == sorted(set(scopes))


def test_the_command_is_the_one_that_the_code_answers_to() -> None:
    [command] = MANIFEST["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["should_escape"] is False
    assert all(word in command["usage_hint"] for word in SUBCOMMANDS if word not in {"track", "untrack"})


def test_the_events_are_those_that_the_code_listens_to() -> None:
    assert tuple(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == EVENTS


def test_every_request_goes_to_the_one_guarded_address() -> None:
    settings = MANIFEST["settings"]
    addresses = {
        MANIFEST["features"]["slash_commands"][0]["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    }
    assert addresses == {"https://YOUR-HOST/slack/events"}
    assert settings["interactivity"]["is_enabled"] is True


def test_whoever_installs_is_sent_back_to_the_page_that_takes_the_answer() -> None:
    assert MANIFEST["oauth_config"]["redirect_urls"] == ["https://YOUR-HOST/slack/oauth_redirect"]
    assert MANIFEST["settings"]["org_deploy_enabled"] is True
    assert MANIFEST["settings"]["token_rotation_enabled"] is False


def test_every_scope_and_event_is_justified_in_the_documentation() -> None:
    page = (PACKAGE.parent / "docs" / "slack.md").read_text(encoding="utf-8")
    reasons = dict(re.findall(r"^\| `([a-z_:.]+)` \| (.+) \|$", page, flags=re.MULTILINE))
    assert set(reasons) == {*MANIFEST["oauth_config"]["scopes"]["bot"], *EVENTS}
    assert all(len(reason) > 7 for reason in reasons.values())


def test_the_documentation_counts_the_addresses_to_be_replaced() -> None:
    count = json.dumps(MANIFEST).count("YOUR-HOST")
    page = (PACKAGE.parent / "docs" / "slack.md").read_text(encoding="utf-8")
    assert f"`YOUR-HOST` ({['', 'one', 'two', 'three', 'four', 'five'][count]} places)" in page


@pytest.mark.parametrize(("left_out", "is_well"), [(set(), True), ({"chat:write"}, False)])
def test_check_names_the_scopes_that_a_token_lacks(left_out: set[str], is_well: bool) -> None:  # noqa: FBT001
    found = compare_scopes(set(MANIFEST["oauth_config"]["scopes"]["bot"]) - left_out)
    assert found.is_well is is_well
    assert all(scope in found.seen for scope in left_out)
