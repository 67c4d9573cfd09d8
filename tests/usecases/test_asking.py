import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.asking.reading import SUBCOMMANDS, Malformed, Question, Subcommand, parse, parse_words
from bot.usecases.words.keys import KEYS, PRICING_ALIASES
from engine import STAGES, Constraints, Filters, Workload

WORDS = st.sampled_from(
    ["video-gen", "prod", '"', "'", "“", "”", "=", "floor=", "floor=500/h", "budget", "$", "help", "list", " ", "\x00"]
)


def asked(text: str) -> Question:
    request = parse(text)
    assert isinstance(request, Question), request
    return request


def problems(text: str) -> list[tuple[str, str]]:
    request = parse(text)
    assert isinstance(request, Malformed), request
    return [(problem.what, problem.hint) for problem in request.problems]


def test_a_name_alone_asks_about_that_workload_and_nothing_else() -> None:
    assert asked("video-gen").workload == Workload("video-gen")


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("prototyping", "prototyping"),
        ("dev", "prototyping"),
        ("proto", "prototyping"),
        ("validation", "validation"),
        ("test", "validation"),
        ("staging", "validation"),
        ("production", "production"),
        ("PROD", "production"),
    ],
)
def test_a_stage_has_the_names_that_people_use(word: str, stage: str) -> None:
    assert asked(f"video-gen {word}").workload.stage == stage


def test_every_key_of_the_contract_is_read_into_its_wish() -> None:
    question = asked(
        "video-gen production floor=500/h budget=$200/day per-unit=$0.05 wait=$40/h gpus=8 nodes=2 "
        "region=us-east-1 provider=aws pricing=on-demand critical=yes"
    )
    assert question.workload == Workload(
        "video-gen",
        stage="production",
        is_critical=True,
        value_of_time_usd_per_hour=40.0,
        constraints=Constraints(
            floor_units_per_hour=500.0, max_usd_per_day=200.0, max_usd_per_unit=0.05, max_accelerators=8, max_nodes=2
        ),
        filters=Filters(providers=("aws",), regions=("us-east-1",), pricing_categories=("standard",)),
    )


def test_the_example_of_every_key_is_itself_readable() -> None:
    for example in KEYS.values():
        assert asked(f"video-gen {example}").workload != Workload("video-gen")


@pytest.mark.parametrize(
    "text",
    ['"my job" prod', "'my job' prod", "“my job” prod", "„my job“ prod", "«my job» prod", "  `my job`   prod "],
)
def test_names_with_spaces_are_quoted_with_any_quotes_that_a_phone_types(text: str) -> None:
    assert asked(text).workload == Workload("my job", stage="production")


def test_a_quoted_name_is_never_a_subcommand() -> None:
    assert asked('"list"').workload == Workload("list")
    assert parse("list") == Subcommand("list", "list", ())


def test_spaces_around_an_equals_sign_do_not_matter() -> None:
    assert asked("video-gen floor = 500/h prod").workload == asked("video-gen prod floor=500/h").workload


def test_the_stage_may_stand_after_the_keys() -> None:
    assert asked("video-gen gpus=4 prod").workload.stage == "production"


def test_slack_s_escapes_are_undone() -> None:
    assert asked("R&amp;D&lt;1&gt;").workload.name == "R&D<1>"


@pytest.mark.parametrize(
    ("text", "per_hour"),
    [
        ("500/h", 500.0),
        ("500", 500.0),
        ("12k/day", 500.0),
        ("5e2/h", 500.0),
        ("1e-9", 1e-9),
        ("1.2E+4/day", 500.0),
        ("1,200/hour", 1200.0),
        ("0.5/s", 1800.0),
        (".5/min", 30.0),
        ("2m/week", 2e6 / 168),
        ('"500 clips/h"', 500.0),
        ('"500 clips per hour"', 500.0),
    ],
)
def test_a_floor_is_read_per_any_period(text: str, per_hour: float) -> None:
    assert asked(f"x floor={text}").workload.constraints.floor_units_per_hour == pytest.approx(per_hour)


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("$200/day", 200.0),
        ("200", 200.0),
        ("$10/h", 240.0),
        ("1.5k", 1500.0),
        ("200usd/d", 200.0),
        ("$700/week", 100.0),
    ],
)
def test_a_budget_is_read_in_dollars_a_day(text: str, per_day: float) -> None:
    assert asked(f"x budget={text}").workload.constraints.max_usd_per_day == pytest.approx(per_day)


def test_the_noun_after_a_price_per_unit_is_only_decoration() -> None:
    assert asked("x per-unit=$0.05/clip").workload.constraints.max_usd_per_unit == 0.05


def test_lists_are_separated_by_commas_or_semicolons() -> None:
    filters = asked('x region="us-east-1, eu-west-1" provider=aws;gcp pricing=spot,reserved').workload.filters
    assert filters == Filters(("aws", "gcp"), ("us-east-1", "eu-west-1"), ("dynamic", "committed"))


@pytest.mark.parametrize(("word", "category"), list(PRICING_ALIASES.items()))
def test_ways_of_paying_go_by_people_s_words(word: str, category: str) -> None:
    assert asked(f'x pricing="{word}"').workload.filters.pricing_categories == (category,)


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("x prd", "I know no stage 'prd'", "did you mean prod?"),
        ("x flor=3", "I know no key 'flor'", "did you mean floor=?"),
        ("x zzzzzz=3", "I know no key 'zzzzzz'", "the keys are floor, budget"),
        ("x floor=fast", "'fast' is not a number I can read", "floor=500/h"),
        ("x floor=$5/h", "'$5/h' is money, not a speed", "floor=500/h"),
        ("x floor=0", "'0' must be above 0", "floor=500/h"),
        ("x floor=-5", "'-5' must be above 0", "floor=500/h"),
        ("x floor=−5k/h", "'−5k/h' must be above 0", "floor=500/h"),
        ("x floor=--5", "'--5' is not a number I can read", "floor=500/h"),
        ("x floor=1e15", "'1e15' must be above 0 and at most a million million", "floor=500/h"),
        ("x floor=1e400", "'1e400' must be above 0 and at most a million million", "floor=500/h"),
        ("x floor=1e-400", "'1e-400' must be above 0", "floor=500/h"),
        ("x floor=1e99999", "'1e99999' is not a number I can read", "floor=500/h"),
        ("x floor=nan", "'nan' is not a number I can read", "floor=500/h"),
        ("x floor=inf", "'inf' is not a number I can read", "floor=500/h"),
        ("x floor=500/fortnight", "'fortnight' is no period I know", "floor=500/h"),
        ("x floor=5kclips/h", "'5kclips/h' is not a number I can read", "floor=500/h"),
        ("x budget=€200", "'€200' is not a number I can read", "US dollars"),
        ("x per-unit=0,05", "'0,05' is not a number I can read", "per-unit=$0.05"),
        ("x gpus=2.5", "'2.5' is not a whole number", "for example gpus=8"),
        ("x gpus=0", "'0' is not a whole number", "for example gpus=8"),
        ("x nodes=0", "'0' is not a whole number", "for example nodes=2"),
        ("x gpus=٣", "'٣' is not a whole number", "gpus=8"),
        ("x pricing=free", "'free' is no way of paying", "on-demand, spot or reserved"),
        ("x critical=maybe", "'maybe' is neither yes nor no", "critical=yes"),
        ("x floor=", "floor= has no value", "for example floor=500/h"),
        ("x region=,", "region= has no value", "for example region=us-east-1"),
        ("x gpus=1 gpu=2", "gpus= is given twice", "each key once"),
        ("floor=500/h", "no workload is named", "start with its name"),
        ('"" prod', "no workload is named", "start with its name"),
        ("my own job", "I know no stage 'own'", 'quote names with spaces: "my workload"'),
        ("a" * 121, "that name has 121 characters", "up to 120"),
        ('"video gen prod', "a quote before 'video gen prod' is never closed", "at the end of the name"),
        ('digest "monday', "a quote before 'monday' is never closed", "at the end of the name"),
    ],
)
def test_each_mistake_is_named_with_a_way_out(text: str, what: str, hint: str) -> None:
    found = problems(text)
    assert any(what in said and hint in help_ for said, help_ in found), found


@pytest.mark.parametrize(
    "text", ["video-gen =5", "video-gen prod =5", "video-gen =5 prod", "video-gen gpus=2 =5", 'video-gen ="5"']
)
def test_a_value_without_its_key_is_all_that_is_said_of_a_line(text: str) -> None:
    assert problems(text) == [("the key before =5 is missing", "keys and values go together, such as gpus=8")]


def test_a_value_without_its_key_is_told_from_a_shell_too() -> None:
    request = parse_words(["video-gen", "=5"])
    assert isinstance(request, Malformed)
    assert [problem.what for problem in request.problems] == ["the key before =5 is missing"]


def test_a_key_may_stand_apart_from_its_value() -> None:
    assert asked("video-gen gpus =5").workload == asked("video-gen gpus=5").workload


def test_every_mistake_of_a_line_is_reported_at_once() -> None:
    assert len(problems("x prd flor=3 gpus=many")) == 3


@pytest.mark.parametrize("text", ['"video gen prod flor=3', 'video-gen ="5'])
def test_an_unclosed_quote_is_the_only_thing_said_about_a_line(text: str) -> None:
    assert [hint for _, hint in problems(text)] == ['put a " at the end of the name']


def test_a_malformed_line_becomes_the_data_of_its_view() -> None:
    request = parse("x flor=3")
    assert isinstance(request, Malformed)
    assert request.as_document() == {
        "asked": "x flor=3",
        "problems": [{"what": "I know no key 'flor'", "hint": "did you mean floor=?"}],
    }


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_a_subcommand_keeps_its_words(name: str) -> None:
    assert parse(f'{name.upper()} one "two three" a=b') == Subcommand(
        f'{name.upper()} one "two three" a=b', name, ("one", "two three", "a=b")
    )


def test_nothing_at_all_asks_for_help() -> None:
    assert parse("  \n ") == Subcommand("", "help", ())


def test_shell_words_need_no_quotes_and_know_no_subcommands() -> None:
    question = parse_words(["list", "prod", "floor=500/h", "region=us-east-1"])
    assert isinstance(question, Question)
    assert question.workload == asked('"list" prod floor=500/h region=us-east-1').workload
    spaced = parse_words(["my job"])
    assert isinstance(spaced, Question)
    assert spaced.workload.name == "my job"


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_no_text_whatever_raises_and_every_answer_can_be_stored(text: str) -> None:
    request = parse(text)
    assert isinstance(request, Question | Subcommand | Malformed)
    assert "\x00" not in request.asked
    request.asked.encode()
    if isinstance(request, Question):
        assert 0 < len(request.workload.name) <= 120
        assert request.workload.stage in {None, *STAGES}
    if isinstance(request, Malformed):
        assert all(problem.what and problem.hint for problem in request.problems)


@given(st.lists(st.text(), max_size=5))
def test_no_shell_words_whatever_raise(words: list[str]) -> None:
    assert isinstance(parse_words(words), Question | Malformed)


@given(
    st.text(st.characters(exclude_characters='"\x00', exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=120)
)
def test_any_name_in_quotes_is_understood_as_typed(name: str) -> None:
    typed = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert asked(f'"{typed}" prod').workload.name == name.strip()
