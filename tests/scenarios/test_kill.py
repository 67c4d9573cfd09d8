"""Workers that are killed in the middle of a digest round: nothing is lost, nothing is said twice."""

from tests.scenarios.killing import CHANNELS, Plan, play


def test_killing_workers_neither_loses_nor_doubles_a_digest(database_url: str) -> None:
    tally = play(database_url, Plan(rounds=1, kills=6, workers=2, round_seconds=2.0, seed=1))
    assert tally.lost == []
    assert tally.doubled == []
    assert (tally.kills, tally.digests, tally.skipped, tally.dead) == (6, CHANNELS, 0, 0)
