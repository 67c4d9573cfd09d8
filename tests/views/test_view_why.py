"""Why? tells the story behind an advice from what was stored with it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.local.blocks import view_problems
from bot.posts import Message
from bot.views import as_text, surface
from engine.advice import Advice, BreakEven, Certificate, Flatness, KindFound, RegimeFound, StageFound
from engine.units import Interval
from tests.views import why_cases
from tests.views.test_view_properties import CONTROL, documents, texts_of
from tests.views.view_samples import ADVICE, INFEASIBLE, L40S, UNDETERMINED, pick, with_picks
from tests.views.why_cases import ran, verified


def story(answer: Advice = ADVICE, **changes: Any) -> str:
    shown = surface("modal_why", why_cases.story(answer, **changes))
    return as_text(Message("", tuple(shown["blocks"])))


def with_performance(**changes: Any) -> Advice:
    return with_picks(performance=pick(L40S, 40.0, **changes))


def test_it_says_what_the_history_showed() -> None:
    assert "Stage: production, as asked. 312 runs on 28 of 28 days, 91 % back to back." in story()
    assert "Measured today: 12.4 clips/h, 4 min 50 s each, on 1 × A10G" in story()


def test_a_stage_that_history_contradicts_is_said_to() -> None:
    answer = replace(ADVICE, stage=StageFound("production", "tagged", "prototyping", "3 runs on 2 of 28 days"))
    assert "The history alone looks like prototyping." in story(answer)
    assert "The history alone" not in story()


def test_how_parallel_the_work_is_comes_with_its_interval() -> None:
    answer = replace(ADVICE, kind=KindFound("traditional", "inferred", Interval(0.6, 0.72, 0.8)))
    assert "from its scaling. 72 % of the work runs in parallel (90 % interval: 60 % to 80 %)" in story(answer)
    assert "Kind: diminishing returns (traditional)" in story(answer)


def test_a_kind_without_a_fit_names_only_its_source() -> None:
    assert "Kind: parallel (AI), as most work like it." in story(
        replace(ADVICE, kind=KindFound("ai", "population", None))
    )


def test_how_it_may_differ_from_most_work_is_said_with_its_chance_and_what_tells() -> None:
    undivided = (RegimeFound("usual", 0.7), RegimeFound("undivided", 0.3))
    waiting = (RegimeFound("usual", 0.6), RegimeFound("host_bound", 0.4))
    assert "It may be (30 %) that more accelerators make it hardly faster" in story(replace(ADVICE, regimes=undivided))
    assert "It may be (40 %) that other accelerators make it hardly faster" in story(replace(ADVICE, regimes=waiting))


def test_what_holds_for_every_workload_is_not_said_of_one() -> None:
    most = (RegimeFound("usual", 0.97), RegimeFound("host_bound", 0.03))
    assert "It may be" not in story(replace(ADVICE, regimes=most))


def test_each_prediction_has_its_intervals_evidence_bottleneck_headroom_and_chances() -> None:
    assert (
        "Performance: 64.1 clips/h (58.3–70.5), 56.2 s per clip (51.1 s–1 min 2 s), $0.0885 per clip ($0.0804–0.0973); "
        "verified by a run on it; bound by compute, 6.2 GiB of memory to spare, 97 % likely to be faster than today, "
        "93 % likely to keep every limit."
    ) in story()


def test_each_pick_is_held_against_today_under_its_own_objective() -> None:
    text = story(with_picks(cost=pick(L40S, 13.0, probability_better=0.0)))
    assert "no lower price per hour than today" in text
    assert "likely to give more for the money than today" in text
    assert "likely to be faster than today" in text


def test_what_is_not_known_of_a_prediction_is_left_out() -> None:
    text = story(with_performance(bottleneck=None, memory_headroom_gib=None, probability_better=None))
    assert "; scaled from your runs; 93 % likely to keep every limit." in text


def test_it_says_which_runs_taught_what() -> None:
    rows = [ran(), ran("L4", n_succeeded=1, n_out_of_memory=2), ran("T4", n_succeeded=0)]
    text = story(runs=rows)
    assert "• 4 × A10G: 40 runs, 61.5 clips/h" in text
    assert "• 4 × L4: one run, 61.5 clips/h, 2 runs out of memory" in text
    assert "• 4 × T4: nothing succeeded" in text


def test_of_many_configurations_the_latest_are_told_and_the_rest_counted() -> None:
    text = story(runs=[ran(f"GPU-{number}") for number in range(9)])
    assert "• 4 × GPU-5: 40 runs" in text
    assert "GPU-6" not in text
    assert "• and 3 more configurations" in text


def test_what_was_measured_since_stands_beside_what_was_predicted() -> None:
    text = story(verification=verified())
    assert (
        "Predicted against measured\n4 × A10G, 3 runs: measured 62 clips/h, predicted 64.1 clips/h (58.3–70.5): "
        "inside the 90 % interval.\nMeasured $0.0915 per clip, predicted $0.0885 per clip ($0.0805–0.0974): inside"
    ) in text
    assert "Predicted against measured" not in story()


def test_a_miss_is_said_plainly_and_a_cost_that_nobody_knows_is_left_out() -> None:
    measured = {"units_per_hour": 31.0, "usd_per_unit": None, "runs": 1}
    text = story(verification=verified(measured=measured, is_inside={"units_per_hour": False, "usd_per_unit": None}))
    assert "one run: measured 31 clips/h, predicted 64.1 clips/h (58.3–70.5): outside the 90 % interval." in text
    assert "Measured $" not in text


def test_what_waiting_must_be_worth_between_each_pair_and_how_sure_flatness_is() -> None:
    pairs = (BreakEven("cost", "value", 0.0), BreakEven("value", "performance", 0.83))
    text = story(replace(ADVICE, break_even_pairs=pairs, flatness=Flatness(0.06, "flat", probability_flat=0.63)))
    assert "Break-even: value over cost pays once an hour of waiting is worth anything at all." in text
    assert "Break-even: performance over value pays once an hour of waiting is worth more than $0.83." in text
    assert "Cost per clip is flat among them with a probability of 63 %." in text


def test_the_runner_up_and_what_would_make_it_win() -> None:
    assert "Performance: next is 2 nodes × 1 × L40S · azure NC24 · eastus · reserved 1y · fp8." in story()
    assert "The choice flips when its price falls by 12 %." in story()
    assert "flips when" not in story(replace(ADVICE, objectives={"performance": pick(L40S, 9.0, flips_when=None)}))


def test_a_pick_without_a_runner_up_has_nothing_to_flip() -> None:
    assert "What would flip it" not in story(
        replace(ADVICE, objectives={"performance": pick(L40S, 9.0, runner_up=None)})
    )


def test_fallbacks_for_when_it_is_sold_out() -> None:
    assert "If a pick is sold out\nPerformance: instead 2 nodes × 1 × L40S" in story()


def test_the_certificate_says_what_left_out_how_many() -> None:
    assert (
        "Every one of 3.2 million configurations was weighed. Within every limit: 801 k. "
        "Left out: 2 million too little memory, 452 k slower than the floor."
    ) in story()


@pytest.mark.parametrize(
    ("filtered", "said"),
    [
        ("providers", "from other providers"),
        ("regions", "in other regions"),
        ("pricing_categories", "paid for in other ways"),
        ("something_new", "something new"),
    ],
)
def test_what_a_filter_left_out_is_said_in_words(filtered: str, said: str) -> None:
    answer = replace(ADVICE, certificate=Certificate(100, 40, {"memory": 20, filtered: 40, "max_nodes": 0}, 0.0))
    assert f"Left out: 40 {said}, 20 too little memory." in story(answer)


def test_the_versions_let_anybody_repeat_it() -> None:
    assert "Catalogue 6f1c2a9b3d4e · model 0a1b2c3d4e5f · history ffeeddccbbaa" in story()


def test_no_answer_has_a_story_too() -> None:
    text = story(UNDETERMINED)
    assert text.startswith("Why no answer for video-gen?")
    assert "What would settle it: One run that succeeds, imported with its units." in text
    assert "What limits the choice\n• at least 500 clips/h" in story(INFEASIBLE)


RUNS = st.builds(
    ran,
    st.text(max_size=130),
    n_succeeded=st.integers(0, 10**9),
    n_out_of_memory=st.integers(0, 10**6),
    units_per_hour=st.floats(1e-12, 1e15),
)


@settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(document=documents(), runs=st.lists(RUNS, max_size=12))
def test_any_story_is_a_modal_that_slack_accepts_and_nothing_in_it_fires(
    document: dict[str, Any], runs: list[dict[str, Any]]
) -> None:
    shown = surface("modal_why", {"advice_id": "A", "document": document, "runs": runs, "verification": verified()})
    assert view_problems(shown) == []
    assert "cannot be shown" not in str(shown["blocks"])
    for text in texts_of(shown["blocks"]):
        assert not CONTROL.search(text["text"])
        assert text["type"] == "plain_text" or not set("<>") & set(text["text"])
