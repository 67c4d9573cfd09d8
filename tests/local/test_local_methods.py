"""The Web API's methods, called without a network: what they answer and how they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local.calls import Call
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import ADMINISTRATOR, BOT, CHANNEL, MEMBER, Channel, PostedMessage, Workspace

Api = Callable[..., dict[str, Any]]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Ask"}, "blocks": [SECTION]}


@pytest.fixture
def slack() -> LocalSlack:
    return LocalSlack()


@pytest.fixture
def api(slack: LocalSlack) -> Api:
    def call(method: str, token: str | None = BOT_TOKEN, **arguments: Any) -> dict[str, Any]:
        return slack.web_api.perform(Call(method, arguments, token))

    return call


def test_the_token_says_who_the_bot_is(api: Api) -> None:
    answer = api("auth.test")
    assert answer["ok"]
    assert (answer["user_id"], answer["team_id"]) == (BOT.id, "T0LOCAL01")


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-other", "invalid_auth")])
def test_a_call_without_the_right_token_is_refused(api: Api, token: str | None, error: str) -> None:
    assert api("auth.test", token) == {"ok": False, "error": error}


def test_a_method_nobody_knows_is_refused_by_name(api: Api) -> None:
    assert api("chat.shout")["error"] == "unknown_method"


def test_a_token_without_the_scope_is_told_which_one_it_needs() -> None:
    slack = LocalSlack(granted={"users:read"})
    answer = slack.web_api.perform(Call("chat.postMessage", {"channel": CHANNEL, "text": "hi"}, BOT_TOKEN))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "users:read")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
        ({"text": "hi"}, "channel_not_found"),
        ({"channel": CHANNEL}, "no_text"),
        ({"channel": CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": CHANNEL, "text": "hi", "blocks": [{"type": "unheard_of"}]}, "invalid_blocks"),
        ({"channel": CHANNEL, "text": "hi", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {"channel": CHANNEL, "text": "hi", "metadata": {"event_type": "x", "event_payload": 1}},
            "invalid_metadata_format",
        ),
    ],
)
def test_a_message_slack_would_refuse_is_refused(
    api: Api, slack: LocalSlack, arguments: dict[str, Any], error: str
) -> None:
    assert api("chat.postMessage", **arguments)["error"] == error
    assert slack.messages() == ()


def test_refused_blocks_are_explained_with_a_pointer(api: Api) -> None:
    answer = api("chat.postMessage", channel=CHANNEL, blocks=[SECTION, {"type": "header"}])
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: text [json-pointer:/blocks/1]"]


@pytest.mark.parametrize(
    ("granted", "channel", "error"),
    [
        (("chat:write",), "C0OTHER01", "not_in_channel"),
        (("chat:write",), "C0SECRET1", "channel_not_found"),
        (("chat:write", "chat:write.public"), "C0OTHER01", None),
        (("chat:write", "chat:write.public"), "C0SECRET1", "channel_not_found"),
    ],
)
def test_where_the_bot_is_not_it_writes_by_permission_only(
    granted: tuple[str, ...], channel: str, error: str | None
) -> None:
    slack = LocalSlack(granted=granted)
    slack.workspace.channels["C0OTHER01"] = Channel("C0OTHER01", "others", [MEMBER.id])
    slack.workspace.channels["C0SECRET1"] = Channel("C0SECRET1", "secret", [MEMBER.id], is_private=True)
    answer = slack.web_api.perform(Call("chat.postMessage", {"channel": channel, "text": "hi"}, BOT_TOKEN))
    assert answer.get("error") == error


def test_the_bot_reads_only_where_it_is(api: Api, slack: LocalSlack) -> None:
    slack.workspace.channels["C0OTHER01"] = Channel("C0OTHER01", "others", [MEMBER.id])
    assert api("conversations.history", channel="C0OTHER01")["error"] == "not_in_channel"


def test_a_message_to_a_person_opens_the_direct_conversation(api: Api, slack: LocalSlack) -> None:
    first = api("chat.postMessage", channel=MEMBER.id, text="hi")
    second = api("chat.postMessage", channel=MEMBER.id, text="again")
    assert first["channel"] == second["channel"]
    assert slack.workspace.channels[first["channel"]].is_im


def test_an_ephemeral_message_is_seen_by_one_person_and_stands_in_no_history(api: Api, slack: LocalSlack) -> None:
    api("chat.postEphemeral", channel=CHANNEL, user=MEMBER.id, text="psst")
    assert [m.text for m in slack.workspace.visible(CHANNEL, MEMBER.id)] == ["psst"]
    assert slack.workspace.visible(CHANNEL, ADMINISTRATOR.id) == ()
    assert api("conversations.history", channel=CHANNEL)["messages"] == []


def test_an_ephemeral_message_to_a_stranger_is_refused(api: Api) -> None:
    answer = api("chat.postEphemeral", channel=CHANNEL, user="U0STRANGE", text="psst")
    assert answer["error"] == "user_not_in_channel"


def test_an_ephemeral_message_cannot_be_updated(api: Api) -> None:
    ts = api("chat.postEphemeral", channel=CHANNEL, user=MEMBER.id, text="psst")["message_ts"]
    assert api("chat.update", channel=CHANNEL, ts=ts, text="hey")["error"] == "message_not_found"


def test_an_updated_message_says_so_and_keeps_its_place(api: Api, slack: LocalSlack) -> None:
    ts = api("chat.postMessage", channel=CHANNEL, text="before", blocks=[SECTION])["ts"]
    api("chat.postMessage", channel=CHANNEL, text="later")
    api("chat.update", channel=CHANNEL, ts=ts, text="after")

    first = slack.messages(CHANNEL)[0]
    assert (first.ts, first.text, list(first.blocks)) == (ts, "after", [])
    assert api("conversations.history", channel=CHANNEL)["messages"][1]["edited"]["user"] == BOT.id


def test_other_peoples_messages_are_not_the_bots_to_change(api: Api, slack: LocalSlack) -> None:
    slack.workspace.post(PostedMessage(CHANNEL, "1.000001", MEMBER.id, "mine"))
    assert api("chat.update", channel=CHANNEL, ts="1.000001", text="yours")["error"] == "cant_update_message"


def test_history_shows_metadata_only_when_asked(api: Api) -> None:
    metadata = {"event_type": "gpu_advise_outbox", "event_payload": {"outbox_id": "7"}}
    api("chat.postMessage", channel=CHANNEL, text="hi", metadata=metadata)
    assert "metadata" not in api("conversations.history", channel=CHANNEL)["messages"][0]
    asked = api("conversations.history", channel=CHANNEL, include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == metadata


def test_history_leaves_replies_to_their_thread(api: Api) -> None:
    ts = api("chat.postMessage", channel=CHANNEL, text="question")["ts"]
    api("chat.postMessage", channel=CHANNEL, text="answer", thread_ts=ts)
    assert [m["text"] for m in api("conversations.history", channel=CHANNEL)["messages"]] == ["question"]
    assert [m["text"] for m in api("conversations.replies", channel=CHANNEL, ts=ts)["messages"]] == [
        "question",
        "answer",
    ]
    assert api("conversations.replies", channel=CHANNEL, ts="9.9")["error"] == "thread_not_found"


@given(count=st.integers(0, 12), limit=st.integers(1, 5))
def test_pages_of_history_put_together_are_the_whole_history_newest_first(count: int, limit: int) -> None:
    slack = LocalSlack()

    def page(cursor: str) -> dict[str, Any]:
        arguments = {"channel": CHANNEL, "limit": limit, "cursor": cursor}
        return slack.web_api.perform(Call("conversations.history", arguments, BOT_TOKEN))

    for number in range(count):
        slack.web_api.perform(Call("chat.postMessage", {"channel": CHANNEL, "text": str(number)}, BOT_TOKEN))
    answer = page("")
    texts = [m["text"] for m in answer["messages"]]
    while answer["has_more"]:
        answer = page(answer["response_metadata"]["next_cursor"])
        texts += [m["text"] for m in answer["messages"]]
    assert texts == [str(number) for number in reversed(range(count))]


def test_history_between_two_times_leaves_the_ends_out_unless_told(api: Api) -> None:
    stamps = [api("chat.postMessage", channel=CHANNEL, text=str(n))["ts"] for n in range(3)]
    ends = {"channel": CHANNEL, "oldest": stamps[0], "latest": stamps[2]}
    assert [m["text"] for m in api("conversations.history", **ends)["messages"]] == ["1"]
    assert [m["text"] for m in api("conversations.history", **ends, inclusive=True)["messages"]] == ["2", "1", "0"]


@pytest.mark.parametrize("cursor", ["elsewhere", "at:x", "at:-1"])
def test_a_cursor_that_was_never_given_out_is_refused(api: Api, cursor: str) -> None:
    assert api("conversations.history", channel=CHANNEL, cursor=cursor)["error"] == "invalid_cursor"


def test_a_direct_conversation_is_opened_with_whoever_there_is(api: Api) -> None:
    assert api("conversations.open", users=MEMBER.id)["channel"]["is_im"]
    assert api("conversations.open", users="U0STRANGE")["error"] == "user_not_found"


def test_people_say_whether_they_are_administrators(api: Api) -> None:
    assert api("users.info", user=ADMINISTRATOR.id)["user"]["is_admin"]
    assert not api("users.info", user=MEMBER.id)["user"]["is_admin"]
    assert api("users.info", user="U0STRANGE")["error"] == "user_not_found"


def test_a_trigger_opens_one_modal(api: Api, slack: LocalSlack) -> None:
    trigger = slack.trigger_id(MEMBER.id)
    assert api("views.open", trigger_id=trigger, view=MODAL)["view"]["state"] == {"values": {}}
    assert api("views.open", trigger_id=trigger, view=MODAL)["error"] == "exchanged_trigger_id"
    assert slack.state.views.top(MEMBER.id) is not None
    assert slack.state.views.top(ADMINISTRATOR.id) is None


def test_at_most_three_modals_stand_on_each_other(api: Api, slack: LocalSlack) -> None:
    answers = [api("views.open", trigger_id=slack.trigger_id(MEMBER.id), view=MODAL)]
    answers += [api("views.push", trigger_id=slack.trigger_id(MEMBER.id), view=MODAL) for _ in range(3)]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3]["error"] == "push_limit_reached"


def test_a_view_is_updated_only_from_the_state_that_was_seen(api: Api, slack: LocalSlack) -> None:
    view = api("views.open", trigger_id=slack.trigger_id(MEMBER.id), view=MODAL)["view"]
    other = {**MODAL, "callback_id": "other"}
    assert api("views.update", view_id=view["id"], hash=view["hash"], view=other)["ok"]
    assert api("views.update", view_id=view["id"], hash=view["hash"], view=MODAL)["error"] == "hash_conflict"
    assert api("views.update", view_id="V0NOWHERE", view=MODAL)["error"] == "not_found"


def test_a_view_is_found_by_the_bots_own_name_for_it(api: Api, slack: LocalSlack) -> None:
    named = {**MODAL, "external_id": "mine"}
    api("views.open", trigger_id=slack.trigger_id(MEMBER.id), view=named)
    assert api("views.update", external_id="mine", view=named)["ok"]


def test_a_home_tab_is_published_and_published_again(api: Api, slack: LocalSlack) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    first = api("views.publish", user_id=MEMBER.id, view=home)["view"]
    second = api("views.publish", user_id=MEMBER.id, view={**home, "blocks": []})["view"]
    assert first["id"] == second["id"]
    assert slack.state.views.home(ADMINISTRATOR.id) is None


def test_a_modal_is_not_a_home_tab(api: Api) -> None:
    assert api("views.publish", user_id=MEMBER.id, view=MODAL)["error"] == "invalid_arguments"


@pytest.mark.parametrize("length", [None, 0, "many"])
def test_an_upload_must_say_how_long_it_is(api: Api, length: object) -> None:
    assert api("files.getUploadURLExternal", filename="a.png", length=length)["error"] == "invalid_arguments"


def test_an_upload_without_bytes_cannot_be_completed(api: Api) -> None:
    file_id = api("files.getUploadURLExternal", filename="a.png", length=3)["file_id"]
    assert api("files.completeUploadExternal", files=[{"id": file_id}])["error"] == "file_not_found"
    assert api("files.completeUploadExternal", files=[])["error"] == "invalid_arguments"
    assert api("files.completeUploadExternal", files=["x"])["error"] == "file_not_found"


def test_time_stamps_never_repeat_even_when_the_clock_stands_still() -> None:
    workspace = Workspace(clock=lambda: 1_700_000_000.5)
    stamps = [workspace.next_ts() for _ in range(5)]
    assert stamps == sorted(set(stamps))
    assert stamps[0] == "1700000000.500000"


def test_every_change_is_told_to_whoever_watches(slack: LocalSlack, api: Api) -> None:
    before = slack.workspace.version
    api("chat.postMessage", channel=CHANNEL, text="hi")
    posted = slack.workspace.version
    api("conversations.history", channel=CHANNEL)
    assert before < posted == slack.workspace.version


def test_faults_say_what_they_are() -> None:
    assert Fault.rate_limited(7).retry_after_seconds == 7
    assert Fault.refused("fatal_error").body == '{"ok": false, "error": "fatal_error"}'
    assert Fault.down(is_accepted=True).is_accepted
