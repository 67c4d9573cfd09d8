"""Instructions a question, where something can count them: `perf`, else valgrind's callgrind, else it is said.

A count does not depend on what else the machine does. Work is done in a fresh process, with and without the questions;
what differs is theirs.
"""

import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from engine.catalog import Catalog
from engine.search import Candidates, Limits
from engine.space import CatalogIndex, index
from engine.workload import Filters
from tests.benchmarks.catalogue import generate
from tests.benchmarks.made_up import SIZES, Speed, filter_sets, learn, limits_of
from tests.benchmarks.questions import ask

__all__ = ["report"]

_TIMES = 10
_PERF = ("perf", "stat", "-x,", "-e", "instructions:u", "--")
_VALGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--")
_COUNTS = {_PERF: r"^(\d+),[^,]*,instructions", _VALGRIND: r"Collected : (\d+)"}
Scene = tuple[CatalogIndex, dict[str, tuple[Candidates, Limits]]]


def report() -> Iterator[str]:
    """The lines of the report."""
    counter = next((each for each in _COUNTS if _counted(each, ["-c", ""])), None)
    if counter is None:
        yield "instructions: no counter here (perf without hardware events, and no valgrind)"
        return
    with tempfile.TemporaryDirectory() as folder:
        scene = Path(folder) / "scene"
        scene.write_bytes(pickle.dumps(_scene(index(generate()))))
        counts = {
            what: _instructions(counter, scene, what) for what in ("nothing 1e6", "new 1e6", "new 1e9", "known 1e9")
        }
    each = {what: (count - counts["nothing 1e6"]) / _TIMES for what, count in counts.items()}
    yield f"instructions a question, by {counter[0]}: " + ", ".join(
        f"{what} {count / 1e6:.2f} million" for what, count in each.items() if "nothing" not in what
    )
    yield f"growth of a new question from 1e6 to 1e9 in instructions: x {each['new 1e9'] / each['new 1e6']:.2f}"


def _scene(prepared: CatalogIndex) -> Scene:
    """Everything that a question needs, without the offers themselves, which take long to load."""
    bare = replace(prepared, catalog=Catalog((), prepared.catalog.accelerators))
    known = {}
    for size in ("1e6", "1e9"):
        speed = Speed.of(bare, *SIZES[size])
        known[size] = learn(speed, bare), limits_of(speed, bare)
    return replace(bare, _known={}), known


def _instructions(counter: tuple[str, ...], scene: Path, what: str) -> int:
    found = _counted(counter, ["-m", "tests.benchmarks.instructions", str(scene), *what.split()])
    if found is None:
        raise RuntimeError(f"{counter[0]} counted once and then no more")
    return found


def _counted(counter: tuple[str, ...], arguments: list[str]) -> int | None:
    """The instructions of one Python process; None where they cannot be counted."""
    if shutil.which(counter[0]) is None:
        return None
    done = subprocess.run([*counter, sys.executable, *arguments], capture_output=True, text=True, check=False)
    found = re.search(_COUNTS[counter], done.stderr, re.MULTILINE)
    return int(found.group(1)) if found else None


def _run(scene: Scene, what: str, size: str) -> None:
    prepared, (known, limits) = scene[0], scene[1][size]
    prepared.usable(Filters())
    filters = {"nothing": [], "known": [Filters()] * _TIMES, "new": list(filter_sets(_TIMES))}[what]
    for each in filters:
        ask(known, prepared.usable(each), limits)


if __name__ == "__main__":
    _run(pickle.loads(Path(sys.argv[1]).read_bytes()), *sys.argv[2:])  # noqa: S301 - what this module wrote itself
