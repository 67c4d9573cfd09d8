"""Runs `gpu-advise` in this process, against a database of the test's own."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli import app

RUN: Mapping[str, object] = {
    "workload": "video-gen",
    "run_id": "r1",
    "started_at": "2026-11-02T09:00:00Z",
    "ended_at": "2026-11-02T10:00:00Z",
    "units": 60,
    "unit": "clip",
    "accelerator": "A10G",
    "accelerator_count": 1,
    "provider": "aws",
    "region": "us-east-1",
    "instance_type": "g5.xlarge",
    "pricing_category": "standard",
}


def gpu_advise(*words: object, stdin: str | None = None) -> Result:
    """What the command said and how it ended; an error that it did not mean to raise is raised."""
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin, catch_exceptions=False)


def write_rows(path: Path, *rows: Mapping[str, object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.strip()]
