"""Deliveries to a workspace's webhook, on both databases: signed, once where all goes well, and never lost."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.jobs.webhook_client import NotAllowed, Unreachable
from bot.jobs.webhooks import Webhooks
from bot.local.workspace import TEAM_ID
from bot.store import Store, webhooks
from bot.store.webhooks import Delivery
from bot.usecases.following.webhooks import new_secret, recent, refused, signature
from bot.usecases.room import Room
from bot.usecases.workspace.preferences import Preferences, change
from bot.vault import NoKeys, Vault
from tests.jobs.clocks import Clock

URL = "https://hooks.example.com/gpu-advise"
VAULT = Vault([Fernet.generate_key().decode()])
SECRET, SEALED = new_secret(VAULT)
DAY = 24 * 3600.0


class Receiver:
    """Notes what it is sent; answers what it is told to, in turn, the last for ever."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, dict[str, str]]] = []

    async def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.sent.append((url, body.decode(), dict(headers)))
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(store: Store, clock: Clock) -> Room:
    """A workspace with a webhook."""
    configure(store, webhook_url=URL, webhook_secret=SEALED)
    return Room(store, clock=clock, vault=VAULT)


def configure(store: Store, **wanted: Any) -> None:
    with store.write(TEAM_ID) as scope:
        change(scope, Preferences(**wanted))


def put(room: Room, *ids: str) -> None:
    with room.store.write(TEAM_ID) as scope:
        for each in ids:
            webhooks.put(scope, each, "decision.approved", json.dumps({"id": each}), URL, room.clock())


def log(room: Room) -> dict[str, Delivery]:
    with room.store.read(TEAM_ID) as scope:
        return {each.id: each for each in webhooks.recent(scope)}


async def test_a_delivery_is_signed_over_its_time_and_its_body(room: Room) -> None:
    put(room, "d1")
    receiver = Receiver(204)
    assert await Webhooks(room, receiver).drain_once() == 1
    ((url, body, headers),) = receiver.sent
    assert (url, body, headers["X-Gpu-Advise-Id"]) == (URL, '{"id": "d1"}', "d1")
    assert headers["X-Gpu-Advise-Signature"] == signature(SECRET, headers["X-Gpu-Advise-Timestamp"], body)
    assert (log(room)["d1"].state, log(room)["d1"].status) == ("sent", 204)
    assert await Webhooks(room, receiver).drain_once() == 0


async def test_a_receiver_that_does_as_the_document_says_knows_what_is_genuine(room: Room, clock: Clock) -> None:
    clock.advance(-3600)  # the receiver goes by the time of its day
    page = (Path(__file__).parents[2] / "docs" / "after-a-decision.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own page
    put(room, "d1")
    receiver = Receiver(204)
    await Webhooks(room, receiver).drain_once()
    ((_, body, headers),) = receiver.sent
    assert names["is_genuine"](SECRET, headers, body.encode())
    assert not names["is_genuine"](SECRET, headers, body.encode() + b" ")
    assert not names["is_genuine"]("whsec_other", headers, body.encode())
    stale = {**headers, "X-Gpu-Advise-Timestamp": "1764579600"}
    stale["X-Gpu-Advise-Signature"] = signature(SECRET, stale["X-Gpu-Advise-Timestamp"], body)
    assert not names["is_genuine"](SECRET, stale, body.encode())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 301, 302, 307])
async def test_a_final_refusal_is_a_dead_letter_at_once(room: Room, status: int) -> None:
    put(room, "d1")
    await Webhooks(room, Receiver(status)).drain_once()
    dead = log(room)["d1"]
    assert (dead.state, dead.status, dead.attempts) == ("dead", status, 1)
    assert str(status) in (dead.error or "")


@pytest.mark.parametrize("trouble", [408, 425, 429, 500, 503, Unreachable("no answer in 10 s")])
async def test_what_may_pass_is_tried_again_later_with_the_same_id(
    room: Room, clock: Clock, trouble: int | Exception
) -> None:
    put(room, "d1")
    receiver = Receiver(trouble, 200)
    sender = Webhooks(room, receiver)
    await sender.drain_once()
    assert log(room)["d1"].state == "waiting"
    assert await sender.drain_once() == 0
    clock.advance(6)
    assert await sender.drain_once() == 1
    assert log(room)["d1"].state == "sent"
    first, second = receiver.sent
    assert first[2]["X-Gpu-Advise-Id"] == second[2]["X-Gpu-Advise-Id"]
    assert first[2]["X-Gpu-Advise-Signature"] != second[2]["X-Gpu-Advise-Signature"]


async def test_a_receiver_that_is_away_for_a_day_is_given_up(room: Room, clock: Clock) -> None:
    put(room, "d1")
    receiver = Receiver(503)
    sender = Webhooks(room, receiver)
    for _ in range(60):
        await sender.drain_once()
        clock.advance(3600)
        if log(room)["d1"].state == "dead":
            break
    assert log(room)["d1"].state == "dead"
    assert 20 <= len(receiver.sent) <= 30
    with room.store.read(TEAM_ID) as scope:
        assert webhooks.counts(scope)["dead"] == 1


async def test_an_address_that_must_not_be_sent_to_is_dead_at_once_and_says_why(room: Room) -> None:
    put(room, "d1")
    await Webhooks(room, Receiver(NotAllowed("10.0.0.1 is not a public address"))).drain_once()
    assert log(room)["d1"].state == "dead"
    assert "10.0.0.1" in (log(room)["d1"].error or "")


async def test_two_processes_deliver_each_once(room: Room) -> None:
    put(room, *(f"d{number}" for number in range(8)))
    receiver = Receiver(200)
    both = [Webhooks(room, receiver), Webhooks(room, receiver)]
    while sum(await asyncio.gather(*(each.drain_once() for each in both))):
        pass
    assert sorted(body for _, body, _ in receiver.sent) == sorted(f'{{"id": "d{n}"}}' for n in range(8))


async def test_what_a_dead_process_took_is_delivered_after_its_lease(room: Room, clock: Clock) -> None:
    put(room, "d1")
    with room.store.across() as across:
        assert webhooks.claim(across, "gone", clock(), 60.0)
    receiver = Receiver(200)
    assert await Webhooks(room, receiver).drain_once() == 0
    clock.advance(61)
    assert await Webhooks(room, receiver).drain_once() == 1
    assert log(room)["d1"].attempts == 2
    with room.store.across() as across:
        assert not webhooks.mark_dead(across, "d1", "gone", clock(), None, "too late")


async def test_a_webhook_that_was_taken_back_is_sent_to_no_more(room: Room) -> None:
    put(room, "d1")
    configure(room.store)
    receiver = Receiver(200)
    await Webhooks(room, receiver).drain_once()
    assert not receiver.sent
    assert log(room)["d1"].state == "dead"


async def test_a_new_address_gets_what_still_waits_for_the_old_one(room: Room) -> None:
    put(room, "d1")
    configure(room.store, webhook_url="https://new.example.com/", webhook_secret=SEALED)
    receiver = Receiver(200)
    await Webhooks(room, receiver).drain_once()
    assert receiver.sent[0][0] == log(room)["d1"].url == "https://new.example.com/"


async def test_nothing_is_sent_unsigned(store: Store, clock: Clock) -> None:
    configure(store, webhook_url=URL, webhook_secret=SEALED)
    room = Room(store, clock=clock, vault=Vault([Fernet.generate_key().decode()]))
    put(room, "d1")
    receiver = Receiver(200)
    await Webhooks(room, receiver).drain_once()
    assert not receiver.sent
    assert log(room)["d1"].state == "dead"


async def test_a_dead_letter_can_be_sent_again(room: Room) -> None:
    put(room, "d1")
    receiver = Receiver(404, 200)
    await Webhooks(room, receiver).drain_once()
    with room.store.write(TEAM_ID) as scope:
        assert webhooks.send_again(scope, "d1", room.clock())
        assert not webhooks.send_again(scope, "d1", room.clock())
    await Webhooks(room, receiver).drain_once()
    assert log(room)["d1"].state == "sent"


async def test_the_log_shows_what_became_of_each_and_only_the_host_of_the_address(room: Room, clock: Clock) -> None:
    put(room, "d1")
    await Webhooks(room, Receiver(200)).drain_once()
    clock.advance(1)
    put(room, "d2")
    await Webhooks(room, Receiver(500)).drain_once()
    with room.store.read(TEAM_ID) as scope:
        newest, oldest = recent(scope)
    assert (newest["id"], newest["state"], newest["status"]) == ("d2", "waiting", 500)
    assert newest["next_at"] is not None
    assert (oldest["id"], oldest["state"], oldest["host"]) == ("d1", "sent", "hooks.example.com")
    assert "/gpu-advise" not in json.dumps(newest)


def test_the_log_of_another_workspace_is_not_seen(room: Room) -> None:
    put(room, "d1")
    with room.store.read("T0OTHER") as scope:
        assert not recent(scope)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://",
        "hooks.example.com",
        "https://a b/",
        "https://user:word@example.com/",
        "https://example.com/#part",
        "javascript:alert(1)",
        "https://example.com:0/",
        "https://example.com:http/",
        "https://exämple.com/",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_an_address_that_cannot_be_is_refused_in_words(url: str) -> None:
    assert refused(url, VAULT)


def test_a_good_address_is_taken_and_plain_http_only_where_it_is_local() -> None:
    assert refused(URL, VAULT) is None
    assert refused("http://127.0.0.1:8000/", VAULT)
    assert refused("http://127.0.0.1:8000/", VAULT, is_local_allowed=True) is None


def test_without_keys_no_webhook_can_be_set() -> None:
    assert "GPU_ADVISE_SECRET_KEYS" in (refused(URL, Vault()) or "")
    with pytest.raises(NoKeys):
        new_secret(Vault())


def test_a_secret_is_fresh_and_kept_sealed() -> None:
    shown, sealed = new_secret(VAULT)
    assert shown not in sealed
    assert VAULT.open(sealed) == shown != SECRET


async def test_a_workspace_with_many_deliveries_keeps_no_other_waiting(store: Store, clock: Clock) -> None:
    for team_id, number in (("T1", 30), ("T2", 2)):
        with store.write(team_id) as scope:
            for each in range(number):
                webhooks.put(scope, f"{team_id}-{each:02}", "decision.approved", "{}", URL, clock())
        clock.advance(1)
    with store.across() as across:
        taken = [each.id for each in webhooks.claim(across, "me", clock(), 60.0, limit=6)]
    assert sorted(taken) == ["T1-00", "T1-01", "T1-02", "T1-03", "T2-00", "T2-01"]
