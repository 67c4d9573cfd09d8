"""`users.info`, asked from the threads that use cases run in, and remembered for a minute."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from slack_sdk.web.client import WebClient

from bot.slack_errors import TROUBLES, reason
from bot.usecases.workspace.people import Person, WhoIsThat

__all__ = ["Directory", "person_of"]

_FRESH_SECONDS = 60.0
_MOST = 5_000
_TIMEOUT_SECONDS = 5


class Directory:
    """The people of every workspace. `token_for(team_id)` raises LookupError where the bot is not installed."""

    def __init__(
        self, token_for: Callable[[str], str], api_url: str, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._token_for, self._api_url, self._timer = token_for, api_url, timer
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    def __call__(self, team_id: str, user_id: str) -> Person:
        """The person as Slack described them within the last minute.

        Raises:
            WhoIsThat: Slack does not say.
        """
        now = self._timer()
        with self._lock:
            asked_at, person = self._known.get((team_id, user_id), (now - _FRESH_SECONDS, None))
        if person is None or now - asked_at >= _FRESH_SECONDS:
            person = self._ask(team_id, user_id)
            self._remember((team_id, user_id), now, person)
        return person

    def forget(self, team_id: str) -> None:
        """Know nobody of that workspace any more."""
        with self._lock:
            for key in [key for key in self._known if key[0] == team_id]:
                del self._known[key]

    def _remember(self, key: tuple[str, str], now: float, person: Person) -> None:
        with self._lock:
            self._known[key] = (now, person)
            self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def _ask(self, team_id: str, user_id: str) -> Person:
        try:
            client = WebClient(self._token_for(team_id), base_url=self._api_url, timeout=_TIMEOUT_SECONDS)
            user = client.users_info(user=user_id)["user"]
        except TROUBLES as problem:
            raise WhoIsThat(reason(problem)) from None
        return person_of(team_id, user_id, user) if isinstance(user, dict) else _nobody()


def _nobody() -> Person:
    raise WhoIsThat("an answer without a person")


def person_of(team_id: str, user_id: str, user: dict[str, Any]) -> Person:
    """The person whom `users.info` describes, as seen from that workspace; only a plain true counts as one."""
    is_true = {key for key, value in user.items() if value is True}
    timezone = user.get("tz")
    return Person(
        user_id,
        is_administrator=bool(is_true & {"is_admin", "is_owner", "is_primary_owner"}),
        is_guest=bool(is_true & {"is_restricted", "is_ultra_restricted"}),
        is_stranger="is_stranger" in is_true or not _belongs(team_id, user),
        is_deactivated="deleted" in is_true,
        is_bot="is_bot" in is_true,
        timezone=timezone if isinstance(timezone, str) else None,
    )


def _belongs(team_id: str, user: dict[str, Any]) -> bool:
    """Whether this is the user's workspace, or one of those that an organisation put the user into."""
    home, enterprise = user.get("team_id", team_id), user.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, dict) else None
    return home == team_id or (isinstance(teams, list) and team_id in teams)
