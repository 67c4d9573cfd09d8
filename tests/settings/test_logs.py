import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import redact, set_up


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(captured: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_every_line_is_one_json_object_with_its_time_level_and_logger(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(logging.INFO)
    structlog.get_logger("bot.here").info("something happened", count=3)
    logging.getLogger("a.library").warning("odd: %s", "thing")
    mine, theirs = lines(capsys.readouterr().err)
    assert (mine["event"], mine["level"], mine["logger"], mine["count"]) == (
        "something happened",
        "info",
        "bot.here",
        3,
    )
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("odd: thing", "warning", "a.library")
    assert str(mine["timestamp"]).endswith("Z")


def test_a_traceback_stays_within_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(logging.INFO)
    structlog.get_logger("bot").error("failed", exc_info=ZeroDivisionError("xoxb-1-secret"))
    [line] = lines(capsys.readouterr().err)
    assert "ZeroDivisionError" in str(line["exception"])
    assert "secret" not in str(line)


@pytest.mark.parametrize(
    "event",
    [
        {"token": "hush"},
        {"bot_token": "hush"},
        {"headers": {"Authorization": "Bearer hush", "X-Slack-Signature": "hush"}},
        {"event": "sent xoxb-12-hush to Slack"},
        {"event": "xapp-1-A-hush"},
        {"event": "v0=0123456789abcdef0123hush".replace("hush", "4567")},
        {"event": "postgresql://user:hush@host/name"},
        {"event": "POST https://hooks.slack.com/commands/T1/2/hush"},
        {"event": "POST https://hooks.slack.com/actions/T1/2/hush failed"},
        {"event": "Cannot connect to wss://wss-primary.slack.com/link/?ticket=hush-hush-hush-1&app_id=2"},
        {"event": "signed with whsec_hush-hush"},
        {"event": "GET /slack/oauth_redirect?code=1234567890.12.hush&state=hush-hush-hush"},
        {"event": "uploading to https://files.slack.com/upload/v1/hush"},
        {"list": ["fine", {"secret": "hush"}]},
    ],
)
def test_no_secret_reaches_a_log(event: dict[str, object]) -> None:
    said = json.dumps(redact(None, "info", dict(event)))
    assert "hush" not in said
    assert "0123456789abcdef" not in said


@pytest.mark.parametrize("piece", ["a", "http://", "x:", "x@", "://", "/commands", "x=", "code=", "xoxb-"])
def test_no_line_is_so_long_that_it_is_looked_through_for_ever(piece: str) -> None:
    said = redact(None, "info", {"event": piece * (200_000 // len(piece)) + " postgresql://u:hush@h"})
    assert "hush" not in said["event"]


def test_what_is_no_secret_is_said_as_it_is() -> None:
    event = {"event": "advice kept", "advice_id": "01a2", "url": "https://slack.com/api/", "n": 3, "none": None}
    assert redact(None, "info", dict(event)) == event


def test_libraries_that_quote_requests_are_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(logging.DEBUG)
    logging.getLogger("slack_bolt.any").warning("Unhandled request ({'text': 'private'})")
    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.slack.com/…")
    assert capsys.readouterr().err == ""
