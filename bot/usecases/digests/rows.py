"""Everything behind a digest, in a line each, kept packed beside it."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Self

from bot.usecases.digests.spotting import Spotted
from engine import FindingKind, Objective

__all__ = ["Row", "pack", "rows_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """One finding; numbers to six digits. `advice_id` where the digest itself shows it and has kept its advice."""

    kind: FindingKind
    workload: str
    unit: str
    objective: Objective
    gain_units_per_week: float
    extra_usd_per_week: float
    is_new: bool
    advice_id: str | None = None

    @classmethod
    def of(cls, found: Spotted, *, is_new: bool) -> Self:
        """What a list says of `found`."""
        gain, extra = _rounded(found.gain_units_per_week), _rounded(found.extra_usd_per_week)
        return cls(found.kind, found.workload, found.unit, found.objective, gain, extra, is_new)


def pack(rows: Iterable[Row]) -> str:
    """All of them as one text, about forty characters each: ten thousand lie beside a digest for ninety days."""
    listed = [astuple(row)[:-1] for row in rows]
    return b85encode(zlib.compress(json.dumps(listed, separators=(",", ":")).encode(), 9)).decode("ascii")


def rows_of(data: Mapping[str, Any]) -> Sequence[Row]:
    """The rows of a digest, from the data of its view: those that it shows first, then the packed ones."""
    shown = [_shown(finding) for finding in data["findings"]]
    packed = data.get("listing")
    if not packed:  # nothing else, or an older release wrote it
        return [*shown, *(_shown(row) for row in data.get("rest", ()))]
    return [*shown, *(Row(*row) for row in json.loads(zlib.decompress(b85decode(packed))))]


def _shown(finding: Mapping[str, Any]) -> Row:
    return Row(
        finding["kind"],
        finding["workload"],
        finding["unit"],
        finding.get("objective", "cost"),
        finding["gain_units_per_week"],
        finding["extra_usd_per_week"],
        finding.get("is_new", True),
        finding.get("advice_id"),
    )


def _rounded(number: float) -> float:
    return float(f"{number:.6g}")
