"""What an organisation's runs have taught: the model that predictions start from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from engine.regimes import is_tokens
from engine.scales import PHYSICS, Scales
from engine.units import Floats, RegimeName

__all__ = ["Lesson", "Model", "Sums"]

_STEP = 0.5  # of a level, natural log: workloads within one step count as equally fast
_GRID = 2.0**-16  # of sums: far below what moves a prediction, and room for ten thousand times a million


@dataclass(frozen=True, eq=False, slots=True)
class Sums:
    """What workloads add up to about p slopes and g effects: the sufficient statistics of a linear regression.

    With design X (n, p + g), residuals r (n,) from the expected slopes, and the covariance S (n, n) of what is a
    workload's own at unit noise: `gathered` is X' S^-1 X, `learned` X' S^-1 r, `squares` r' S^-1 r, `freedom` the
    number of measurements less one a workload, which its level takes, and `workloads` how many had any freedom.
    `told` is how many of them could only be of this regime: one that is as likely of each tells nothing.
    """

    gathered: Floats
    learned: Floats
    squares: float
    freedom: float
    workloads: float
    told: float = 0.0

    @classmethod
    def none(cls, size: int) -> Self:
        """What no workload adds about `size` unknowns."""
        return cls(np.zeros((size, size)), np.zeros(size), 0.0, 0.0, 0.0)

    def plus(self, other: Self, weight: float = 1.0) -> Self:
        """These and `weight` times the `other`; a weight of -1 takes back."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return type(self)(*(ours + weight * theirs for ours, theirs in pairs))

    @property
    def on_grid(self) -> Self:
        """The same to the nearest multiple of a small power of two.

        Such numbers add up without any rounding, in whatever order, so that what was added can be taken back.
        """
        values = (getattr(self, field.name) for field in fields(self))
        return type(self)(*(np.round(value / _GRID) * _GRID for value in values))

    def times(self, weight: float) -> Self:
        """What as many as `weight` workloads instead of each would add up to."""
        return type(self)(*(weight * getattr(self, field.name) for field in fields(self)))

    def counting(self, workloads: float, told: float) -> Self:
        """These as so much of a workload, which tells so much of its regime."""
        return replace(self.times(workloads), told=told)

    def limited(self, workloads: float) -> Self:
        """These, weighed down to what `workloads` of their kind would teach where there are more."""
        return self.times(workloads / max(self.workloads, workloads))

    def among(self, places: list[int], size: int) -> Self:
        """These as part of `size` unknowns, their own being at `places`."""
        gathered, learned = np.zeros((size, size)), np.zeros(size)
        gathered[np.ix_(places, places)], learned[places] = self.gathered, self.learned
        return replace(self, gathered=gathered, learned=learned)

    def only(self, places: list[int]) -> Self:
        """These about the unknowns at `places` alone."""
        return replace(self, gathered=self.gathered[np.ix_(places, places)], learned=self.learned[places])


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """The sums of workloads that count in one `unit` at about one level, over slopes and effects of `accelerators`.

    Workloads count for as much as they are likely to be of the `regime`. A level is what remains of the logarithm of
    throughput when the hardware is taken out; `step` is it, rounded.
    """

    regime: RegimeName
    unit: str
    step: int
    accelerators: tuple[str, ...]
    sums: Sums

    @classmethod
    def at(cls, regime: RegimeName, unit: str, level: float, accelerators: tuple[str, ...], sums: Sums) -> Self:
        """What one workload at `level` teaches of a regime."""
        return cls(regime, unit, round(level / _STEP), accelerators, sums.on_grid)

    @property
    def key(self) -> tuple[str, str, int]:
        """Lessons of one key add up."""
        return self.regime, self.unit, self.step

    @property
    def trimmed(self) -> "Lesson":
        """The same without the accelerators about which it says nothing."""
        n_slopes = len(self.sums.learned) - len(self.accelerators)
        said = np.flatnonzero(self.sums.gathered.diagonal()[n_slopes:]).tolist()
        names = tuple(self.accelerators[place] for place in said)
        return replace(
            self, accelerators=names, sums=self.sums.only([*range(n_slopes), *(n_slopes + place for place in said)])
        )

    def plus(self, other: "Lesson", weight: float = 1.0) -> "Lesson":
        """This and `weight` times the `other`, over the accelerators of both."""
        names = tuple(sorted({*self.accelerators, *other.accelerators}))
        sums = self._over(names).plus(other._over(names), weight)  # noqa: SLF001
        return replace(self, accelerators=names, sums=sums)

    def likeness(self, unit: str, level: float | None, scales: Scales) -> float:
        """How much a workload at `level` learns from this, 0 to 1: a local likelihood (Tibshirani and Hastie, 1987)."""
        if unit != self.unit:
            return scales.stranger
        distance = 0.0 if level is None else (level - self.step * _STEP) / scales.alike
        return float(scales.stranger + (1.0 - scales.stranger) * np.exp(-0.5 * distance**2))

    def heard_by(self, unit: str) -> "Lesson":
        """The same; of regimes it tells only what has the same ones."""
        return self if is_tokens(unit) == is_tokens(self.unit) else replace(self, sums=replace(self.sums, told=0.0))

    def _over(self, names: tuple[str, ...]) -> Sums:
        n_slopes = len(self.sums.learned) - len(self.accelerators)
        places = [*range(n_slopes), *(n_slopes + names.index(name) for name in self.accelerators)]
        return self.sums.among(places, n_slopes + len(names))


@dataclass(frozen=True, eq=False)
class Model:
    """What an organisation's workloads add up to, kept apart by what they count and how fast they are.

    `sheets` is the version of the spec sheets by which measurements were compared. `taught_by` has the digests of the
    observations behind the lessons, so that no workload is taken as evidence for itself.
    """

    scales: Scales
    sheets: str
    lessons: tuple[Lesson, ...]
    taught_by: frozenset[str]

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over everything that predictions depend on."""
        return hashlib.sha256(json.dumps(self.as_document(), sort_keys=True).encode()).hexdigest()[:12]

    def lesson_for(self, regime: RegimeName, unit: str, level: float | None) -> Lesson:
        """All lessons of a regime, each weighed by how much it is like a workload that counts in `unit` at `level`."""
        total = Lesson(regime, unit, 0, (), Sums.none(len(self.scales.slopes)))
        for each in (each for each in self.lessons if each.regime == regime):
            total = total.plus(each.heard_by(unit), each.likeness(unit, level, self.scales))
        return total

    def as_document(self) -> dict[str, Any]:
        """JSON-able, equal for equal models."""
        return {
            "scales": self.scales.as_document(),
            "sheets": self.sheets,
            "lessons": [_listed(each) for each in self.lessons],
            "taught_by": sorted(self.taught_by),
        }

    @staticmethod
    def is_current(document: Mapping[str, Any]) -> bool:
        """Whether this version of the engine, with its features and constants, fitted what `document` holds."""
        return "sheets" in document and bool(document.get("scales") == PHYSICS.as_document())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `as_document` wrote, equal to the last bit.

        Raises:
            KeyError, TypeError, ValueError: another version of the engine wrote it; see `is_current`.
        """
        lessons = tuple(_lesson(each) for each in document["lessons"])
        scales = Scales.from_document(document["scales"])
        return cls(scales, document["sheets"], lessons, frozenset(document["taught_by"]))


def _listed(lesson: Lesson) -> dict[str, Any]:
    sums = lesson.sums
    return {
        "regime": lesson.regime,
        "unit": lesson.unit,
        "step": lesson.step,
        "accelerators": list(lesson.accelerators),
        "gathered": sums.gathered.tolist(),
        "learned": sums.learned.tolist(),
        "squares": sums.squares,
        "freedom": sums.freedom,
        "workloads": sums.workloads,
        "told": sums.told,
    }


def _lesson(document: Mapping[str, Any]) -> Lesson:
    gathered, learned = (np.array(document[name], dtype=np.float64) for name in ("gathered", "learned"))
    sums = Sums(gathered, learned, *(document[name] for name in ("squares", "freedom", "workloads", "told")))
    place = (document["regime"], document["unit"], document["step"])
    return Lesson(*place, tuple(document["accelerators"]), sums)
