"""Where words stand in a picture so that none covers another, nor what they name. Plain geometry, in pixels."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import hypot
from typing import TypeAlias

__all__ = ["Box", "Label", "placed"]

_MOST_LOOKS = 20_000  # at a place, before the best so far is good enough: a tenth of a second; four labels needed 3,700
_STACKED = 4  # labels that find room above or below one place
_OUTSIDE, _COVERING, _LINE = 80.0, 40.0, 2.0  # how bad a square pixel of it is
_TOUCHING = 200_000.0  # how bad the first of them is, but for lines: worse than all that moving a few labels away costs
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
_PREFERENCE, _FARTHER = 60.0, 80.0  # how bad the next best side is, and each pixel farther from the point


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `top` is more than `bottom`."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: "Box") -> float:
        """The area that both cover, in square pixels."""
        if other.left >= self.right or other.right <= self.left or other.bottom >= self.top or other.top <= self.bottom:
            return 0.0
        width = min(self.right, other.right) - max(self.left, other.left)
        return width * (min(self.top, other.top) - max(self.bottom, other.bottom))

    def holds(self, other: "Box") -> bool:
        """Whether no part of it is outside."""
        inside = self.left <= other.left and other.right <= self.right
        return inside and self.bottom <= other.bottom and other.top <= self.top

    @property
    def area(self) -> float:
        """In square pixels."""
        return (self.right - self.left) * (self.top - self.bottom)


_Place: TypeAlias = tuple[float, Box]
"""Where a label may stand, after how bad it is to stand there."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words of a size that belong to a point, and how far from it they stand."""

    x: float
    y: float
    width: float
    height: float
    gap: float

    def places(self) -> Iterator[Box]:
        """Around the point, the best side first: right, left, above, below, the corners, then all again farther off."""
        for distance, (across, up) in product(self._distances(), _SIDES):
            gap = distance if not across or not up else 0.7 * distance
            left = self.x + across * gap + (across - 1) / 2 * self.width
            bottom = self.y + up * gap + (up - 1) / 2 * self.height
            yield Box(left, bottom, left + self.width, bottom + self.height)

    def _distances(self) -> tuple[float, ...]:
        """Beside the point, a little off, and off by the labels that may stand between: those of one place stack up."""
        return (self.gap, 2.2 * self.gap, *(self.gap + between * (self.height + 1) for between in range(1, _STACKED)))


def placed(labels: Sequence[Label], room: Box, taken: Sequence[Box], lines: Sequence[Box]) -> list[Box]:
    """A box for each of `labels`, the most important one first.

    Inside `room`, off what is `taken`, off each other, and off `lines` (small boxes along them) where that can be had.
    The best of all ways to place a few labels; of many, the best that is found by looking at some thousands.
    """
    offered = [sorted(_offered(label, room, taken, lines), key=_badness) for label in labels]
    search = _Search(offered, _in_turn(offered))
    search.go_on([], 0.0)
    return [box for _, box in search.best]


def _offered(label: Label, room: Box, taken: Sequence[Box], lines: Sequence[Box]) -> Iterator[_Place]:
    """Each place, and how bad it is whatever the other labels do."""
    for order, box in enumerate(label.places()):
        outside = 0.0 if room.holds(box) else _TOUCHING + _OUTSIDE * (box.area - box.overlap(room))
        crossing = _LINE * sum(map(box.overlap, lines))
        yield _farness(label, order, box) + outside + _covering(box, taken) + crossing, box


def _farness(label: Label, order: int, box: Box) -> float:
    """How bad it is to stand there rather than at the best side: far away, nobody sees what the words belong to."""
    across = max(box.left - label.x, label.x - box.right, 0.0)
    up = max(box.bottom - label.y, label.y - box.top, 0.0)
    return order * _PREFERENCE + _FARTHER * hypot(across, up)


def _covering(box: Box, others: Iterable[Box]) -> float:
    areas = map(box.overlap, others)
    return sum(_TOUCHING + _COVERING * area for area in areas if area > 0.0)


def _badness(place: _Place) -> float:
    return place[0]


def _in_turn(offered: Sequence[Sequence[_Place]]) -> list[_Place]:
    """The best place for each that those before it left."""
    found: list[_Place] = []
    for places in offered:
        found.append(min(places, key=lambda place: _beside(place, found)))
    return found


def _beside(place: _Place, others: Sequence[_Place]) -> float:
    """How bad a place is once those others are taken."""
    return place[0] + _covering(place[1], (box for _, box in others))


class _Search:
    """Places for all labels, better and better ones: no way to place them is tried that cannot beat the best so far.

    `offered` is by rising badness, which is what lets the rest of a label's places go unseen.
    """

    def __init__(self, offered: Sequence[Sequence[_Place]], best: list[_Place]) -> None:
        self.best = best
        self._offered = offered
        self._badness = sum(_beside(place, best[:number]) for number, place in enumerate(best))
        least = [places[0][0] for places in offered]
        self._still = [sum(least[number:]) for number in range(len(least) + 1)]  # at the least, from a label onwards
        self._looks = _MOST_LOOKS

    def go_on(self, found: list[_Place], badness: float) -> None:
        """Try the places of the label that comes after those `found`."""
        if len(found) == len(self._offered):
            self.best, self._badness = found, badness
            return
        still = self._still[len(found) + 1]
        for place in self._offered[len(found)]:
            if self._looks == 0 or badness + place[0] + still >= self._badness:
                return
            self._looks -= 1
            worse = badness + _beside(place, found)
            if worse + still < self._badness:
                self.go_on([*found, place], worse)
