"""What happens after a decision: time passes, runs arrive, and the jobs look at what is due."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.jobs.receipts import Receipts
from bot.local.workspace import ADMINISTRATOR, CHANNEL, PostedMessage
from bot.store import receipts, trials
from bot.store.receipts import Receipt
from bot.store.trials import Trial
from engine import Run
from tests.scenarios.deciding_story import open_modal
from tests.scenarios.workspace_story import Story, blocks_text, keep_runs, runs

__all__ = ["arrive", "look", "plan_trial", "promised", "runs_on", "thread_of", "trials_of", "wait"]


async def look(told: Story) -> int:
    """Every worker's round of receipts and trials; how many were settled."""
    settled = await Receipts(told.bot.room).look_once()
    await told.settle()
    return settled


async def wait(told: Story, days: float) -> int:
    """Let days pass, then look."""
    told.clock.ahead += timedelta(days=days)
    return await look(told)


def runs_on(
    told: Story, configuration: Any, units_per_hour: float, count: int = 5, *, name: str = "after", **changes: Any
) -> list[Run]:
    """One-hour runs on `configuration`, the first an hour from now; the clock is wound on past the last."""
    rented = ("accelerator", "accelerator_count", "node_count", "provider", "region", "instance_type")
    columns = {column: configuration[column] for column in rented} | {"precision": None, "units": units_per_hour}
    made = []
    for number, run in enumerate(runs(count=count, **columns, **changes)):
        start = told.clock() + timedelta(hours=1 + number)
        made.append(_moved(run, f"{name}-{number}", start))
    told.clock.ahead += timedelta(hours=count + 2)
    return made


def _moved(run: Run, run_id: str, start: Any) -> Run:
    fields = {field: getattr(run, field) for field in Run.__slots__}
    return Run(**fields | {"run_id": run_id, "started_at": start, "ended_at": start + timedelta(hours=1)})


def arrive(told: Story, made: Sequence[Run]) -> None:
    """Import runs, which teaches the model."""
    keep_runs(told.bot.store, told.team_id, made)


def thread_of(told: Story, card: PostedMessage) -> list[str]:
    """What was said in the thread of a card, as text."""
    return [blocks_text(it) for it in told.slack.messages(CHANNEL) if it.thread_ts == card.ts]


def promised(told: Story, advice_id: str) -> list[Receipt]:
    """The receipts of an advice by when they fall due."""
    with told.bot.store.read(told.team_id) as scope:
        return receipts.of_advice(scope, advice_id)


def trials_of(told: Story) -> list[Trial]:
    """The trials that are to be made."""
    with told.bot.store.read(told.team_id) as scope:
        return trials.planned(scope)


async def plan_trial(
    told: Story,
    card: PostedMessage,
    *,
    by: str = ADMINISTRATOR.id,
    runner: str = ADMINISTRATOR.id,
    until: str | None = None,
) -> dict[str, str]:
    """Press Try first, fill in the form and submit it; what the form said was wrong, by box."""
    view = await open_modal(told, card, "advice.try", by)
    day = until or (told.clock() + timedelta(days=7)).date().isoformat()
    boxes = {
        "runner": {"chosen": {"type": "users_select", "selected_user": runner}},
        "until": {"chosen": {"type": "datepicker", "selected_date": day}},
    }
    ack = await told.hands.submit(view, boxes)
    assert ack.is_ok
    await told.settle()
    return dict((ack.answer() or {}).get("errors", {}))
