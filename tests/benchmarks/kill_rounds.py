"""Kill digest workers 50 times at random points, on both databases, and count what the fake Slack shows.

Run it as `python -m tests.benchmarks.kill_rounds [SEED]`; it takes about ten minutes and exits 1 when a digest was lost
or doubled. The small version runs with the tests (tests/scenarios/test_kill.py).
"""

import logging
import sys
import tempfile

from bot.store import Store
from tests.postgres_server import postgres
from tests.scenarios.killing import TROUBLE, Plan, Tally, play


def main() -> None:
    """Play both databases and say what became of the digests."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # it reports every connection that the fake Slack resets
    plan = Plan(rounds=10, kills=5, workers=2, round_seconds=4.0, seed=int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    with tempfile.TemporaryDirectory() as folder:
        is_well = _played("SQLite", f"sqlite:///{folder}/kill.db", plan)
    with postgres() as address:
        is_well &= _played("PostgreSQL", address.replace("postgresql://", "postgresql+psycopg://"), plan)
    sys.exit(0 if is_well else 1)


def _played(name: str, database_url: str, plan: Plan) -> bool:
    store = Store(database_url)
    store.migrate()
    store.close()
    tally = play(database_url, plan)
    sys.stdout.write(f"{name}: {_words(tally, plan)}\n")
    sys.stdout.flush()
    return not tally.lost and not tally.doubled


def _words(tally: Tally, plan: Plan) -> str:
    return (
        f"{tally.kills} kills of {plan.workers} workers, {tally.digests} digests, {len(tally.lost)} lost, "
        f"{len(tally.doubled)} doubled, {tally.skipped} skipped, {tally.dead} dead letters; "
        f"{tally.in_doubt} sendings in doubt; {tally.calls} calls to Slack, {TROUBLE:.0%} of them in trouble; "
        f"{tally.seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
