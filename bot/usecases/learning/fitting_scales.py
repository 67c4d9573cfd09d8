"""The constants of the performance model, fitted to the runs of organisations that somebody has on file."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.data import load_accelerators
from bot.files import Report, Unreadable, read_accelerators, read_runs
from bot.files.spool import Spool
from engine import Accelerators, History, MixedUnits, Observations, Scales, fit_scales, observe

__all__ = ["Fitted", "Organisation", "fit_to_files", "read_scales"]

Source = str | Path
Progress = Callable[[str, int, int | None], object]


@dataclass(frozen=True, slots=True)
class Organisation:
    """What one file of runs had to say: workloads that ran on several configurations, and how many of those."""

    runs: str
    workloads: int
    configurations: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """The constants, the natural log of how likely they make the measurements, and how likely the shipped ones do."""

    scales: Scales
    log_likelihood: float
    shipped_log_likelihood: float
    organisations: tuple[Organisation, ...]


def fit_to_files(
    runs: Sequence[Source], accelerators: Source | None, sweeps: int, report: Report, progress: Progress
) -> Fitted:
    """Fit by marginal likelihood, each file of `runs` being an organisation of its own.

    Raises:
        Unreadable: one of the files cannot be read at all.
    """
    sheets = read_accelerators(accelerators, report) if accelerators else load_accelerators()
    known = [list(_observed(source, sheets, report)) for source in runs]
    steps = []
    for done, step in enumerate(fit_scales(known, sheets, sweeps=sweeps)):
        progress("sweeps", done, sweeps)
        steps.append(step)
    organisations = (_summed(str(source), each) for source, each in zip(runs, known, strict=True))
    return Fitted(*steps[-1], steps[0][1], tuple(organisations))


def read_scales(source: Source | None) -> Scales:
    """The constants in a file that `gpu-advise fit-scales` wrote; the shipped ones without a file.

    Raises:
        Unreadable: it is not there, or not such a file of this version.
    """
    if source is None:
        return Scales.shipped()
    try:
        return Scales.from_document(json.loads(Path(source).read_text(encoding="utf-8"))["scales"])
    except OSError as error:
        raise Unreadable(str(source), error.strerror or str(error)) from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        reason = f"not the constants of this version of the model ({error}); gpu-advise fit-scales writes them"
        raise Unreadable(str(source), reason) from None


def _observed(source: Source, accelerators: Accelerators, report: Report) -> Iterator[Observations]:
    with Spool() as spool:
        for run in read_runs(source, accelerators, report):
            spool.add(run)
        for name in spool:
            try:
                yield observe(History.of(name, spool.runs(name)), accelerators)
            except MixedUnits as error:
                report.warn(str(error))


def _summed(runs: str, known: Sequence[Observations]) -> Organisation:
    counts = [int(each.is_measured.sum()) for each in known]
    compared = [count for count in counts if count > 1]
    return Organisation(runs, len(compared), sum(compared))
