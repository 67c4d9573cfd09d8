"""What a decision sets going: the hand-off of an approved configuration, the webhook, and the receipts to come."""

from bot.documents import HandOff
from bot.posts import Destination, Post
from bot.store import Scope, outbox, receipts
from bot.store.advices import StoredAdvice
from bot.store.decisions import Decision
from bot.usecases.following.handing import handed
from bot.usecases.following.receipts import promise, withdraw
from bot.usecases.following.threads import beside, thread_of
from bot.usecases.following.webhooks import notify
from bot.usecases.room import Room

__all__ = ["approved", "undone"]


def approved(room: Room, scope: Scope, advice: StoredAdvice, decision: Decision, destination: Destination) -> None:
    """Hand an approved configuration over, beside its card at `destination`; in the transaction that approves it.

    A workspace that uses none of the tools gets no hand-off, but receipts and its webhook all the same.
    """
    now = room.clock()
    if decision.configuration is None:
        return
    data: HandOff = {"about": advice.id, **handed(scope, advice.workload, decision.configuration), "why": "approved"}
    if data["parts"]:
        outbox.put(scope, Post(beside(destination), "handoff", data))
    promise(scope, advice, decision, destination)
    notify(scope, "decision.approved", advice, decision, now)


def undone(room: Room, scope: Scope, advice: StoredAdvice, decision: Decision) -> None:
    """Take back what the approval set going; in the transaction that undoes it.

    Said where everybody read the hand-off; whoever saw it alone sees the card open again.
    """
    now = room.clock()
    promised = receipts.of_advice(scope, advice.id)
    withdraw(scope, advice, now)
    notify(scope, "decision.undone", advice, decision, now)
    thread = thread_of(scope, advice.id, promised[0].document if promised else None, decision.decided_by)
    if thread.channel is not None:
        data = {"workload": advice.workload, "configuration": decision.configuration, "by": decision.decided_by}
        outbox.put(scope, Post(thread, "handoff_undone", data))
