"""The page in a real Chromium, with a bot behind it that says everything the page must be able to show."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.local.server import serving
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, BOT, CHANNEL, PostedMessage
from tests.local.browser import Browser
from tests.local.showcase import HOSTILE, showcase

pytestmark = pytest.mark.browser


@pytest.fixture
def heard() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def page(browser: Browser, fake_slack: LocalSlack, heard: list[dict[str, Any]]) -> Iterator[Browser]:
    async def run_digest() -> None:
        ts = fake_slack.workspace.next_ts()
        fake_slack.workspace.post(PostedMessage(CHANNEL, ts, "U0BOT0001", "Nothing needs anyone."))

    with serving(showcase(fake_slack, heard)) as bot:
        fake_slack.connect(f"{bot}/slack/events", run_digest)
        browser.open(fake_slack.address)
        yield browser
        assert browser.complaints() == []
        browser.leave()


def test_the_page_is_labelled_as_a_stand_in(page: Browser) -> None:
    assert "Local workspace – a stand-in for Slack" in page.text("header")


def test_a_typed_command_is_answered_by_a_card(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise video-gen production")
    page.until_shown("video-gen: go faster for the same money ⚡")
    page.until_shown("Acknowledged in", "#note")

    assert heard[0]["text"] == "video-gen production"
    assert "Asked by @Ada (administrator) in #gpu-advice" in page.text(".block-context")
    assert [one.text for one in page.all(".fields strong")] == ["Cost", "Performance", "Value", "Today"]
    assert [one.text for one in page.all(".block-section em")] == ["wait"]
    assert page.one(".block-section a").get_attribute("href") == "https://example.org/"
    page.screenshot("card-light")
    with page.dark():
        page.screenshot("card-dark")
    with page.narrow():
        page.screenshot("card-narrow")


def test_approving_takes_the_buttons_away_and_says_who(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.choose("#viewer", "Max (member)")
    page.say("/gpu-advise video-gen")
    page.press("Approve")
    page.until_shown("✅ Approved by @Max (member)")

    assert page.all(".block-actions") == []
    assert "(edited)" in page.text(".byline")
    assert heard[-1]["actions"][0]["value"] == "advice-1"
    page.screenshot("approved")


def test_a_dangerous_button_asks_first(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise video-gen")
    page.press("Choose another")
    page.until_shown("Move to 8 × H100?", "#confirm")
    page.screenshot("confirm")
    page.press("Not now", "#confirm")
    assert [body.get("type") for body in heard] == [None]

    page.press("Choose another")
    page.press("Move", "#confirm")
    page.until(lambda: len(heard) == 2)
    assert heard[1]["actions"][0]["action_id"] == "move"


def test_a_choice_in_a_menu_is_sent(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise video-gen")
    page.choose("#messages select", "Production")
    page.until(lambda: len(heard) == 2)
    page.one("#messages summary").click()
    page.press("Mute")
    page.until(lambda: len(heard) == 3)

    chosen = [body["actions"][0]["selected_option"]["value"] for body in heard[1:]]
    assert chosen == ["production", "0"]


def test_a_private_answer_is_marked_and_hidden_from_others(page: Browser) -> None:
    page.say("/gpu-advise private")
    page.until_shown("just you see this")
    assert "Only visible to you" in page.text(".message")
    page.screenshot("ephemeral")

    page.choose("#viewer", "Max (member)")
    page.until_shown("Nothing here yet.")


def test_replies_stand_under_their_message(page: Browser) -> None:
    page.say("/gpu-advise thread")
    page.until_shown("its answer")
    shown = page.text("#messages")
    assert shown.index("a question") < shown.index("its answer") < shown.index("another subject")


def test_rich_text_is_drawn(page: Browser) -> None:
    page.say("/gpu-advise rich")
    page.until_shown("an item")
    assert page.one(".block-rich_text strong").text == "bold rich text"
    assert page.one(".block-rich_text a").get_attribute("rel") == "noopener noreferrer"


def test_every_other_element_is_drawn_and_tells_what_was_chosen(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise gallery")
    page.until_shown("Cost against time")
    page.choose("[data-action=person]", "Max (member)")
    page.until(lambda: len(heard) == 2)
    page.choose("[data-action=place]", "#general")
    page.until(lambda: len(heard) == 3)
    page.all("[data-action=several] input")[1].click()
    page.until(lambda: len(heard) == 4)
    page.all("[data-action=side] input")[1].click()
    page.until(lambda: len(heard) == 5)

    person, place, several, side = (body["actions"][0] for body in heard[1:])
    assert (person["selected_user"], place["selected_channel"]) == ("U0MEMBER1", "C0GENERAL")
    assert [one["value"] for one in several["selected_options"]] == ["2"]
    assert side["selected_option"]["value"] == "r"
    assert page.one("a.button").get_attribute("rel") == "noopener noreferrer"
    page.screenshot("gallery")


def test_pictures_are_this_workspaces_own_and_never_fetched_from_elsewhere(page: Browser) -> None:
    page.say("/gpu-advise gallery")
    page.until_shown("Cost against time")
    page.until(lambda: page.driver.execute_script("return document.querySelector('#messages img').naturalWidth") == 1)
    (picture,) = page.all("#messages img")
    assert picture.get_attribute("alt") == "a chart"
    assert page.text(".block-section").count("[image: from elsewhere]") == 1
    assert "quoted" in page.text("blockquote")
    assert page.text("pre") == "fixed *width*"
    assert "2023" in page.text(".block-context time")


def test_hostile_text_is_shown_and_does_nothing(page: Browser) -> None:
    page.say("/gpu-advise hostile")
    page.until_shown("click")
    assert page.text("#messages h2") == HOSTILE
    assert page.all("#messages script, #messages img") == []
    assert page.all("#messages a") == []
    assert page.driver.title == "gpu-advise – local workspace"


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "*_~`<@U0ADMIN01|x>`~_*", "<!channel>", "\u202egnp.exe", "a" * 500, "{{7*7}}"]
)
def test_what_a_person_types_is_shown_as_typed(page: Browser, hostile: str) -> None:
    page.say(hostile)
    page.until(lambda: page.all(".message"))
    assert page.all("#messages script, #messages img, #messages a, #messages .loud") == []
    assert page.driver.title == "gpu-advise – local workspace"
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_a_modal_is_filled_in_and_submitted(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise modal")
    page.until_shown("Ask for advice", "#modal")
    page.screenshot("modal-light")
    with page.dark():
        page.screenshot("modal-dark")
    fill_in(page, floor="9000")
    page.press("Ask", "#modal")
    page.until_shown("At most 431 can be reached.", "#modal .error")
    page.screenshot("modal-error")

    fill_in(page, floor="431")
    page.press("Ask", "#modal")
    page.until(lambda: not page.all("dialog[open]"))
    values = heard[-1]["view"]["state"]["values"]
    assert values["workload"]["name"]["selected_option"]["value"] == "video-gen"
    assert values["floor"]["rate"]["value"] == "431"
    assert [one["value"] for one in values["pricing"]["kinds"]["selected_options"]] == ["b"]
    assert values["stage"]["one"]["selected_option"]["value"] == "q"
    assert values["words"]["note"]["value"] == "as before"


def fill_in(page: Browser, floor: str) -> None:
    name, rate = page.one("#modal [data-action=name] input"), page.one("#modal [data-action=rate]")
    if not name.get_attribute("value"):
        name.send_keys("v")
        page.until(lambda: page.all("#modal datalist option"))
        name.send_keys("ideo-gen")
        page.one("#modal [type=radio]").click()
        page.all("#modal [type=checkbox]")[1].click()
    rate.clear()
    rate.send_keys(floor)


def test_a_modal_begins_at_its_title_and_keeps_its_buttons_in_sight(page: Browser) -> None:
    with page.narrow():
        page.say("/gpu-advise modal")
        page.until_shown("Ask for advice", "#modal")
        edges = "const at = (one) => document.querySelector(`#modal ${one}`).getBoundingClientRect();"
        top, bottom = page.driver.execute_script(f"{edges} return [at('h2').top, at('footer').bottom]")
        assert top > 0
        assert bottom < 844
        page.press("Cancel", "#modal")


def test_a_modal_that_lacks_something_is_not_sent(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise modal")
    page.press("Ask", "#modal")
    assert page.all("#modal input:invalid")
    assert len(heard) == 1


def test_a_modal_can_be_left(page: Browser, heard: list[dict[str, Any]]) -> None:
    page.say("/gpu-advise modal")
    page.press("Cancel", "#modal")
    page.until(lambda: not page.all("dialog[open]"))
    assert heard[-1]["type"] == "view_closed"


def test_the_home_tab_is_opened_and_drawn(page: Browser) -> None:
    page.press("gpu-advise · Home")
    page.until_shown("go faster for the same money", "#home")
    page.screenshot("home")
    page.press("# general")
    page.until(lambda: page.text("main h1") == "# general")
    assert page.text("#home") == ""


def test_a_digest_is_run_from_its_button(page: Browser) -> None:
    page.press("Run a digest now")
    page.until_shown("Nothing needs anyone.")


def test_a_place_where_somebody_spoke_is_marked_until_it_is_looked_at(page: Browser, fake_slack: LocalSlack) -> None:
    elsewhere = fake_slack.workspace.direct_channel(ADMINISTRATOR.id).id
    fake_slack.workspace.post(PostedMessage(elsewhere, fake_slack.workspace.next_ts(), BOT.id, "A receipt."))
    page.until(lambda: [one.text for one in page.all("#places .unread")] == ["gpu-advise · Messages"])
    page.press("gpu-advise · Messages")
    page.until_shown("A receipt.")
    assert page.all("#places .unread") == []
    page.press("# general")
    page.until(lambda: page.text("main h1") == "# general")
    assert page.all("#places .unread") == []


def test_an_unknown_command_is_explained(page: Browser) -> None:
    page.say("/remind me")
    page.until_shown("/remind is not a command here.")


def test_an_open_menu_survives_a_message_that_arrives(page: Browser, fake_slack: LocalSlack) -> None:
    page.say("/gpu-advise video-gen")
    page.one("#messages summary").click()
    fake_slack.workspace.post(PostedMessage(CHANNEL, fake_slack.workspace.next_ts(), "U0MEMBER1", "meanwhile"))
    page.until_shown("meanwhile")
    assert page.all("#messages details[open]")


def test_a_page_whose_workspace_has_stopped_says_so(browser: Browser) -> None:
    with LocalSlack().served() as slack:
        browser.open(slack.address)
    browser.until_shown("The local workspace has stopped.", "#note")
    browser.leave()
    assert all("ERR_CONNECTION_REFUSED" in complaint for complaint in browser.complaints())
