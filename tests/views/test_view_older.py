"""What an earlier release stored is still read: of a document whatever is not required may be missing."""

from dataclasses import replace
from typing import Any

import pytest

from bot.documents import Card
from bot.views import message, surface
from engine import AdviceDocument, FlatnessDocument
from engine.advice import Advice
from tests.views.view_samples import ADVICE, INFEASIBLE, UNDETERMINED, card, finding
from tests.views.view_samples import digest as digest_of
from tests.views.why_cases import story

ANSWERS = pytest.mark.parametrize("answer", [ADVICE, INFEASIBLE, UNDETERMINED], ids=["picks", "nothing", "unknown"])


def older(data: dict[str, Any]) -> dict[str, Any]:
    """The same without anything in its advice document that was not always told."""
    document = without(AdviceDocument, data["document"])
    return data | {"document": document | {"flatness": without(FlatnessDocument, document["flatness"])}}


def without(kind: Any, whole: dict[str, Any] | None) -> Any:
    return whole and {name: value for name, value in whole.items() if name not in kind.__optional_keys__}


def test_there_is_something_that_may_be_missing() -> None:
    assert AdviceDocument.__optional_keys__ == {"break_even_pairs", "regimes"}
    assert FlatnessDocument.__optional_keys__ == {"probability_flat"}


@ANSWERS
def test_a_card_and_its_story_say_all_that_they_would_say_of_a_newer_one(answer: Advice) -> None:
    assert message("advice", without(Card, older(card(answer)))) == message("advice", card(answer))
    assert surface("modal_why", older(story(answer))) == surface("modal_why", story(answer))


def test_nothing_is_said_of_a_probability_that_was_not_told() -> None:
    assert ADVICE.flatness is not None
    sure = replace(ADVICE, flatness=replace(ADVICE.flatness, probability_flat=0.9))
    assert "90 % likely to be flat" in str(message("advice", card(sure)))
    assert "likely to be flat" not in str(message("advice", older(card(sure))))


@ANSWERS
def test_a_digest_shows_it_as_well(answer: Advice) -> None:
    assert message("digest", digest_of(older(finding(answer)))) == message("digest", digest_of(finding(answer)))
