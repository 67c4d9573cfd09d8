"""What a digest is about: which workloads, which findings, and how much must be at stake."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from bot.owners import Owner
from bot.usecases.asking.reading import STAGE_ALIASES, STAGE_HINT
from bot.usecases.digests.spotting import Spotted
from bot.usecases.words import amounts
from bot.usecases.words.problems import Unreadable
from bot.usecases.words.wording import closest
from engine import FINDING_KINDS, KINDS, FindingKind, Kind, Stage

__all__ = ["GAIN_HINT", "Topic", "gain_of", "read_topic", "teams_of"]

GAIN_HINT = "write dollars a week, such as gain=$100/week"
_ME = {"me", "@me", "mine"}
_LONGEST = 120  # characters of a name
_TEAM_HINT = "a team is a name or a user group: team=film or team=@film-people; owner= takes people"
_KEYS = ("stage", "kind", "owner", "team", "finding", "gain")
_SYNONYMS = {"stages": "stage", "kinds": "kind", "owners": "owner", "teams": "team", "findings": "finding"}


@dataclass(frozen=True, slots=True)
class Topic:
    """An empty tuple takes everything. `owners` are people, `teams` teams and user groups, as `bot.owners` has them.

    A workload has one owner, so that what belongs to any of those named is taken.
    A finding is worth what it saves, or what the results gained would cost today, whichever is more.
    """

    stages: tuple[Stage, ...] = ()
    kinds: tuple[Kind, ...] = ()
    owners: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    findings: tuple[FindingKind, ...] = ()
    min_usd_per_week: float = 0.0

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The topic that a subscription holds; what an older release wrote and this one has not is passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in document.items() if name in known})

    def as_document(self) -> dict[str, Any]:
        """Only what differs from taking everything."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }

    def takes(self, found: Spotted, owner: str | None) -> bool:
        """Whether the digest is about this finding on a workload of that owner."""
        wanted = {Owner.of(each).key for each in (*self.owners, *self.teams)}
        return (
            (not self.stages or found.stage in self.stages)
            and (not self.kinds or found.workload_kind in self.kinds)
            and (not wanted or (owner is not None and Owner.of(owner).key in wanted))
            and (not self.findings or found.kind in self.findings)
            and found.worth_usd_per_week >= self.min_usd_per_week
        )


def read_topic(words: Sequence[str], by: str | None) -> tuple[Topic | None, list[str]]:
    """The topic that the KEY=VALUE pairs among `words` state, and the other words; None where there is no pair.

    `kind` is of a workload (ai, traditional) or of a finding (shift_to_performance …); `owner=@me` is `by`. An owner
    that is no person is a team.

    Raises:
        Unreadable: a key or a value that makes no sense.
    """
    found: dict[str, list[Any]] = {}
    rest: list[str] = []
    for word in words:
        key, equals, text = word.partition("=")
        if equals:
            _read(key.strip(), text, by, found)
        else:
            rest.append(word)
    gains = found.pop("min_usd_per_week", [])
    if not found and not gains:
        return None, rest
    chosen = {name: tuple(dict.fromkeys(values)) for name, values in found.items()}
    return Topic(**chosen, min_usd_per_week=gains[-1] if gains else 0.0), rest


def gain_of(text: str) -> float:
    """Dollars a week, of `$100/week`, `100`, `$20/day`.

    Raises:
        Unreadable: no such amount.
    """
    return amounts.money(text, "week", GAIN_HINT)


def teams_of(text: str) -> list[str]:
    """The teams that `text` lists: names, and user groups as Slack or people write them.

    Raises:
        Unreadable: a person, or a name that is too long.
    """
    owners = [_team(item) for item in amounts.items(text)]
    return [owner.as_text for owner in owners]


def _read(key: str, text: str, by: str | None, found: dict[str, list[Any]]) -> None:
    name = _SYNONYMS.get(key.casefold(), key.casefold())
    if name not in _KEYS:
        near = closest(name, _KEYS, count=1)
        hint = (
            f"did you mean {near[0]}=?" if near else "a digest takes stage=, kind=, owner=, team=, finding= and gain="
        )
        raise Unreadable(f"I know no key {key[:40]!r} for a digest", hint)
    if not text.strip(" ,;"):
        raise Unreadable(f"{name}= has no value", "for example stage=production owner=@me gain=$100/week")
    match name:
        case "gain":
            found.setdefault("min_usd_per_week", []).append(gain_of(text))
        case "owner":
            for owner in (_owner(item, by) for item in amounts.items(text)):
                found.setdefault("owners" if owner.is_person else "teams", []).append(owner.as_text)
        case "team":
            found.setdefault("teams", []).extend(teams_of(text))
        case "stage":
            found.setdefault("stages", []).extend(_stage(item) for item in amounts.items(text))
        case _:
            for item in amounts.items(text):
                _read_kind(item, found)


def _read_kind(item: str, found: dict[str, list[Any]]) -> None:
    word = item.casefold().replace("-", "_").replace(" ", "_")
    if word in KINDS:
        found.setdefault("kinds", []).append(word)
    elif word in FINDING_KINDS:
        found.setdefault("findings", []).append(word)
    else:
        words = ", ".join((*KINDS, *FINDING_KINDS))
        raise Unreadable(f"{item[:40]!r} is no kind of workload or finding", f"there are {words}")


def _stage(item: str) -> Stage:
    stage = STAGE_ALIASES.get(item.casefold())
    if stage is None:
        raise Unreadable(f"I know no stage {item[:40]!r}", STAGE_HINT)
    return stage


def _owner(item: str, by: str | None) -> Owner:
    if item.casefold() in _ME:
        if by is None:
            raise Unreadable("nobody is “me” here", "name the owner")
        return Owner(by, by, is_person=True)
    if len(item) > _LONGEST:
        raise Unreadable("that owner's name is too long", f"names have up to {_LONGEST} characters")
    return Owner.of(item)


def _team(item: str) -> Owner:
    if item.casefold() in _ME:
        raise Unreadable("“me” is a person", _TEAM_HINT)
    owner = _owner(item, None)
    if owner.is_person:
        raise Unreadable(f"{item[:40]!r} is a person", _TEAM_HINT)
    return owner


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
