"""What a decision sets going: the hand-off of an approved configuration, the webhook, and the receipts to come."""

from bot.posts import Destination
from bot.store import Scope
from bot.store.advices import StoredAdvice
from bot.store.decisions import Decision
from bot.usecases.room import Room

__all__ = ["approved", "undone"]


def approved(room: Room, scope: Scope, advice: StoredAdvice, decision: Decision, destination: Destination) -> None:
    """Hand an approved configuration over, beside its card at `destination`; in the transaction that approves it."""


def undone(room: Room, scope: Scope, advice: StoredAdvice, decision: Decision) -> None:
    """Take back what the approval set going; in the transaction that undoes it."""
