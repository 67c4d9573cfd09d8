"""The card of a finding, as asking for its workload would give it; and the advice of a row, made when it is wanted."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from bot.posts import Post
from bot.store import Scope, advices, charts, outbox, workloads
from bot.store.advices import StoredAdvice
from bot.usecases.asking.advise import STANDS_FOR, answer
from bot.usecases.asking.reading import Question
from bot.usecases.deciding import excluding
from bot.usecases.deciding.standing import refuse, standing_card
from bot.usecases.digests.rows import rows_of
from bot.usecases.requests import Click
from bot.usecases.room import Room
from engine import Advice, AdviceDocument, Workload, as_document

__all__ = ["advice_of", "keep", "show"]

_Frontier: TypeAlias = Sequence[tuple[float, float]]


def show(room: Room, click: Click, request_id: str) -> None:
    """Post the card of the advice that `click.value` names to the clicker alone; it can be shared from there.

    A survey computes no frontier, so what the chart shows behind the picks is computed now, once.
    """
    frontier = _frontier(room, click.team_id, click.value)
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value)
        if advice is None:
            refuse(scope, click.in_private, "unknown_advice")
            return
        if frontier is not None:
            charts.put(scope, advice.id, frontier)
        data = {**standing_card(scope, advice, room.clock()), "is_private": True}
        outbox.put(scope, Post(click.in_private, "advice", data), advice_id=advice.id)


def keep(scope: Scope, advice_id: str, document: AdviceDocument, now: datetime) -> None:
    """Store the advice behind a finding, open for a decision. Nobody asked for it in particular."""
    name = document["workload"]
    left_out = excluding.as_documents(scope, name)
    request = {"asked": name, "workload": as_document(Workload(name)), "exclusions": left_out}
    advices.save(scope, advice_id, request, document, asked_by=None, created_at=now, expires_at=now + STANDS_FOR)


def advice_of(room: Room, team_id: str, digest_id: str, place: int) -> str | None:
    """The id of the advice of a digest's row, answered now where nobody has wanted it before; None: there is none.

    Its id follows from the row's, so that two people who want it at once share one advice.
    """
    with room.store.read(team_id) as scope:
        post = outbox.get(scope, digest_id)
        rows = rows_of(post.data) if post is not None and post.view == "digest" else ()
        row = rows[place] if 0 <= place < len(rows) else None
        advice_id = f"{digest_id}.{place}" if row is None else row.advice_id or f"{digest_id}.{place}"
        is_kept = advices.get(scope, advice_id) is not None
    if row is None or is_kept:
        return advice_id if is_kept else None
    found = answer(room, team_id, Question(row.workload, Workload(row.workload)))
    if not isinstance(found, Advice):
        return None
    with room.store.write(team_id) as scope:
        keep(scope, advice_id, as_document(found), room.clock())
        charts.put(scope, advice_id, _points(found))
    return advice_id


def _frontier(room: Room, team_id: str, advice_id: str) -> _Frontier | None:
    """What was reachable when an advice was given; None where that is kept already, or there is no chart.

    Empty where prices or history have moved since: what is reachable today does not belong around those picks.
    """
    with room.store.read(team_id) as scope:
        advice = advices.get(scope, advice_id)
        if advice is None or charts.get(scope, advice_id) is not None:
            return None
    question = Question(advice.workload, workloads.read_asked(advice.request["workload"]))
    found = answer(room, team_id, question)
    if isinstance(found, Advice) and _versions(found) == _versions(advice):
        return _points(found) or None
    return () if advice.document["recommended"] else None


def _versions(advice: Advice | StoredAdvice) -> tuple[str, str, str]:
    return (advice.catalog_version, advice.model_version, advice.history_digest)


def _points(advice: Advice) -> _Frontier:
    return [(point.seconds_per_unit, point.usd_per_unit) for point in advice.frontier]
