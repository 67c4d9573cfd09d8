"""Whose a workload is: people, user groups and teams, however they are written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.owners import Owner
from bot.usecases.digests.spotting import Spotted
from bot.usecases.digests.topics import Topic
from bot.views.phrases import owned_by
from tests.jobs.test_news import spotted

FILM = "<!subteam^S012AB3CD|@film-people>"


@pytest.mark.parametrize("text", ["U024BE7LH", "<@U024BE7LH>", "<@U024BE7LH|max>", "W012A3CDE", " @U024BE7LH "])
def test_an_id_or_a_mention_of_a_person_is_that_person(text: str) -> None:
    assert Owner.of(text).is_person
    assert owned_by(text) == f"<@{Owner.of(text).key}>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (FILM, "@film-people"),
        ("S012AB3CD|@film-people", "@film-people"),
        ("S012AB3CD", "user group S012AB3CD"),
        ("<!subteam^S012AB3CD>", "user group S012AB3CD"),
    ],
)
def test_a_user_group_is_known_by_its_id_and_named_without_a_mention(text: str, shown: str) -> None:
    owner = Owner.of(text)
    assert (owner.key, owner.is_person) == ("S012AB3CD", False)
    assert owned_by(text) == shown
    assert "<!" not in owned_by(text)


@pytest.mark.parametrize("text", ["film", "Film", " @FILM "])
def test_a_team_is_the_same_in_any_case_and_with_or_without_its_sign(text: str) -> None:
    assert (Owner.of(text).key, Owner.of(text).is_person) == ("film", False)


@pytest.mark.parametrize("text", ["UX", "WEB", "SRE", "U1", "Unicorns", "the <!channel> team"])
def test_a_team_in_capitals_is_nobody_in_slack(text: str) -> None:
    assert not Owner.of(text).is_person
    assert not owned_by(text).startswith("<")


@given(st.sampled_from(["U024BE7LH", FILM, "S012AB3CD"]) | st.text(min_size=1, max_size=20))
def test_what_is_kept_of_an_owner_means_the_same_again(text: str) -> None:
    kept = Owner.of(text).as_text
    assert Owner.of(kept) == Owner.of(text)


@pytest.mark.parametrize(
    ("topic", "whose"),
    [
        (Topic(teams=("S012AB3CD",)), {FILM}),
        (Topic(teams=("Ops",)), {"ops"}),
        (Topic(owners=("U024BE7LH",)), {"<@U024BE7LH|max>"}),
        (Topic(owners=("U024BE7LH",), teams=("ops",)), {"<@U024BE7LH|max>", "ops"}),
        (Topic(owners=("ops",)), {"ops"}),  # as an older release kept it
    ],
)
def test_a_digest_is_about_what_belongs_to_any_of_those_named(topic: Topic, whose: set[str]) -> None:
    found: Spotted = spotted()
    assert {owner for owner in (FILM, "ops", "<@U024BE7LH|max>", "web") if topic.takes(found, owner)} == whose
    assert not topic.takes(found, None)
