"""How long `gpu-advise scan` takes over a whole fleet, and how much memory all its processes together.

`python -m tests.benchmarks.fleet_scan [WORKLOADS] [RUNS] [JOBS]`, by default 10,000 workloads of 200 runs each, advised
by two processes beside the one that reads. Runs of all workloads are interleaved, as in a history that is written as it
happens. Once a minute it says how far it is.
"""

import csv
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from tests.benchmarks.footprint import together_mib

START = datetime(2026, 9, 1, tzinfo=UTC)
COLUMNS = ("workload", "run_id", "started_at", "ended_at", "units", "unit", "accelerator", "accelerator_count")
MORE = ("provider", "region", "instance_type", "pricing_category", "precision", "status")
PLACE, PAID = ("aws", "us-east-1"), ("standard", "fp16")
PARTS = (("A10G", 1.0, "g5.xlarge"), ("L4", 0.7, "g6.xlarge"), ("H100", 7.0, "p5.4xlarge"))
GAP = timedelta(hours=6)
TELL_EVERY, LOOK_EVERY = 60.0, 0.5  # seconds


def rows(workloads: int, runs: int, seed: int = 7) -> Iterator[tuple[object, ...]]:
    """Run after run of workload after workload: most on one part, some on a second, one in fifty failed."""
    chance = random.Random(seed)
    homes = [(chance.randrange(len(PARTS)), chance.uniform(1.0, 500.0)) for _ in range(workloads)]
    for turn in range(runs):
        for number, (home, level) in enumerate(homes):
            part, speed, instance = PARTS[(home + (turn % 10 == 9)) % len(PARTS)]
            began = START + turn * GAP + timedelta(seconds=number)
            ended = began + timedelta(minutes=chance.uniform(5.0, 90.0))
            hours = (ended - began).total_seconds() / 3600.0
            status = "failed" if chance.random() < 0.02 else "succeeded"
            units = round(level * speed * hours * chance.lognormvariate(0.0, 0.05), 3)
            known = (
                f"job-{number:05d}",
                f"{number}-{turn}",
                began.isoformat(),
                ended.isoformat(),
                units,
                "item",
                part,
                1,
            )
            yield (*known, "aws", "us-east-1", instance, "standard", "fp16", status)


def write(path: Path, workloads: int, runs: int) -> Path:
    """The fleet's history as a file of the `runs` format."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*COLUMNS, *MORE))
        writer.writerows(rows(workloads, runs))
    return path


def report(workloads: int = 10_000, runs: int = 200, jobs: int = 2) -> str:
    """Scan the whole of it in a process of its own; one line of figures."""
    with tempfile.TemporaryDirectory() as folder:
        history, answers = write(Path(folder) / "runs.csv", workloads, runs), Path(folder) / "answers.jsonl"
        words = [sys.executable, "-m", "bot", "scan", "--runs", str(history), "--json", "--jobs", str(jobs)]
        began = monotonic()
        with answers.open("wb") as out, subprocess.Popen(words, stdout=out) as scanning:
            together = _watch(scanning, answers)
        seconds = monotonic() - began
        if scanning.returncode:
            raise subprocess.CalledProcessError(scanning.returncode, words)
        answered = _count(answers, b'"undetermined": null')
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, alone = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return (
        f"{answered:,} of {workloads:,} workloads of {runs} runs answered, {jobs} process(es): "
        f"{seconds:,.0f} s, {cpu:,.0f} s of processor time, "
        f"{together:,.0f} MiB at most in all processes together, {alone:,.0f} MiB in one"
    )


def _watch(scanning: "subprocess.Popen[bytes]", answers: Path) -> float:
    """The most MiB that it and its workers hold together until it ends; once a minute, how far it is."""
    began, told, most = monotonic(), 0.0, 0.0
    while scanning.poll() is None:
        now = together_mib(scanning.pid)
        most, seconds = max(most, now), monotonic() - began
        if seconds - told >= TELL_EVERY:
            told = seconds
            sys.stdout.write(f"{seconds:,.0f} s: {_count(answers):,} answers, {now:,.0f} MiB now\n")
            sys.stdout.flush()
        sleep(LOOK_EVERY)
    return most


def _count(answers: Path, what: bytes = b"") -> int:
    """How many answers there are that hold `what`."""
    with answers.open("rb") as found:
        return sum(what in line for line in found)


if __name__ == "__main__":
    sys.stdout.write(report(*map(int, sys.argv[1:])) + "\n")
