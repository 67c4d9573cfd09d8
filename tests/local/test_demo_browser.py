"""The whole story with the real bot, told by a person's hands in a real Chromium."""

from collections.abc import Iterator

import pytest

from bot.demo import demonstration
from tests.local.browser import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Browser]:
    with demonstration() as demo:
        browser.open(demo.slack.address)
        yield browser
        assert browser.complaints() == []
        browser.leave()


def test_ask_approve_and_run_a_digest(page: Browser) -> None:
    page.say("/gpu-advise video-gen production")
    page.until_shown("video-gen · production")
    assert page.is_in_view(".message h2")
    card = page.text(".message")
    assert "Only visible to you" in card
    for pick in ("Performance", "Cost", "Value", "Today"):
        assert pick in card
    page.screenshot("demo-card-light")
    with page.dark():
        page.screenshot("demo-card-dark")
    with page.narrow():
        page.screenshot("demo-card-narrow")

    page.press("Approve", "#messages")
    page.until_shown("Money a day", "#modal")
    page.screenshot("demo-approve")
    page.press("Approve", "#modal")
    page.until_shown("Approved: performance, by @Ada (administrator)")
    page.until_shown("Hand-off of video-gen")
    assert page.text("#messages .message:first-child button").split("\n") == ["Undo", "Why?", "Share to channel"]
    page.screenshot("demo-approved")
    page.press("Undo", "#messages")
    page.until_gone("Approved: performance")
    page.screenshot("demo-undone")

    page.press("Run a digest now")
    page.until_shown("should shift to performance")
    assert "Only visible to you" not in page.text(".message:last-child")
    assert page.is_in_view(".message:last-child h2")
    page.screenshot("demo-digest-light")
    with page.dark():
        page.screenshot("demo-digest-dark")


def test_a_finding_of_the_digest_is_approved_by_somebody_else(page: Browser) -> None:
    page.press("Run a digest now")
    page.until_shown("should shift to performance")
    page.choose("#viewer", "Max (member)")
    page.until(lambda: page.all("#messages button"))
    page.one("#messages button.primary").click()
    page.press("Approve", "#modal")
    page.until_shown("by @Max (member)")
    page.until_shown("Undo")
    page.screenshot("demo-digest-approved")


def test_an_unknown_workload_is_answered_with_the_nearest_names(page: Browser) -> None:
    page.say("/gpu-advise vidoe-gen")
    page.until_shown("Only visible to you")
    assert "video-gen" in page.text(".message")
    page.screenshot("demo-unknown")


def test_help_and_status_are_drawn(page: Browser) -> None:
    page.say("/gpu-advise help")
    page.until_shown("digest monday")
    page.screenshot("demo-help")
    page.say("/gpu-advise status")
    page.until(lambda: len(page.all(".message")) == 2)
    page.screenshot("demo-status")


def test_why_tells_the_story_behind_the_answer(page: Browser) -> None:
    page.say("/gpu-advise llm-serving")
    page.press("Why?", "#messages")
    page.until_shown("What is predicted", "#modal")
    page.screenshot("demo-why")


def test_a_dismissal_for_want_of_quota_is_left_out_until_it_is_allowed_again(page: Browser) -> None:
    page.say("/gpu-advise video-gen production")
    page.press_behind_the_dots("Dismiss…")
    page.choose("#modal select", "No quota for it there")
    page.screenshot("demo-dismiss")
    page.press("Dismiss", "#modal")
    page.until_shown("Left out · video-gen")
    page.until_shown("Dismissed: no quota for it there, by @Ada (administrator)")
    page.screenshot("demo-left-out")
    page.press("Allow again", "#messages")
    page.until_shown("every offer of the catalogue is weighed")


def test_a_threshold_of_one_workload_is_set_from_its_card_and_met_by_whoever_approves(page: Browser) -> None:
    page.say("/gpu-advise video-gen production")
    page.until_shown("video-gen · production")
    page.press_behind_the_dots("Stage and thresholds…")
    page.until_shown("Left empty, the workspace's applies", "#modal")
    page.one("#modal [data-block=two-approvers-above] input").send_keys("$50")
    page.screenshot("demo-thresholds")
    page.press("Save", "#modal")
    page.until_shown("two-approvers-above workspace → $50/day")
    page.press("Approve", "#messages")
    page.until_shown("An administrator asks, for this workload alone, for two people above $50/day", "#modal")
    page.screenshot("demo-two-people")


def test_a_snooze_asks_for_how_long(page: Browser) -> None:
    page.say("/gpu-advise video-gen production")
    page.until_shown("video-gen · production")
    page.press_behind_the_dots("Snooze…")
    page.choose("#modal select", "For a month")
    page.press("Snooze", "#modal")
    page.until_shown("Snoozed until")
