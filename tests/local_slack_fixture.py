"""The `fake_slack` fixture: a served stand-in for Slack. Import it into a conftest to use it."""

from collections.abc import Iterator

import pytest

from bot.local.slack import LocalSlack


@pytest.fixture
def fake_slack() -> Iterator[LocalSlack]:
    with LocalSlack().served() as slack:
        yield slack
