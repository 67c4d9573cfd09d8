"""Spec sheets of accelerators, and the many names that people give them."""

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import nan

import numpy as np

from engine.errors import InvalidRow, UnknownAccelerator
from engine.units import PRECISIONS, Floats, Integers, Precision

__all__ = ["Accelerator", "Accelerators", "SheetColumns"]

# What runs when a part has no units for the precision asked for: the next wider one. int8 and fp4 fall back to what
# the part does have, because a runtime would dequantise rather than refuse.
_FALLBACK: dict[str, str] = {"fp4": "fp8", "fp8": "fp16", "int8": "fp8", "bf16": "fp16", "fp16": "fp32", "tf32": "fp32"}


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One spec sheet. Rates are dense, in 1e12 operations a second; None means the part has no such units.

    A link or a power of None is not stated.
    """

    name: str
    aliases: tuple[str, ...]
    vendor: str
    architecture: str
    year: int
    memory_gib: float
    memory_bandwidth_gb_per_s: float
    fp32_tflops: float | None
    tf32_tflops: float | None
    fp16_tflops: float | None
    fp8_tflops: float | None
    fp4_tflops: float | None
    link_gb_per_s: float | None
    tdp_w: float | None
    source: str

    def tflops(self, precision: Precision | None) -> float:
        """Dense rate at `precision` in TFLOPS; the next wider format where the part lacks it, fp16 when unknown.

        A part without fp32 units runs fp32 at the rate of the widest format that it has; NaN when it has none at all.
        """
        wanted: str = precision or "fp16"
        while wanted in _FALLBACK and self._rate(wanted) is None:
            wanted = _FALLBACK[wanted]
        rates = (self._rate(name) for name in (wanted, "tf32", "fp16", "fp8", "fp4"))
        return next((rate for rate in rates if rate is not None), nan)

    def _rate(self, precision: str) -> float | None:
        rate: float | None = getattr(self, f"{'fp16' if precision == 'bf16' else precision}_tflops", None)
        return rate


@dataclass(frozen=True, eq=False, slots=True)
class SheetColumns:
    """The spec sheets as (n_parts,) columns, in their order; NaN: not stated.

    `tflops` is (n_parts, len(PRECISIONS) + 1) dense rates, the last column for an unknown precision. Parts of one
    `architecture` have its number; where a sheet states none, the part has a number to itself.
    """

    tflops: Floats
    memory_gib: Floats
    memory_bandwidth_gb_per_s: Floats
    link_gb_per_s: Floats
    year: Floats
    architecture: Integers


class Accelerators(Mapping[str, Accelerator]):
    """All known parts by normalised name, in the order given; `resolve` accepts any spelling that people use."""

    def __init__(self, sheets: Iterable[Accelerator]) -> None:
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self._spellings: dict[str, str] = {}
        for sheet in self._sheets.values():
            for spelling in (sheet.name, *sheet.aliases):
                self._register(_fold(spelling), sheet.name)

    def _register(self, spelling: str, name: str) -> None:
        owner = self._spellings.setdefault(spelling, name)
        if owner != name:
            raise InvalidRow("aliases", f"{spelling!r} names both {owner} and {name}")

    def __getitem__(self, name: str) -> Accelerator:
        return self._sheets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sheets)

    def __len__(self) -> int:
        return len(self._sheets)

    @cached_property
    def columns(self) -> SheetColumns:
        """Every sheet at once, for the model."""
        sheets = list(self._sheets.values())
        built = {sheet.architecture or sheet.name: number for number, sheet in enumerate(sheets)}
        return SheetColumns(
            tflops=np.array([[sheet.tflops(name) for name in (*PRECISIONS, None)] for sheet in sheets]),
            memory_gib=np.array([sheet.memory_gib for sheet in sheets]),
            memory_bandwidth_gb_per_s=np.array([sheet.memory_bandwidth_gb_per_s for sheet in sheets]),
            link_gb_per_s=np.array([sheet.link_gb_per_s or nan for sheet in sheets]),
            year=np.array([float(sheet.year) for sheet in sheets]),
            architecture=np.array([built[sheet.architecture or sheet.name] for sheet in sheets], dtype=np.int64),
        )

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over every sheet, in their order."""
        return hashlib.sha256(repr(list(self._sheets.values())).encode()).hexdigest()[:12]

    def knows(self, spelling: str) -> bool:
        """Whether any name or alias folds to the same letters and digits."""
        return _fold(spelling) in self._spellings

    def resolve(self, spelling: str) -> Accelerator:
        """The part that `spelling` means.

        Raises:
            UnknownAccelerator: no name and no alias folds to the same letters and digits.
        """
        name = self._spellings.get(_fold(spelling))
        if name is None:
            raise UnknownAccelerator(spelling, self._closest(spelling))
        return self._sheets[name]

    def _closest(self, spelling: str) -> tuple[str, ...]:
        """Names that begin like `spelling` first, for `A100` means one of several; then such as look like it."""
        folded = _fold(spelling)
        begin = [known for known in self._spellings if folded and known.startswith(folded)]
        near = difflib.get_close_matches(folded, self._spellings, n=6, cutoff=0.5)
        return tuple(dict.fromkeys(self._spellings[match] for match in (*begin, *near)))[:3]


def _fold(spelling: str) -> str:
    """Letters and digits only, lower case, without the vendor's name: `NVIDIA H100 80GB` and `h100-80gb` are one."""
    words = re.sub(r"[^a-z0-9]+", " ", spelling.lower()).split()
    return "".join(word for word in words if word not in {"nvidia", "amd", "intel", "tesla", "instinct", "geforce"})
