"""Files of each format, written for a test, and a report that remembers what it was told."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.files import Report, RowProblem

Cells = Mapping[str, object]

RUN: Cells = {
    "workload": "video-gen",
    "run_id": "r1",
    "started_at": "2026-11-02T09:00:00Z",
    "ended_at": "2026-11-02T10:00:00Z",
    "units": "60",
    "accelerator": "A10G",
    "accelerator_count": "1",
}
OFFER: Cells = {
    "provider": "aws",
    "region": "us-east-1",
    "instance_type": "g5.xlarge",
    "accelerator": "A10G",
    "accelerator_count": "1",
    "pricing_category": "standard",
    "price_usd_per_hour": "1.006",
    "as_of": "2026-11-01T00:00:00Z",
    "source": "a price list",
}
SHEET: Cells = {
    "accelerator": "X100-80GB",
    "aliases": "X100;Acme X100",
    "vendor": "acme",
    "architecture": "Ex",
    "year": "2026",
    "memory_gib": "80",
    "memory_bandwidth_gb_per_s": "3000",
    "fp32_tflops": "60",
    "fp16_tflops": "900",
    "link_gb_per_s": "900",
    "tdp_w": "700",
    "source": "a datasheet",
}


class Told(Report):
    """A report that remembers."""

    def __init__(self) -> None:
        self.problems: list[RowProblem] = []
        self.warnings: list[str] = []
        super().__init__(self.problems.append, self.warnings.append)

    @property
    def said(self) -> list[str]:
        return [str(problem) for problem in self.problems]

    @property
    def where(self) -> list[tuple[int, str]]:
        return [(problem.line, problem.column) for problem in self.problems]


def columns_of(rows: Sequence[Cells]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def csv_text(rows: Sequence[Cells]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, columns_of(rows), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def write_csv(path: Path, *rows: Cells) -> Path:
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def write_json_lines(path: Path, *rows: Cells) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
