"""What is written to the outbox leaves it once, in order, through whoever claims it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from bot.posts import Destination, Post
from bot.store import Store, deliveries, outbox
from bot.store.deliveries import ClaimedPost
from bot.store.outbox import SentMessage
from tests.store.store_samples import HOUR, NOW, a_post, save_advice

SECOND = timedelta(seconds=1)
LEASE = 30.0
LATER = datetime.now(NOW.tzinfo) + HOUR
"""After anything that is due at once: updates are due when they are written."""


def put(store: Store, post: Post, team_id: str = "T1", advice_id: str | None = None) -> str:
    with store.write(team_id) as scope:
        return outbox.put(scope, post, advice_id=advice_id, not_before=NOW)


def claim(
    store: Store, owner: str = "me", now: datetime = NOW, limit: int = 10, spacing: float = 0.0
) -> list[ClaimedPost]:
    with store.across() as scope:
        return deliveries.claim(scope, owner, now, LEASE, limit, spacing)


def sent(store: Store, post_id: str, owner: str = "me", now: datetime = NOW, ts: str | None = "1.1") -> bool:
    with store.across() as scope:
        return deliveries.mark_sent(scope, post_id, owner, now, None if ts is None else ("C1", ts))


def retried(store: Store, post_id: str, at: datetime, *, is_doubtful: bool = False, owner: str = "me") -> bool:
    with store.across() as scope:
        return deliveries.mark_retry(scope, post_id, owner, at, "http 503", is_doubtful=is_doubtful)


def died(store: Store, post_id: str, owner: str = "me") -> bool:
    with store.across() as scope:
        return deliveries.mark_dead(scope, post_id, owner, NOW, "channel_not_found")


def ids(posts: Sequence[ClaimedPost]) -> list[str]:
    return [post.id for post in posts]


def counts(store: Store, team_id: str = "T1") -> dict[str, int]:
    with store.read(team_id) as scope:
        return {state: count for state, count in outbox.counts(scope).items() if count}


def test_a_post_comes_out_as_it_went_in(store: Store) -> None:
    post = Post(Destination("C1", "U1", "9.9", None, None, is_private=True), "advice", {"rows": [1, 2.5, None, "ä"]})
    post_id = put(store, post, team_id="T7", advice_id="a1")
    (claimed,) = claim(store)
    assert (claimed.id, claimed.team_id, claimed.post, claimed.advice_id) == (post_id, "T7", post, "a1")
    assert (claimed.attempts, claimed.doubts) == (1, 0)
    assert claimed.leased_until == NOW + timedelta(seconds=LEASE)


def test_posts_of_every_workspace_are_claimed(store: Store) -> None:
    both = {put(store, a_post(), team_id) for team_id in ("T1", "T2")}
    assert set(ids(claim(store))) == both


def test_a_claimed_post_is_claimed_by_nobody_else(store: Store) -> None:
    put(store, a_post())
    assert len(claim(store)) == 1
    assert claim(store, "another") == []


def test_a_post_waits_for_its_time(store: Store) -> None:
    with store.write("T1") as scope:
        outbox.put(scope, a_post(), not_before=NOW + HOUR)
    assert claim(store) == []
    assert len(claim(store, now=NOW + HOUR)) == 1


def test_no_more_posts_are_claimed_than_asked_for(store: Store) -> None:
    oldest = [put(store, a_post(f"C{number}")) for number in range(5)]
    assert ids(claim(store, limit=3)) == oldest[:3]
    assert ids(claim(store, limit=3)) == oldest[3:]


def test_posts_of_one_channel_leave_one_after_the_other(store: Store) -> None:
    first, second, third = (put(store, a_post()) for _ in range(3))
    assert ids(claim(store)) == [first]
    assert claim(store) == []
    sent(store, first)
    assert ids(claim(store)) == [second]
    sent(store, second)
    assert ids(claim(store)) == [third]


def test_the_same_channel_id_in_two_workspaces_is_two_channels(store: Store) -> None:
    for team_id in ("T1", "T2"):
        put(store, a_post("C1"), team_id)
    assert len(claim(store)) == 2


def test_direct_messages_to_one_person_keep_their_order(store: Store) -> None:
    first, _ = (put(store, Post(Destination(user="U1"), "help", {})) for _ in range(2))
    assert ids(claim(store)) == [first]


def test_answers_to_a_response_url_wait_for_nobody(store: Store) -> None:
    where = Destination(channel="C1", response_url="https://hooks.example/1")
    put(store, a_post("C1"))
    for _ in range(2):
        put(store, Post(where, "help", {}))
    assert len(claim(store)) == 3


def test_a_channel_rests_between_two_posts(store: Store) -> None:
    first, second = put(store, a_post()), put(store, a_post())
    elsewhere = put(store, a_post("C2"))
    claim(store, limit=1)
    sent(store, first, now=NOW)
    assert ids(claim(store, now=NOW + 0.9 * SECOND, spacing=1.0)) == [elsewhere]
    assert ids(claim(store, now=NOW + SECOND, spacing=1.0)) == [second]


def test_a_sent_post_is_done(store: Store) -> None:
    post_id = put(store, a_post())
    claim(store)
    assert sent(store, post_id)
    assert claim(store, now=NOW + HOUR) == []
    assert counts(store) == {"sent": 1}


def test_a_retried_post_comes_back_at_its_time(store: Store) -> None:
    post_id = put(store, a_post())
    claim(store)
    assert retried(store, post_id, NOW + 5 * SECOND)
    assert claim(store, now=NOW + 4 * SECOND) == []
    (again,) = claim(store, now=NOW + 5 * SECOND)
    assert (again.attempts, again.doubts) == (2, 0)


def test_a_retried_post_holds_its_channel_back(store: Store) -> None:
    first, second = put(store, a_post()), put(store, a_post())
    claim(store)
    retried(store, first, NOW + HOUR)
    assert claim(store) == []
    assert second not in ids(claim(store, now=NOW + HOUR))


def test_doubts_are_counted_and_definite_refusals_neither_add_nor_take_one_away(store: Store) -> None:
    post_id = put(store, a_post())
    seen = []
    for is_doubtful in (True, False, True, False):
        seen += [post.doubts for post in claim(store)]
        retried(store, post_id, NOW, is_doubtful=is_doubtful)
    assert seen == [0, 1, 1, 2]


def test_a_post_whose_sender_died_is_claimed_again_with_a_doubt(store: Store) -> None:
    post_id = put(store, a_post())
    claim(store, "dead")
    assert claim(store, now=NOW + (LEASE - 1) * SECOND) == []
    (again,) = claim(store, "alive", now=NOW + LEASE * SECOND)
    assert (again.id, again.doubts, again.attempts) == (post_id, 1, 2)


def test_a_sender_that_lost_its_lease_decides_nothing(store: Store) -> None:
    post_id = put(store, a_post())
    claim(store, "slow")
    claim(store, "quick", now=NOW + HOUR)
    assert not sent(store, post_id, "slow")
    assert not retried(store, post_id, NOW, owner="slow")
    assert not died(store, post_id, "slow")
    assert sent(store, post_id, "quick")


def test_a_finished_post_is_not_finished_twice(store: Store) -> None:
    post_id = put(store, a_post())
    claim(store)
    assert sent(store, post_id)
    assert not sent(store, post_id)
    assert not died(store, post_id)


def test_a_dead_post_is_counted_and_lets_its_channel_go_on(store: Store) -> None:
    first, second = put(store, a_post()), put(store, a_post())
    claim(store)
    assert died(store, first)
    assert counts(store) == {"waiting": 1, "dead": 1}
    assert ids(claim(store)) == [second]


def test_a_workspace_s_waiting_posts_are_given_up_together(store: Store) -> None:
    leaving, sending = put(store, a_post("C1")), put(store, a_post("C2"))
    put(store, a_post("C3"), "T2")
    retried(store, next(post.id for post in claim(store) if post.id == leaving), NOW)
    with store.write("T1") as scope:
        assert outbox.give_up(scope, NOW, "they left") == 1
    assert counts(store) == {"dead": 1, "sending": 1}
    assert counts(store, "T2") == {"sending": 1}
    assert sent(store, sending)  # whoever is sending it learns what becomes of it
    assert claim(store, now=NOW + HOUR) != []  # the other workspace's, whose sender fell silent


def test_counts_name_every_state(store: Store) -> None:
    with store.read("T1") as scope:
        assert outbox.counts(scope) == {"waiting": 0, "sending": 0, "sent": 0, "skipped": 0, "dead": 0}


def test_many_senders_at_once_claim_each_post_once(store: Store) -> None:
    posts = {put(store, a_post(f"C{number}")) for number in range(40)}
    with ThreadPoolExecutor(8) as threads:
        claimed = [post for found in threads.map(lambda n: claim(store, f"s{n}", limit=7), range(8)) for post in found]
    assert len(ids(claimed)) == len(set(ids(claimed)))
    rest = claim(store, "late", limit=100)
    assert set(ids(claimed)) | set(ids(rest)) == posts


def test_the_copies_of_a_card_are_where_it_was_sent(store: Store) -> None:
    for channel in ("C1", "C2"):
        put(store, a_post(channel), advice_id="a1")
    put(store, a_post("C3"), advice_id="another")
    for number, post in enumerate(claim(store)):
        with store.across() as scope:
            deliveries.mark_sent(scope, post.id, "me", NOW, (str(post.post.destination.channel), f"1.{number}"))
    with store.read("T1") as scope:
        assert outbox.sent_messages(scope, "a1") == [SentMessage("C1", "1.0"), SentMessage("C2", "1.1")]
        assert outbox.sent_messages(scope, "unknown") == []


def test_an_ephemeral_copy_is_no_message_to_update(store: Store) -> None:
    put(store, Post(Destination("C1", "U1", is_private=True), "advice", {}), advice_id="a1")
    sent(store, claim(store)[0].id, ts=None)
    with store.write("T1") as scope:
        assert outbox.sent_messages(scope, "a1") == []
        assert outbox.update_copies(scope, "a1", "advice", {"state": "approved"}) == 0


def test_a_copy_that_was_sent_is_updated_in_its_place(store: Store) -> None:
    put(store, a_post(), advice_id="a1")
    sent(store, claim(store)[0].id, ts="1.5")
    with store.write("T1") as scope:
        assert outbox.update_copies(scope, "a1", "advice", {"state": "approved"}) == 1
    (update,) = claim(store, now=NOW + HOUR * 24 * 365 * 99)
    assert update.post.data == {"state": "approved"}
    assert (update.post.destination.channel, update.post.destination.update_ts) == ("C1", "1.5")


def test_a_copy_that_is_still_to_be_sent_is_updated_after_it(store: Store) -> None:
    original = put(store, a_post(), advice_id="a1")
    late = NOW + HOUR * 24 * 365 * 99
    with store.write("T1") as scope:
        assert outbox.update_copies(scope, "a1", "advice", {"state": "approved"}) == 1
    assert ids(claim(store, now=late)) == [original]
    sent(store, original, ts="1.7")
    (update,) = claim(store, now=late)
    assert update.post.destination.update_ts == "1.7"


def test_the_updates_of_one_copy_leave_in_their_order_however_it_was_sent(store: Store) -> None:
    answer = Post(Destination("C1", response_url="https://hooks.example/1"), "advice", {})
    with store.write("T1") as scope:
        save_advice(scope)
    original = put(store, answer, advice_id="advice-1")
    assert claim(store)
    sent(store, original)
    with store.write("T1") as scope:
        for state in ("open", "approved"):
            outbox.update_copies(scope, "advice-1", "advice", {"state": state})
    [first] = claim(store, now=LATER)
    assert first.post.data == {"state": "open"}
    assert claim(store, now=LATER) == []
    sent(store, first.id, now=LATER)
    assert [it.post.data for it in claim(store, now=LATER)] == [{"state": "approved"}]


def test_what_replaces_an_ephemeral_message_leaves_in_its_order(store: Store) -> None:
    there = Destination("C1", "U1", response_url="https://hooks.example/1", update_ts="1.5", is_private=True)
    first, second = (put(store, Post(there, "advice", {"state": state})) for state in ("open", "approved"))
    assert [it.id for it in claim(store)] == [first]
    sent(store, first, ts=None)
    assert [it.id for it in claim(store)] == [second]


def test_the_update_of_a_copy_that_was_never_sent_is_skipped(store: Store) -> None:
    original = put(store, a_post(), advice_id="a1")
    with store.write("T1") as scope:
        outbox.update_copies(scope, "a1", "advice", {})
    late = NOW + HOUR * 24 * 365 * 99
    claim(store, now=late)
    died(store, original)
    assert claim(store, now=late) == []
    assert counts(store) == {"dead": 1, "skipped": 1}


def test_an_updated_card_has_still_one_copy(store: Store) -> None:
    put(store, a_post(), advice_id="a1")
    late = NOW + HOUR * 24 * 365 * 99
    sent(store, claim(store)[0].id, ts="1.5")
    for _ in range(2):
        with store.write("T1") as scope:
            assert outbox.update_copies(scope, "a1", "advice", {}) == 1
        sent(store, claim(store, now=late)[0].id, now=late, ts="1.5")
    with store.read("T1") as scope:
        assert outbox.sent_messages(scope, "a1") == [SentMessage("C1", "1.5")]


def test_copies_of_another_workspace_are_left_alone(store: Store) -> None:
    put(store, a_post(), "T2", advice_id="a1")
    with store.write("T1") as scope:
        save_advice(scope, "a1")
        assert outbox.update_copies(scope, "a1", "advice", {}) == 0


@pytest.mark.parametrize("text", ["<!channel>", "\u202e", "💥" * 500, "a\u0000b", "half a pair: \ud83d"])
def test_any_text_survives_in_the_data(store: Store, text: str) -> None:
    put(store, a_post(text=text))
    assert claim(store)[0].post.data == {"text": text}


def test_what_is_no_json_is_refused(store: Store) -> None:
    with pytest.raises((StatementError, ValueError), match="not JSON compliant"):
        put(store, a_post(number=float("nan")))


def test_the_last_of_a_view_comes_first_without_what_replaced_it_or_was_given_up(store: Store) -> None:
    first, _, dead = [put(store, a_post(f"C{number}", "digest", n=number)) for number in range(3)]
    put(store, a_post("C4", "advice"))
    put(store, a_post("C5", "digest"), team_id="T2")
    claim(store)
    assert died(store, dead)
    with store.write("T1") as scope:
        outbox.put(scope, a_post("C0", "digest", n=9), updates_id=first)
    with store.read("T1") as scope:
        assert [post.data["n"] for post in outbox.latest(scope, "digest", 5)] == [1, 0]
        assert [post.data["n"] for post in outbox.latest(scope, "digest", 1)] == [1]
