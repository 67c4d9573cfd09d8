"""What the processes do that the fault tests let compete and kill."""

from multiprocessing.connection import Connection

from bot.store import Store, history, inbox, outbox
from bot.store.inbox import Request
from tests.store.store_samples import NOW, a_post, a_run

__all__ = ["LEASE_SECONDS", "do", "work"]

LEASE_SECONDS = 60.0


def work(database_url: str, name: str, rounds: int, report: Connection) -> None:
    """Take down `rounds` requests and do each; report the number of each that is done."""
    store = Store(database_url)
    for number in range(rounds):
        body = {"number": number}
        with store.write("T1") as scope:
            request_id = inbox.put(
                scope, f"{name}-{number}", name, body, owner=name, now=NOW, lease_seconds=LEASE_SECONDS
            )
        do(store, Request(str(request_id), "T1", name, body, attempts=1))
        report.send(number)
    store.close()


def do(store: Store, request: Request) -> None:
    """One transaction that must be there as a whole or not at all: the settled request, its run, its post."""
    with store.write("T1", settles=request.id) as scope:
        history.add_runs(scope, request.kind, [a_run(request.body["number"])])
        outbox.put(scope, a_post(request.kind), not_before=NOW)
