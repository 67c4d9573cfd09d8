"""What can be pressed on a card: to decide, to ask more, to put it off."""

from bot.documents import Card
from bot.views.deciding import undo_button
from bot.views.elements import Element, button, menu, overflow
from bot.views.phrases import in_a_menu, machines
from bot.views.picks import Choice
from engine import AdviceDocument

__all__ = ["TRIALS_SHOWN", "actions", "approve_button", "closed_actions", "why_button"]

TRIALS_SHOWN = 3
"""Planned trials that a card names, each with its way back."""
_ALL = 3  # objectives


def actions(data: Card, found: tuple[Choice, ...]) -> list[Element]:
    """What can be done about an open advice, six elements at most: what decides or explains it, the rest in a menu."""
    advice_id = data["advice_id"]
    best = [choice for choice in found if choice.is_recommended and not choice.is_today]
    others = _others(advice_id, found)
    return [
        *(
            {**approve_button(choice, advice_id, is_primary=True), "label": "Approve"} for choice in best
        ),  # it is starred
        *([menu("Choose another", "advice.choose", others)] if others else []),
        *(_cancel_buttons(data) or _try_button(data, found)),
        button("What if?", "advice.whatif", advice_id),
        why_button(advice_id),
        _more(advice_id, data, found),
    ]


def closed_actions(data: Card, found: tuple[Choice, ...]) -> list[Element]:
    """What is left on a card that was decided, has expired or was replaced: whatever decides nothing."""
    share = [button("Share to channel", "advice.share", data["advice_id"])] if data.get("is_private") and found else []
    return [*undo_button(data), *_cancel_buttons(data), why_button(data["advice_id"]), *share]


def _try_button(data: Card, found: tuple[Choice, ...]) -> list[Element]:
    return [button("Try first", "advice.try", data["advice_id"])] if _has_trial(data["document"], found) else []


def _cancel_buttons(data: Card) -> list[Element]:
    """One for each trial that is planned, in place of planning another."""
    return [
        button(
            "Cancel the trial",
            "trial.cancel",
            trial["trial_id"],
            spoken=f"Cancel the trial on {machines(trial['configuration'])}",
        )
        for trial in (data.get("trials") or ())[:TRIALS_SHOWN]
    ]


def _more(advice_id: str, data: Card, found: tuple[Choice, ...]) -> Element:
    """The menu behind three dots: each entry is a button, its value the button's action and value."""
    entries = [
        *([("Snooze…", "snooze.ask"), ("Dismiss…", "advice.dismiss")] if found else []),
        *([("Share to channel", "advice.share")] if data.get("is_private") and found else []),
        *([("What is left out…", "exclusion.list")] if data.get("exclusions") else []),
        ("Stage and thresholds…", "workload.settings"),
    ]
    return overflow((label, f"{action} {advice_id}") for label, action in entries)


def _has_trial(document: AdviceDocument, found: tuple[Choice, ...]) -> bool:
    """Whether there is anything left to try: a next trial, or a recommended pick that no run has verified."""
    best = next((choice for choice in found if choice.is_recommended), None)
    is_open = best is not None and not best.is_today and best.pick["evidence"] != "verified"
    return bool(found) and (document["next_trial"] is not None or is_open)


def approve_button(choice: Choice, advice_id: str, *, is_primary: bool) -> Element:
    """A button that approves `choice` under the first of its objectives, the recommended one if it is among them."""
    title = choice.title.lower()
    return {
        "label": "Approve" if len(choice.objectives) == _ALL else f"Approve {title}",
        "action": f"advice.approve.{choice.objective}",
        "value": advice_id,
        "style": "primary" if is_primary else None,
        "spoken": f"Approve {title}: {machines(choice.pick['configuration'])}",
    }


def why_button(advice_id: str) -> Element:
    """The button that asks for the story behind an advice."""
    return button("Why?", "advice.why", advice_id)


def _others(advice_id: str, found: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """Labels and values of the other picks, and of what comes near the recommended one: `<advice>:fallback:2`."""
    picks = [choice for choice in found if not choice.is_recommended and not choice.is_today]
    near = next((choice.pick["fallbacks"] for choice in found if choice.is_recommended), ())
    return [
        *((f"{it.title}: {in_a_menu(it.pick['configuration'])}", f"{advice_id}:{it.objective}") for it in picks),
        *((f"Nearly as good: {in_a_menu(it)}", f"{advice_id}:fallback:{place}") for place, it in enumerate(near)),
    ]
