"""From a piece of work in the inbox to the use case that does it, whoever picked it up."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from bot.posts import Destination, Post
from bot.store import AlreadySettled, inbox, outbox
from bot.usecases.asking import browsing, forms, sharing
from bot.usecases.asking.advise import Asker, advise
from bot.usecases.asking.reading import Malformed, Question, Subcommand, parse
from bot.usecases.deciding import approving, dismissing, refreshing, restaging, snoozing, undoing
from bot.usecases.digests import buttons as digest_buttons
from bot.usecases.digests import cards as digest_cards
from bot.usecases.digests import ending, subscribing
from bot.usecases.digests import forms as digest_forms
from bot.usecases.following import deliveries, handing, trials
from bot.usecases.requests import Click, Closing, Command, Departure, HomeOpened, Submission
from bot.usecases.room import Room
from bot.usecases.workspace import departing, home, listing, settings, workload_settings
from bot.usecases.workspace.rights import barred

__all__ = ["handle", "is_known"]

_log = structlog.get_logger("bot.usecases.handle")


def handle(room: Room, work: inbox.Request) -> None:
    """Do `work` once: its effects, its answer and the settlement of its inbox row commit together.

    Whatever goes wrong, the person is told, with a reference under which the log holds the story. This raises only
    when nobody waits for an answer or not even that could be written: the row then stays in the inbox and is handed
    out again.
    """
    try:
        _do(room, work)
    except AlreadySettled:
        _log.info("work was done before", inbox_id=work.id)
    except Exception as problem:  # the one place where everything ends: nobody is left without a word
        if work.kind in {"departure", "home", "close"}:
            raise  # nobody waits for a word
        _apologise(room, work, problem)


def is_known(asked: Click | Submission) -> bool:
    """Whether anything is done about it; an element that only opens a link needs no work."""
    return (_verb(asked) in _CLICKS) if isinstance(asked, Click) else (asked.callback_id in _SUBMISSIONS)


def _do(room: Room, work: inbox.Request) -> None:
    match work.kind:
        case "click":
            click = Click.model_validate(work.body)
            if _verb(click) not in _LOOKS or not _is_barred(room, click, work.id):
                _CLICKS[_verb(click)](room, click, work.id)
        case "submission":
            form = Submission.model_validate(work.body)
            _SUBMISSIONS[form.callback_id](room, form, work.id)
        case "home":
            home.show(room, HomeOpened.model_validate(work.body), work.id)
        case "departure":
            departing.depart(room, Departure.model_validate(work.body), work.id)
        case "close":
            undoing.close(room, Closing.model_validate(work.body), work.id)
        case _:
            _command(room, Command.model_validate(work.body), work.id)


def _is_barred(room: Room, click: Click, request_id: str) -> bool:
    """Whether this person may not even ask; then they are told so."""
    refused = barred(room, click.team_id, click.user_id, click.in_private)
    if refused is not None:
        with room.store.write(click.team_id, settles=request_id) as scope:
            outbox.put(scope, refused)
    return refused is not None


def _verb(click: Click) -> str:
    """The first two parts of an action id; what follows them is for the use case."""
    return ".".join(click.action_id.split(".")[:2])


def _command(room: Room, command: Command, request_id: str) -> None:
    asker = Asker(command.team_id, command.user_id, command.in_private, request_id)
    match parse(command.text):
        case Question() as question:
            advise(room, question, asker)
        case Malformed() as malformed:
            listing.post(room, asker, "bad_request", malformed.as_document())
        case Subcommand() as asked:
            _SUBCOMMANDS[asked.name](room, asked, asker)


def _apologise(room: Room, work: inbox.Request, problem: Exception) -> None:
    reference = secrets.token_hex(4)
    _log.error("work failed", reference=reference, inbox_id=work.id, kind=work.kind, exc_info=problem)
    to = _destination(work)
    with suppress(AlreadySettled), room.store.write(work.team_id, settles=work.id) as scope:
        outbox.put(scope, Post(to, "failure", {"reference": reference}))


def _destination(work: inbox.Request) -> Destination:
    """Where the asker is, read without trust: the body itself may be what went wrong."""
    body: Mapping[str, Any] = work.body
    return Destination(
        channel=body.get("channel_id"),
        user=body.get("user_id"),
        response_url=body.get("response_url"),
        is_private=True,
    )


_SUBCOMMANDS: Mapping[str, Callable[[Room, Subcommand, Asker], None]] = {
    "help": lambda room, _, asker: listing.show_help(room, asker),
    "list": browsing.list_workloads,
    "status": lambda room, _, asker: listing.show_status(room, asker),
    "digest": subscribing.digest,
    "settings": settings.settings,
    "track": listing.track,
    "untrack": listing.track,
}

_CLICKS: Mapping[str, Callable[[Room, Click, str], None]] = {
    "list.turn": browsing.turn,
    "advice.share": sharing.share,
    "advice.snooze": snoozing.snooze,
    "advice.undo": undoing.undo,
    "settings.audit": settings.show_audit,
    "settings.restore": settings.restore,
    **dict.fromkeys(("digest.pause", "digest.remove", "digest.resume"), digest_buttons.change),
    "digest.again": digest_buttons.send_again,
    "digest.card": digest_cards.show,
    "digest.preview": digest_buttons.preview,
    "digest.send": digest_buttons.send_now,
    "digest.undo": ending.undo,
    "workload.stage": restaging.change_stage,
    "exclusion.list": dismissing.list_exclusions,
    "exclusion.revoke": dismissing.revoke,
    "handoff.show": handing.show,
    "trial.cancel": trials.cancel,
    "webhook.again": deliveries.again,
    "webhook.log": deliveries.show,
}
"""By the first two parts of the action id."""

_LOOKS = frozenset({"digest.card", "exclusion.list", "handoff.show", "list.turn"})
"""Those that show something to whoever may ask; the others ask for a right of their own."""

_SUBMISSIONS: Mapping[str, Callable[[Room, Submission, str], None]] = {
    "approve": approving.approve,
    "ask": forms.ask,
    "digest": digest_forms.save,
    "dismiss": dismissing.dismiss,
    "refresh": refreshing.refresh_card,
    "settings": settings.save,
    "snooze": snoozing.snooze_by_form,
    "try": trials.plan,
    "webhook": settings.save_webhook,
    "workload": workload_settings.save,
}
"""By the callback id of the modal."""
