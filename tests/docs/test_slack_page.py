"""What docs/slack.md says about settings and failures is what the code says."""

import re
from pathlib import Path

import pytest

import bot
from bot.config import Settings
from bot.slack.edge import _NOT_INSTALLED
from bot.web.install import _STALE

PACKAGE = Path(bot.__file__).parent
PAGE = (PACKAGE.parent / "docs" / "slack.md").read_text(encoding="utf-8")
SOURCES = "\n".join(
    (PACKAGE / name).read_text(encoding="utf-8")
    for name in ("usecases/workspace/checking.py", "slack/identity.py", "cli/check.py", "config.py")
)
FAILURES = re.findall(r"^\| `FAIL ([^`]+)` \|", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize("failure", FAILURES)
def test_every_failure_that_the_page_explains_is_one_that_check_prints(failure: str) -> None:
    _, _, words = failure.partition(": ")
    for fragment in re.split(r"…|invalid_auth|account_inactive|: ", words):
        assert fragment.strip() in SOURCES, fragment


def test_the_page_explains_failures_at_all() -> None:
    assert len(FAILURES) >= 6


@pytest.mark.parametrize("said", [_NOT_INSTALLED.partition(".")[0], _STALE.title])
def test_what_a_person_is_told_is_quoted_as_it_is(said: str) -> None:
    assert f'"{said}"' in PAGE


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_has_its_line(setting: str) -> None:
    assert re.search(rf"^\|[^|]*`{setting.upper()}`[^|]*\| \S", PAGE, flags=re.MULTILINE)
