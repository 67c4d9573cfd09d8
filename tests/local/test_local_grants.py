import pytest

from bot.local.errors import SlackError
from bot.local.grants import Grants


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def grants(clock: Clock) -> Grants:
    return Grants(clock)


def test_a_trigger_names_its_person_once(grants: Grants) -> None:
    trigger = grants.new_trigger("U1")
    assert grants.redeem_trigger(trigger) == "U1"
    with pytest.raises(SlackError, match="exchanged_trigger_id"):
        grants.redeem_trigger(trigger)


@pytest.mark.parametrize(("waited", "is_late"), [(2.9, False), (3.1, True)])
def test_a_trigger_lasts_three_seconds(grants: Grants, clock: Clock, waited: float, *, is_late: bool) -> None:
    trigger = grants.new_trigger("U1")
    clock.now += waited
    if not is_late:
        assert grants.redeem_trigger(trigger) == "U1"
        return
    with pytest.raises(SlackError, match="expired_trigger_id"):
        grants.redeem_trigger(trigger)


def test_a_trigger_nobody_gave_out_is_invalid(grants: Grants) -> None:
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        grants.redeem_trigger("1.made-up")


def test_a_response_address_answers_five_times(grants: Grants) -> None:
    key = grants.new_response_url("C1", "U1", "1.0")
    assert [grants.redeem_response_url(key).message_ts for _ in range(5)] == ["1.0"] * 5
    with pytest.raises(SlackError, match="used_url"):
        grants.redeem_response_url(key)


@pytest.mark.parametrize(("waited", "is_late"), [(30 * 60 - 1, False), (30 * 60 + 1, True)])
def test_a_response_address_lasts_half_an_hour(grants: Grants, clock: Clock, waited: float, *, is_late: bool) -> None:
    key = grants.new_response_url("C1", "U1")
    clock.now += waited
    if not is_late:
        assert grants.redeem_response_url(key).channel_id == "C1"
        return
    with pytest.raises(SlackError, match="expired_url"):
        grants.redeem_response_url(key)


def test_a_response_address_nobody_gave_out_is_invalid(grants: Grants) -> None:
    with pytest.raises(SlackError, match="invalid_url"):
        grants.redeem_response_url("made-up")
