"""What a digest has said is packed into one text and taken up again as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.said import Key
from bot.usecases.digests.memory import packed, unpacked

KEYS = st.builds(Key, st.text(), st.text())


@settings(max_examples=20)
@given(st.dictionaries(KEYS, st.text()))
def test_whatever_was_said_comes_back_as_it_was(said: dict[Key, str]) -> None:
    assert unpacked(packed(said)) == said


def test_nothing_said_takes_no_room() -> None:
    assert packed({}) == ""
    assert unpacked("") == {}


def test_ten_thousand_findings_take_less_than_half_a_megabyte() -> None:
    signature = '{"configuration": {"accelerator": "A10G", "region": "us-east-1"}, "extra": %d.25, "gain": %d.5}'
    said = {Key(f"job-{number:05d}", "dominated"): signature % (number, number) for number in range(10_000)}
    assert len(packed(said)) < 500_000
