"""How it is said: a view's name and its data, which is plain JSON, become a message."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.posts import Message
from bot.render import as_text, options, rendered
from bot.render import surface as rendered_surface
from bot.views.advice import advice
from bot.views.asking import form, shared
from bot.views.confirming import modal_approve, modal_dismiss, modal_moved, modal_refused, modal_snooze
from bot.views.deciding import exclusions, not_allowed, word_lapsed
from bot.views.digest import digest, digest_unchanged
from bot.views.findings_list import finding_decided, findings_list
from bot.views.handoff import handoff, handoff_undone
from bot.views.help import help_
from bot.views.home import home, open_answers
from bot.views.listing import status, tracked
from bot.views.measured import receipt, trial_done
from bot.views.refusals import bad_request, decision_refused, failure, unknown_workload
from bot.views.settings import (
    audit_log,
    modal_settings,
    modal_webhook,
    settings,
    settings_changed,
    webhook_changed,
)
from bot.views.subscriptions import restaged, subscribed, subscription_form, subscription_list, unsubscribed
from bot.views.trials import modal_try, trial, trial_due, trial_planned, trial_refused
from bot.views.webhook_log import webhook_log
from bot.views.why import why
from bot.views.workload_settings import modal_workload, workload_changed, workload_settings
from bot.views.workloads import workload_list

__all__ = ["SURFACES", "VIEWS", "UnknownView", "as_text", "message", "options", "surface"]

_CONTEXTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "advice": advice,
    "bad_request": bad_request,
    "decision_refused": decision_refused,
    "exclusions": exclusions,
    "not_allowed": not_allowed,
    "digest": digest,
    "digest_unchanged": digest_unchanged,
    "failure": failure,
    "finding_decided": finding_decided,
    "handoff": handoff,
    "handoff_undone": handoff_undone,
    "help": help_,
    "lost": dict,
    "audit_log": audit_log,
    "restaged": restaged,
    "settings": settings,
    "settings_changed": settings_changed,
    "webhook_changed": webhook_changed,
    "webhook_log": webhook_log,
    "shared": shared,
    "status": status,
    "subscribed": subscribed,
    "subscription_list": subscription_list,
    "tracked": tracked,
    "receipt": receipt,
    "trial": trial,
    "trial_done": trial_done,
    "trial_due": trial_due,
    "trial_planned": trial_planned,
    "trial_refused": trial_refused,
    "unknown_workload": unknown_workload,
    "unsubscribed": unsubscribed,
    "untracked": tracked,
    "word_lapsed": word_lapsed,
    "workload_changed": workload_changed,
    "workload_list": workload_list,
    "workload_settings": workload_settings,
}

_SURFACES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "home": home,
    "modal_answers": open_answers,
    "modal_approve": modal_approve,
    "modal_dismiss": modal_dismiss,
    "modal_moved": modal_moved,
    "modal_refused": modal_refused,
    "modal_ask": form,
    "modal_digest": findings_list,
    "modal_settings": modal_settings,
    "modal_snooze": modal_snooze,
    "modal_subscription": subscription_form,
    "modal_webhook": modal_webhook,
    "modal_try": modal_try,
    "modal_waiting": dict,
    "modal_why": why,
    "modal_workload": modal_workload,
}

SURFACES = tuple(_SURFACES)
"""The name of every modal and Home tab, each the name of a template."""

VIEWS = tuple(_CONTEXTS)
"""The name of every view, each the name of a template."""


class UnknownView(KeyError):
    """No view has this name."""


def message(view: str, data: Mapping[str, Any]) -> Message:
    """The message that `view` makes of `data`, valid for Slack whatever the data says.

    Raises:
        UnknownView: no view has this name.
        KeyError: `data` lacks a key that the view documents.
    """
    if view in _SURFACES:
        return Message(view, view=surface(view, data))
    if view not in _CONTEXTS:
        raise UnknownView(view)
    return rendered(view, _CONTEXTS[view](data))


def surface(view: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The modal or Home tab that `view` makes of `data`, valid for Slack whatever the data says.

    Raises:
        UnknownView: no surface has this name.
    """
    if view not in _SURFACES:
        raise UnknownView(view)
    return rendered_surface(view, _SURFACES[view](data))
