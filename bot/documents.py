"""What goes from room to room as plain JSON, besides advices: forecasts, comparisons, decisions, cards.

A key that is not required is one that is told only where there is something to tell, or that earlier releases left out.
"""

from typing import NotRequired, TypedDict

from engine import (
    AdviceDocument,
    CurrentDocument,
    IntervalDocument,
    MachinesDocument,
    OfferedDocument,
    PredictedDocument,
)

__all__ = [
    "Card",
    "Change",
    "Comparison",
    "Decidable",
    "Decided",
    "Exclusion",
    "Forecast",
    "Found",
    "HandOff",
    "Handed",
    "Inside",
    "Listed",
    "Measured",
    "Observed",
    "Patch",
    "PlannedTrial",
    "Promised",
    "Settled",
    "Stake",
    "Standing",
    "Story",
    "Then",
    "Tried",
    "Word",
]


class Forecast(PredictedDocument):
    """What was predicted of a configuration, as of a pick; no evidence is told of one that is none."""

    evidence: str | None


class Promised(Forecast):
    """What was predicted of a configuration that somebody tries, and what it is counted in."""

    unit: str


class Then(Forecast):
    """What would be approved."""

    configuration: OfferedDocument


class Change(TypedDict):
    """Today, where it is known, against what would be approved."""

    unit: str
    current: CurrentDocument | None
    then: Then


class Expected(TypedDict):
    """What was predicted; None: nothing was."""

    units_per_hour: IntervalDocument | None
    usd_per_unit: IntervalDocument | None


class Measured(TypedDict):
    """What runs measured, the first and the last moment of them included."""

    units_per_hour: float
    usd_per_unit: float | None
    runs: int
    first_at: str
    last_at: str


class Inside(TypedDict):
    """Whether the 90 % interval holds what was measured; None where there is nothing to compare."""

    units_per_hour: bool | None
    usd_per_unit: bool | None


class Comparison(TypedDict):
    """Predicted against measured."""

    configuration: OfferedDocument
    predicted: Expected
    measured: Measured
    is_inside: Inside


class Decided(TypedDict):
    """Who decided what and when. Moments are texts; `until` ends a snooze."""

    kind: str
    objective: str | None
    by: str
    at: str
    until: str | None
    reason: NotRequired[str | None]
    configuration: NotRequired[OfferedDocument | None]
    can_undo: NotRequired[bool]


class Patch(TypedDict):
    """A patch for one tool, and what to do with it."""

    target: str
    title: str
    text: str
    filename: str
    command: str


class Handed(TypedDict):
    """What is to be run, as patches; `others` are the tools that there is none for."""

    workload: str
    configuration: OfferedDocument
    parts: list[Patch]
    others: list[str]


class HandOff(Handed):
    """The data of the view `handoff`: `about` an advice or a trial."""

    about: str
    why: str


class Tried(HandOff):
    """The data of the views `trial` and `trial_due`; moments are texts."""

    unit: str
    predicted: Forecast
    runner: str
    by: str
    until: str
    state: str
    ended_by: str | None


class Word(TypedDict):
    """One person's approval, where more than one must approve."""

    by: str
    at: str
    choice: str


class Exclusion(TypedDict):
    """What a dismissal leaves out of a workload's answers: columns of an offer."""

    id: str
    workload: str
    reason: str
    excluded: dict[str, str]
    by: str
    at: str


class PlannedTrial(TypedDict):
    """Who runs what until when."""

    trial_id: str
    runner: str
    configuration: OfferedDocument
    until: str


class Standing(TypedDict):
    """How an advice stands, with the words of those who approved so far."""

    state: str
    decision: Decided | None
    words: NotRequired[list[Word]]


class Decidable(Standing):
    """How the advice of that id stands."""

    advice_id: str


class Card(Decidable):
    """The data of the view `advice`. `chart` is Slack's id of its picture; `is_private`: it can be shared."""

    document: AdviceDocument
    asked_by: str | None
    asked_at: str
    exclusions: NotRequired[list[Exclusion]]
    trials: NotRequired[list[PlannedTrial]]
    verified: NotRequired[Comparison | None]
    is_private: NotRequired[bool]
    chart: NotRequired[str | None]


class Observed(MachinesDocument):
    """What the runs on some machines taught; `last_success` in seconds since 1970."""

    n_succeeded: int
    n_out_of_memory: int
    units_per_hour: float | None
    last_success: float


class Story(TypedDict):
    """The data of the view `modal_why`."""

    advice_id: str
    document: AdviceDocument
    runs: list[Observed]
    verification: Comparison | None
    exclusions: NotRequired[list[Exclusion]]


class Stake(TypedDict):
    """What a finding is about, and what the change would bring a week."""

    kind: str
    workload: str
    unit: str
    objective: str
    gain_units_per_week: float
    extra_usd_per_week: float


class Found(Stake):
    """A finding as a digest shows it; `advice_id` is None where nothing was kept that could be decided."""

    advice_id: str | None
    evidence: str
    document: AdviceDocument
    payback_days: NotRequired[float | None]
    owner: NotRequired[str | None]
    state: NotRequired[str]
    decision: NotRequired[Decided | None]


class Listed(Stake):
    """A finding as a line of the list of everything, where `place` is its own."""

    place: int
    is_new: bool
    decision: Decided | None


class Settled(Decidable):
    """The data of the view `finding_decided`."""

    workload: str
