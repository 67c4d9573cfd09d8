"""What follows `/gpu-advise`, read into a typed request; whatever is wrong comes back as problems with hints."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bot.usecases.words.keys import canonical, is_key, read_pair
from bot.usecases.words.problems import Problem, Unreadable
from bot.usecases.words.wording import Word, closest, split, tidy
from engine import STAGES, Stage, Workload

__all__ = [
    "STAGE_ALIASES",
    "STAGE_HINT",
    "SUBCOMMANDS",
    "Malformed",
    "Question",
    "Request",
    "Subcommand",
    "parse",
    "parse_words",
]

SUBCOMMANDS = ("help", "list", "status", "digest", "settings", "track", "untrack")
STAGE_ALIASES: dict[str, Stage] = {
    **{stage: stage for stage in STAGES},
    **dict.fromkeys(("prototype", "proto", "dev", "development"), "prototyping"),
    **dict.fromkeys(("validate", "val", "test", "testing", "staging"), "validation"),
    **dict.fromkeys(("prod", "live"), "production"),
}
STAGE_HINT = "a stage is prototyping (dev, proto), validation (test, staging) or production (prod)"
_LONGEST_NAME = 120  # characters, as in the run files
_LONGEST_TEXT = 3000  # characters of a command that are read and quoted back


@dataclass(frozen=True, slots=True)
class Question:
    """`WORKLOAD [STAGE] [KEY=VALUE]…`: `workload` carries what was asked for in so many words, and nothing else."""

    asked: str
    workload: Workload


@dataclass(frozen=True, slots=True)
class Subcommand:
    """`name` is one of SUBCOMMANDS, `words` is what followed it, key=value kept together."""

    asked: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A text that cannot be answered, and each reason why."""

    asked: str
    problems: tuple[Problem, ...]

    def as_document(self) -> dict[str, Any]:
        """The data of the view `bad_request`."""
        return {"asked": self.asked, "problems": [problem.as_document() for problem in self.problems]}


Request: TypeAlias = Question | Subcommand | Malformed


def parse(text: str) -> Request:
    """The request that `text` makes. Never raises; nothing at all asks for help."""
    asked = tidy(text)[:_LONGEST_TEXT].strip()
    words = split(asked)
    if not words:
        return Subcommand(asked, "help", ())
    if words[0].key is None and not words[0].is_quoted and words[0].text.casefold() in SUBCOMMANDS:
        return _subcommand(asked, words)
    return _question(asked, words)


def parse_words(words: Sequence[str]) -> Question | Malformed:
    """The question that shell words ask: the first one is a workload even where it is spelled like a subcommand."""
    kept = [tidy(word)[:_LONGEST_TEXT].strip() for word in words]
    first = [Word(word, is_quoted=True) for word in kept[:1]]
    return _question(" ".join(kept), (*first, *(_shell_word(word) for word in kept[1:])))


def _shell_word(text: str) -> Word:
    key, equals, value = text.partition("=")
    return Word(value.strip(), key.strip()) if equals and key.strip() else Word(text)


def _subcommand(asked: str, words: tuple[Word, ...]) -> Subcommand | Malformed:
    problems = _unclosed(words)
    if problems:
        return Malformed(asked, problems)
    rest = tuple(f"{word.key}={word.text}" if word.key else word.text for word in words[1:])
    return Subcommand(asked, words[0].text.casefold(), rest)


def _question(asked: str, words: tuple[Word, ...]) -> Question | Malformed:
    kept, without_key = _without_key(words)
    names = [word for word in kept if word.key is None]
    workload, problems = _pairs(Workload(names[0].text if names else ""), [word for word in kept if word.key])
    stage, about_names = _names(names)
    # An open quote swallows the rest of the line, so that nothing else can be said of it.
    problems = _unclosed(words) or (*about_names, *without_key, *problems)
    return Malformed(asked, problems) if problems else Question(asked, replace(workload, stage=stage))


def _without_key(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Problem, ...]]:
    """The words less those that are a value alone, and what is wrong with these: `video-gen =5` lacks a key."""
    parts = [part for position, word in enumerate(words) for part in _apart(word, is_first=position == 0)]
    alone = [part for part in parts if part.key is None and not part.is_quoted and part.text.startswith("=")]
    hint = "keys and values go together, such as gpus=8"
    problems = tuple(Problem(f"the key before {part.text[:40]} is missing", hint) for part in alone)
    return tuple(part for part in parts if part not in alone), problems


def _apart(word: Word, *, is_first: bool) -> tuple[Word, ...]:
    """`word`, or the workload or stage that only a space parts from a value without key, and that value."""
    if word.key is None or not word.is_apart or is_key(word.key):
        return (word,)
    is_name = is_first or word.key.casefold() in STAGE_ALIASES
    return (Word(word.key), Word(f"={word.text}", is_closed=word.is_closed)) if is_name else (word,)


def _names(names: list[Word]) -> tuple[Stage | None, tuple[Problem, ...]]:
    """The stage among the words without a key, and what is wrong with them."""
    if not names or not names[0].text:
        return None, (Problem("no workload is named", "start with its name: /gpu-advise video-gen production"),)
    problems = []
    if len(names[0].text) > _LONGEST_NAME:
        problems.append(Problem(f"that name has {len(names[0].text)} characters", f"names have up to {_LONGEST_NAME}"))
    stage = STAGE_ALIASES.get(names[1].text.casefold()) if names[1:] else None
    if names[1:] and stage is None:
        problems.append(_unknown_stage(names[1].text))
    if names[2:]:
        extra = " ".join(word.text for word in names[2:])
        problems.append(Problem(f"{extra[:80]!r} is one word too many", 'quote names with spaces: "my workload"'))
    return stage, tuple(problems)


def _unknown_stage(text: str) -> Problem:
    near = closest(text, STAGE_ALIASES, count=1)
    hint = (
        f"did you mean {near[0]}? {STAGE_HINT[0].upper()}{STAGE_HINT[1:]}"
        if near
        else f'{STAGE_HINT}; quote names with spaces: "my workload"'
    )
    return Problem(f"I know no stage {text[:40]!r}", hint)


def _pairs(workload: Workload, words: list[Word]) -> tuple[Workload, tuple[Problem, ...]]:
    problems: list[Problem] = []
    seen: set[str] = set()
    for word in words:
        try:
            key = canonical(word.key or "", seen)
            workload = read_pair(workload, key, word.text)
        except Unreadable as unreadable:
            problems.append(unreadable.problem)
        else:
            seen.add(key)
    return workload, tuple(problems)


def _unclosed(words: tuple[Word, ...]) -> tuple[Problem, ...]:
    return tuple(
        Problem(f"a quote before {word.text[:40]!r} is never closed", 'put a " at the end of the name')
        for word in words
        if not word.is_closed
    )
