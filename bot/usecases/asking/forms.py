"""The form behind `/gpu-advise` alone and behind *What if*: the same question as the command's, asked in boxes."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.posts import Modal, Post
from bot.store import advices, history, outbox, workloads
from bot.store.advices import StoredAdvice
from bot.usecases.asking.advise import Asker, advise
from bot.usecases.asking.reading import STAGE_ALIASES, Malformed, Question, parse_words
from bot.usecases.asking.renting import unrentable
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Command, Option, Submission, Typed
from bot.usecases.room import Room
from bot.usecases.words.keys import read_pair, spelled
from bot.usecases.words.problems import Unreadable
from bot.usecases.workspace.rights import barred
from engine import PRICING_CATEGORIES, STAGES, AdviceDocument, Workload

__all__ = ["ask", "ask_anew", "check", "names", "places", "what_if"]

TYPED = ("floor", "budget", "per-unit", "wait", "gpus", "nodes")
"""The boxes that are typed into; each is a key of the command."""

CHOSEN = ("accelerator", "region", "provider", "pricing")
"""The boxes that are chosen from; each is a key of the command that takes several values."""

_MOST = 100  # options that Slack shows
_LONGEST = 150  # characters of an option's value


def ask_anew(room: Room, asked: Command | Click) -> Modal:
    """An empty form."""
    origin = Origin(channel_id=asked.channel_id, response_url=asked.response_url)
    return _form(room, asked.team_id, origin, Workload(""))


def what_if(room: Room, click: Click) -> Modal:
    """The form filled in with what the advice was asked with; of an advice that is gone, an empty one."""
    with room.store.read(click.team_id) as scope:
        advice = advices.get(scope, click.value)
    if advice is None:
        return ask_anew(room, click)
    origin = Origin.at(click).model_copy(update={"advice_id": advice.id})
    return _form(room, click.team_id, origin, _asked(advice), advice.document)


def names(room: Room, typed: Typed) -> list[Option]:
    """The workloads whose names hold what was typed; those that begin with it first."""
    with room.store.read(typed.team_id) as scope:
        found = history.search(scope, typed.text, _MOST)
    return [Option(name, name) for name in found if len(name) <= _LONGEST]


def places(room: Room, typed: Typed) -> list[Option]:
    """The providers, regions or accelerators of the catalogue that hold what was typed."""
    column = typed.action_id.rpartition(".")[2]  # of the catalogue
    with room.store.read(typed.team_id) as scope:
        known = room.shelf.index(scope).words[column]
    wanted = typed.text.strip().casefold()
    return [Option(word, word) for word in known if word and wanted in word.casefold()][:_MOST]


def check(room: Room, form: Submission) -> Mapping[str, str]:
    """What is wrong with each box."""
    mistakes = {key: problem for key, text in _typed(form) if (problem := _problem(key, text))}
    if form.first("workload") is None and not Origin.read(form.metadata).advice_id:
        mistakes["workload"] = "choose a workload: type a few letters of its name"
    question = _question(room, form)
    if not mistakes and isinstance(question, Malformed):
        mistakes["workload"] = "; ".join(f"{problem.what}: {problem.hint}" for problem in question.problems)
    return mistakes or _unrentable(room, form, question)


def ask(room: Room, form: Submission, request_id: str) -> None:
    """Answer the question that the form asks: where it was opened, and of a *What if* in place of the card."""
    origin, question = Origin.read(form.metadata), _question(room, form)
    in_private = origin.in_private(form.user_id)
    refused = barred(room, form.team_id, form.user_id, in_private)
    if refused is not None:
        _say(room, form, request_id, refused)
    elif isinstance(question, Malformed):
        _say(room, form, request_id, Post(in_private, "bad_request", question.as_document()))
    else:
        in_place = origin.in_place(form.user_id) if origin.advice_id and origin.message_ts else None
        asker = Asker(form.team_id, form.user_id, in_private, request_id, in_place, origin.advice_id)
        advise(room, question, asker)


def _say(room: Room, form: Submission, request_id: str, post: Post) -> None:
    with room.store.write(form.team_id, settles=request_id) as scope:
        outbox.put(scope, post)


def _form(room: Room, team_id: str, origin: Origin, asked: Workload, document: AdviceDocument | None = None) -> Modal:
    """The data of the view `modal_ask`; `document` is the advice that is asked again."""
    with room.store.read(team_id) as scope:
        is_empty = not history.names(scope)
    return Modal(
        "modal_ask",
        {
            "metadata": origin.model_dump_json(exclude_defaults=True),
            "workload": asked.name or None,
            "stage": asked.stage,
            "stages": list(STAGES),
            "pricing_categories": list(PRICING_CATEGORIES),
            "values": spelled(asked),
            "is_empty": is_empty,
            "document": document,
        },
    )


def _asked(advice: StoredAdvice) -> Workload:
    """What was asked for in so many words: not what the owner's standing wishes added to it."""
    return workloads.read_asked(advice.request["workload"])


def _question(room: Room, form: Submission) -> Question | Malformed:
    origin = Origin.read(form.metadata)
    name = form.first("workload") or ""
    if origin.advice_id:
        with room.store.read(form.team_id) as scope:
            advice = advices.get(scope, origin.advice_id)
        name = advice.workload if advice else name
    stage = form.first("stage")
    pairs = [f"{key}={text}" for key, text in (*_typed(form), *_chosen(form))]
    return parse_words([name, *([stage] if stage in STAGE_ALIASES else []), *pairs])


def _typed(form: Submission) -> Iterator[tuple[str, str]]:
    return ((key, text) for key in TYPED if (text := form.first(key)))


def _chosen(form: Submission) -> Iterator[tuple[str, str]]:
    return ((key, ",".join(chosen)) for key in CHOSEN if (chosen := form.values.get(key, ())))


def _problem(key: str, text: str) -> str | None:
    try:
        read_pair(Workload(""), key, text)
    except Unreadable as unreadable:
        return f"{unreadable.problem.what}: {unreadable.problem.hint}".replace(f"{key}=", "")
    return None


def _unrentable(room: Room, form: Submission, question: Any) -> Mapping[str, str]:
    """Choices that the catalogue has lost since the form was opened."""
    if not isinstance(question, Question):
        return {}
    with room.store.read(form.team_id) as scope:
        index = room.shelf.index(scope)
    return {key: f"{problem.what}: {problem.hint}" for key, problem in unrentable(question.workload.filters, index)}
