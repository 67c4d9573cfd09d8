"""Where words stand in a picture so that none covers another, nor what they name. Plain geometry, in pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

__all__ = ["Box", "Label", "placed"]

_ROUNDS = 3  # more never changed a place
_OUTSIDE, _COVERING, _LINE = 80.0, 40.0, 4.0  # how bad a pixel of it is; one pixel away from the best side costs less
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
_PREFERENCE = 60.0  # square pixels that the next best side may cover less


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

    @property
    def area(self) -> float:
        """In square pixels."""
        return (self.right - self.left) * (self.top - self.bottom)


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
        for distance, (across, up) in product((1.0, 2.2, 3.6), _SIDES):
            gap = distance * (self.gap if not across or not up else 0.7 * self.gap)
            left = self.x + across * gap + (across - 1) / 2 * self.width
            bottom = self.y + up * gap + (up - 1) / 2 * self.height
            yield Box(left, bottom, left + self.width, bottom + self.height)


def placed(labels: Sequence[Label], room: Box, taken: Sequence[Box], lines: Sequence[Box]) -> list[Box]:
    """A box for each of `labels`, the most important one first.

    Inside `room`, off what is `taken`, off each other, and off `lines` (small boxes along them) where that can be had.
    Each takes the best place that those before it left; then each in turn moves to a better one, a few times over.
    """
    offered = [list(_offered(label, room, taken, lines)) for label in labels]
    found: list[Box] = []
    for places in offered:
        found.append(_best(places, found))
    for _ in range(_ROUNDS):
        for number, places in enumerate(offered):
            found[number] = _best(places, [*found[:number], *found[number + 1 :]])
    return found


def _offered(label: Label, room: Box, taken: Sequence[Box], lines: Sequence[Box]) -> Iterator[tuple[float, Box]]:
    """Each place, and how bad it is whatever the other labels do."""
    for order, box in enumerate(label.places()):
        outside = box.area - box.overlap(room)
        covering, crossing = sum(map(box.overlap, taken)), sum(map(box.overlap, lines))
        yield order * _PREFERENCE + _OUTSIDE * outside + _COVERING * covering + _LINE * crossing, box


def _best(places: Sequence[tuple[float, Box]], others: Sequence[Box]) -> Box:
    return min(places, key=lambda place: place[0] + _COVERING * sum(map(place[1].overlap, others)))[1]
