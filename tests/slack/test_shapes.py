import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.shapes import BlockActions, EventCallback, Misshapen, Other, SlashCommand, UrlVerification, read
from bot.usecases.requests import Click, Command, Departure

COMMAND = {
    "command": "/gpu-advise",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "text": "video-gen",
    "response_url": "https://hooks.slack.com/commands/T1/1/x",
    "token": "gone",
}
CLICK = {
    "type": "block_actions",
    "team": {"id": "T1", "domain": "d"},
    "user": {"id": "U1", "username": "u", "team_id": "T9"},
    "channel": {"id": "C1", "name": "c"},
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True},
    "actions": [{"type": "button", "action_id": "advice.why", "block_id": "b", "value": "A1", "action_ts": "3"}],
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
}
EVENT = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {"type": "app_home_opened", "user": "U1"},
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["T1", "block_actions"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_slash_command_becomes_what_is_asked() -> None:
    shape = read(COMMAND)
    assert isinstance(shape, SlashCommand)
    assert shape.request() == Command(
        team_id="T1", user_id="U1", channel_id="C1", text="video-gen", response_url=COMMAND["response_url"]
    )


def test_what_no_database_can_store_is_taken_out_of_a_text() -> None:
    shape = read({**COMMAND, "text": "a\x00b\ud800c &amp; d"})
    assert isinstance(shape, SlashCommand)
    assert shape.request().text == "a\ufffdb\ufffdc & d"


def test_an_endless_text_is_cut() -> None:
    shape = read({**COMMAND, "text": "x" * 100_000})
    assert isinstance(shape, SlashCommand)
    assert len(shape.request().text) == 4000


def test_a_click_names_the_message_that_holds_the_button() -> None:
    shape = read(CLICK)
    assert isinstance(shape, BlockActions)
    assert shape.request() == Click(
        team_id="T1",
        user_id="U1",
        channel_id="C1",
        message_ts="1.2",
        is_ephemeral=True,
        action_id="advice.why",
        value="A1",
        response_url=str(CLICK["response_url"]),
    )


def test_an_org_wide_install_names_the_workspace_with_the_user() -> None:
    shape = read({**CLICK, "team": None})
    assert isinstance(shape, BlockActions)
    assert shape.request().team_id == "T9"


def test_an_organisation_is_read_wherever_slack_writes_it() -> None:
    whole = {"id": "E1", "name": "The Whole"}
    shapes = [read({**COMMAND, "enterprise_id": "E1"}), read({**EVENT, "enterprise_id": "E1"})]
    assert [shape.enterprise_id for shape in shapes if isinstance(shape, SlashCommand | EventCallback)] == ["E1", "E1"]
    click = read({**CLICK, "team": None, "enterprise": whole, "is_enterprise_install": True})
    assert isinstance(click, BlockActions)
    assert click.enterprise is not None
    assert (click.enterprise.id, click.team_id) == ("E1", "T9")


@pytest.mark.parametrize("nothing", [None, "", 5, [], {}])
def test_a_workspace_without_an_organisation_is_one_all_the_same(nothing: object) -> None:
    shape = read({**COMMAND, "enterprise_id": nothing})
    assert isinstance(shape, SlashCommand)
    assert shape.enterprise_id is None


def test_an_organisation_that_departs_is_named_where_no_workspace_is() -> None:
    shape = read({**EVENT, "team_id": None, "enterprise_id": "E1", "event": {"type": "app_uninstalled"}})
    assert isinstance(shape, EventCallback)
    assert shape.departures() == [Departure(team_id="E1", enterprise_id="E1", event_type="app_uninstalled")]


@pytest.mark.parametrize("team_ids", [None, "T1", {}, [5, None, "", "T 1", "<!channel>"]])
def test_workspaces_of_no_known_shape_do_not_depart(team_ids: object) -> None:
    shape = read({**EVENT, "event": {"type": "team_access_revoked", "team_ids": team_ids}})
    assert isinstance(shape, EventCallback)
    assert shape.departures() == []


def test_no_home_is_drawn_where_no_workspace_is_named() -> None:
    opened = {"type": "app_home_opened", "user": "U1", "tab": "home"}
    shape = read({**EVENT, "team_id": None, "enterprise_id": "E1", "event": opened})
    assert isinstance(shape, EventCallback)
    assert shape.home_opened() is None


def test_an_event_may_carry_a_whole_user() -> None:
    shape = read({**EVENT, "event": {"type": "user_change", "user": {"id": "U1"}}})
    assert isinstance(shape, EventCallback)
    assert shape.event.user is None


def test_the_challenge_of_a_url_is_read() -> None:
    shape = read({"type": "url_verification", "challenge": "c"})
    assert isinstance(shape, UrlVerification)
    assert shape.challenge == "c"


@pytest.mark.parametrize(
    "payload", [{"type": "view_closed", "view": 5}, {"type": "app_rate_limited"}, {"ssl_check": "1"}]
)
def test_kinds_without_a_use_are_told_apart_from_nonsense(payload: dict[str, object]) -> None:
    assert isinstance(read(payload), Other)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": None},
        {"type": 5},
        {"type": ["block_actions"]},
        {"type": "block_actions"},
        {**CLICK, "actions": []},
        {**CLICK, "actions": "advice.why"},
        {**CLICK, "user": "U1"},
        {**CLICK, "team": None, "user": {"id": "U1"}},
        {**CLICK, "team": {"id": 5}},
        {**CLICK, "response_url": "javascript:alert(1)"},
        {**CLICK, "authorizations": "x", "channel": []},
        {**EVENT, "event": []},
        {**EVENT, "team_id": None},
        {**COMMAND, "user_id": ""},
        {**COMMAND, "user_id": "U1\n"},
        {**COMMAND, "team_id": "T" * 65},
        {**COMMAND, "response_url": "file:///etc/passwd"},
        {"type": "url_verification"},
    ],
)
def test_a_kind_that_lacks_its_fields_is_misshapen(payload: dict[str, object]) -> None:
    with pytest.raises(Misshapen):
        read(payload)


@given(st.sampled_from([COMMAND, CLICK, EVENT]), st.dictionaries(st.sampled_from([*COMMAND, *CLICK, *EVENT]), JUNK))
def test_no_payload_whatever_raises_anything_else(base: dict[str, object], changes: dict[str, object]) -> None:
    try:
        read({**base, **changes})
    except Misshapen:
        return
