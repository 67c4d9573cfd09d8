"""Rows of the `accelerators` format -> spec sheets."""

from dataclasses import fields
from pathlib import Path

from bot.files.cells import Row, number, positive, required, text, words
from bot.files.problems import Report, RowProblem
from bot.files.reading import Form, numbered
from bot.files.tables import file_name
from engine import Accelerator, Accelerators, InvalidRow

__all__ = ["read_accelerators"]

_KNOWN = frozenset(field.name for field in fields(Accelerator)) - {"name"} | {"accelerator"}
_NEEDED = ("accelerator", "year", "memory_gib", "memory_bandwidth_gb_per_s")
_RATES = ("fp32", "tf32", "fp16", "fp8", "fp4")
_SOUND = {
    "accelerator": "any",
    "year": 2000,
    **dict.fromkeys(("memory_gib", "memory_bandwidth_gb_per_s", *(f"{name}_tflops" for name in _RATES)), 1),
}
_FORM = Form(_KNOWN, _NEEDED, _SOUND)
_LONGEST_SOURCE = 500
_NONE = Accelerators(())


def read_accelerators(source: str | Path, report: Report, known: Accelerators = _NONE) -> Accelerators:
    """`known` with the spec sheets of `source`, which replace those of the same name; refused rows go to `report`.

    Refused is also what gives one spelling to two parts, or stands in the file twice.

    Raises:
        Unreadable: the file cannot be read at all.
    """
    kept: dict[str, Accelerator] = dict(known)
    lines: dict[str, int] = {}
    for line, sheet in numbered(source, _FORM, _sheet, report):
        try:
            _check(sheet, kept, lines)
        except InvalidRow as error:
            report.refuse(RowProblem(file_name(source), line, error.column, error.reason))
        else:
            kept[sheet.name], lines[sheet.name] = sheet, line
    return Accelerators(kept.values())


def _check(sheet: Accelerator, kept: dict[str, Accelerator], lines: dict[str, int]) -> None:
    """Refuse a second row of one part, and a spelling that means another part already."""
    if sheet.name in lines:
        raise InvalidRow("accelerator", f"{sheet.name!r} stands in line {lines[sheet.name]} already")
    Accelerators((kept | {sheet.name: sheet}).values())


def _sheet(row: Row) -> Accelerator:
    rates = {name: positive(row, f"{name}_tflops") for name in _RATES}
    if not any(rates.values()):
        raise InvalidRow("fp32_tflops", "is missing, and so is every other rate")
    return Accelerator(
        name=required(text(row, "accelerator"), "accelerator"),
        aliases=words(row, "aliases"),
        vendor=text(row, "vendor") or "",
        architecture=text(row, "architecture") or "",
        year=int(required(number(row, "year", least=1990, most=2100), "year")),
        memory_gib=required(positive(row, "memory_gib"), "memory_gib"),
        memory_bandwidth_gb_per_s=required(positive(row, "memory_bandwidth_gb_per_s"), "memory_bandwidth_gb_per_s"),
        fp32_tflops=rates["fp32"],
        tf32_tflops=rates["tf32"],
        fp16_tflops=rates["fp16"],
        fp8_tflops=rates["fp8"],
        fp4_tflops=rates["fp4"],
        link_gb_per_s=positive(row, "link_gb_per_s"),
        tdp_w=positive(row, "tdp_w"),
        source=text(row, "source", _LONGEST_SOURCE) or "",
    )
