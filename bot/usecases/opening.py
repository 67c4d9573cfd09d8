"""What is answered while a person waits: modals to open, options for a menu, mistakes in a form. Nothing is changed."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from bot.posts import Modal
from bot.usecases.asking import explaining, forms
from bot.usecases.deciding import confirming, dismissing, snoozing
from bot.usecases.digests import everything
from bot.usecases.digests import forms as digest_forms
from bot.usecases.following import trials
from bot.usecases.requests import Click, Command, Option, Submission, Typed
from bot.usecases.room import Room
from bot.usecases.workspace import answers, settings, workload_settings
from bot.usecases.workspace.rights import barred

__all__ = ["BENEATH", "CHECKS", "MODALS", "SUGGESTIONS", "opens"]

Asked: TypeAlias = Click | Command

MODALS: Mapping[str, Callable[[Room, Click], Modal]] = {
    "advice.approve": confirming.confirm,
    "advice.choose": confirming.confirm,
    "advice.dismiss": dismissing.ask_why,
    "advice.try": trials.ask,
    "advice.whatif": forms.what_if,
    "advice.why": explaining.explain,
    "answers.open": answers.show_open,
    "ask.open": forms.ask_anew,
    "digest.all": everything.show_all,
    **dict.fromkeys(("digest.approve", "digest.dismiss", "digest.snooze", "digest.why"), everything.decide),
    "digest.edit": digest_forms.edit,
    "digest.new": digest_forms.new,
    "settings.change": settings.form,
    "snooze.ask": snoozing.ask_how_long,
    "settings.webhook": settings.webhook_form,
    "workload.settings": workload_settings.form,
}
"""What a button opens, by the first two parts of its action id (`advice.whatif`)."""

_LOOKS = frozenset({"advice.whatif", "advice.why", "ask.open", "digest.all", "digest.why"})
"""Those that show something to whoever may ask; the others ask for a right of their own."""

SUGGESTIONS: Mapping[str, Callable[[Room, Typed], list[Option]]] = {
    "digest.zone": digest_forms.zones,
    "find.workload": forms.names,
    "find.accelerator": forms.places,
    "find.provider": forms.places,
    "find.region": forms.places,
}
"""The options of a menu that asks for them, by its action id."""

CHECKS: Mapping[str, Callable[[Room, Submission], Mapping[str, str]]] = {
    "ask": forms.check,
    "try": trials.check,
    "digest": digest_forms.check,
    "settings": settings.check,
    "webhook": settings.check_webhook,
    "workload": workload_settings.check,
}
"""What is wrong with a form, in words by block id, by its callback id; a form without mistakes is taken down."""


BENEATH: Callable[[Room, Submission], Modal | None] = everything.beneath
"""The list over which a form was opened, as it stands now; None where the form stands alone."""


def opens(asked: Asked) -> Callable[[Room], Modal] | None:
    """How to make the modal that was asked for; None when no modal was."""
    if isinstance(asked, Click):
        action = ".".join(asked.action_id.split(".")[:2])
        make = MODALS.get(action)
        if make is not None and action in _LOOKS:
            return lambda room: _refused(room, asked) or make(room, asked)
        return None if make is None else lambda room: make(room, asked)
    return None if asked.text.strip() else lambda room: forms.ask_anew(room, asked)


def _refused(room: Room, click: Click) -> Modal | None:
    """For who may not even ask."""
    refused = barred(room, click.team_id, click.user_id, click.in_private)
    return None if refused is None else Modal("modal_refused", {"view": refused.view, "data": refused.data})
