import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.signatures import WINDOW_SECONDS, Replays, is_signed, sign

SECRET = b"8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_531_420_618.0


def test_the_example_of_slack_s_documentation_is_signed_as_it_says() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(SECRET, b"1531420618", body) == expected
    assert is_signed(SECRET, b"1531420618", expected, body, NOW)


@given(st.binary(), st.integers(-WINDOW_SECONDS, WINDOW_SECONDS))
def test_whatever_is_signed_within_five_minutes_is_believed(body: bytes, age: int) -> None:
    timestamp = b"%d" % (NOW + age)
    assert is_signed(SECRET, timestamp, sign(SECRET, timestamp, body), body, NOW)


@given(st.binary(), st.integers(WINDOW_SECONDS + 1, 10**8), st.sampled_from([-1, 1]))
def test_nothing_older_or_from_the_future_is_believed(body: bytes, age: int, sign_of: int) -> None:
    timestamp = b"%d" % (NOW + sign_of * age)
    assert not is_signed(SECRET, timestamp, sign(SECRET, timestamp, body), body, NOW)


@given(st.binary(), st.binary())
def test_a_signature_holds_for_its_own_bytes_only(body: bytes, other: bytes) -> None:
    timestamp = b"%d" % NOW
    assert is_signed(SECRET, timestamp, sign(SECRET, timestamp, other), body, NOW) == (body == other)


@pytest.mark.parametrize("timestamp", [b"", b"abc", b"-1", b"1e9", b" 1531420618", b"\xd9\xa3", b"1" * 400])
def test_a_timestamp_that_is_no_number_is_refused_even_when_signed(timestamp: bytes) -> None:
    assert not is_signed(SECRET, timestamp, sign(SECRET, timestamp, b""), b"", NOW)


@given(st.binary())
def test_no_signature_whatever_raises(signature: bytes) -> None:
    assert not is_signed(SECRET, b"1531420618", signature, b"body", NOW)


def test_a_signature_is_new_once() -> None:
    seen = Replays()
    assert [seen.is_new(b"a", NOW), seen.is_new(b"a", NOW + 1), seen.is_new(b"b", NOW + 1)] == [True, False, True]


def test_a_forgiven_signature_may_come_again() -> None:
    seen = Replays()
    seen.is_new(b"a", NOW)
    seen.forgive(b"a")
    assert seen.is_new(b"a", NOW)


def test_what_a_signature_can_no_longer_open_is_forgotten() -> None:
    seen = Replays()
    seen.is_new(b"a", NOW)
    assert not seen.is_new(b"a", NOW + 2 * WINDOW_SECONDS)
    assert seen.is_new(b"a", NOW + 2 * WINDOW_SECONDS + 1)


@given(st.lists(st.integers(0, 30)))
def test_memory_is_bounded_and_the_newest_stay_known(order: list[int]) -> None:
    seen = Replays(most=10)
    last: list[int] = []
    for number in order:
        is_new = seen.is_new(b"%d" % number, NOW)
        assert is_new == (number not in last)
        last = [*last, number][-10:] if is_new else last
