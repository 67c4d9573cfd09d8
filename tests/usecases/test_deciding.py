"""People who decide about the findings of one digest at the same moment, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.posts import Destination, Post
from bot.store import Scope, Store, advices, deliveries, outbox
from bot.store.tables import OutboxRow
from bot.usecases.deciding.snoozing import snooze
from bot.usecases.requests import Click
from bot.usecases.room import Room

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM, CHANNEL, TS = "T1", "C1", "1.5"
PEOPLE = 8
PATIENCE_SECONDS = 0.5  # where transactions queue (SQLite), the first must not wait for the others


def keep_digest(store: Store) -> list[str]:
    """A digest that stands in the channel, with one finding a person; the ids of its advices."""
    ids = [f"advice-{number}" for number in range(PEOPLE)]
    with store.write(TEAM) as scope:
        for advice_id in ids:
            _keep_advice(scope, advice_id)
        findings = [{"advice_id": advice_id} for advice_id in ids]
        post_id = outbox.put(scope, Post(Destination(CHANNEL), "digest", {"findings": findings}), not_before=NOW)
    with store.across() as across:
        deliveries.claim(across, "me", NOW, 60)
        deliveries.mark_sent(across, post_id, "me", NOW, (CHANNEL, TS))
    return ids


def _keep_advice(scope: Scope, advice_id: str) -> None:
    versions = dict.fromkeys(("catalog_version", "model_version", "history_digest"), "v1")
    document: Any = {"workload": advice_id, "objectives": {}, **versions}
    times: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + timedelta(days=7)}
    advices.save(scope, advice_id, {}, document, asked_by=None, **times)


def snoozing(number: int, advice_id: str) -> Click:
    return Click(
        team_id=TEAM,
        user_id=f"U{number}",
        channel_id=CHANNEL,
        message_ts=TS,
        action_id="advice.snooze",
        value=f"{advice_id}:month",
    )


def drawn(store: Store) -> list[dict[str, str]]:
    """Who decided what, in each drawing of the digest, oldest first."""
    with store.read(TEAM) as scope:
        rows = scope.scalars(select(OutboxRow).order_by(col(OutboxRow.position))).all()
    return [
        {found["advice_id"]: found["decision"]["by"] for found in row.data["findings"] if found.get("decision")}
        for row in rows
    ]


def together(find: Callable[..., Any], barrier: Barrier, *arguments: Any, **options: Any) -> Any:
    """`find`, once everybody has decided and nobody has committed."""
    with suppress(BrokenBarrierError):
        barrier.wait(PATIENCE_SECONDS)
    return find(*arguments, **options)


def test_the_last_drawing_of_a_digest_shows_what_everybody_decided(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = keep_digest(store)
    room = Room(store, clock=lambda: NOW)
    monkeypatch.setattr(outbox, "post_at", partial(together, outbox.post_at, Barrier(PEOPLE)))
    with ThreadPoolExecutor(PEOPLE) as threads:
        list(threads.map(partial(snooze, room), map(snoozing, range(PEOPLE), ids)))
    drawings = drawn(store)
    assert [len(decided) for decided in drawings] == list(range(PEOPLE + 1))
    assert drawings[-1] == {advice_id: f"U{number}" for number, advice_id in enumerate(ids)}
