"""Files of the contract's formats <-> engine values: CSV, JSON Lines, Parquet; `-` is standard input.

A malformed row is told to a `Report` with file, line, column and reason, and the others are read all the same.
"""

from bot.files.accelerators import read_accelerators
from bot.files.offers import read_offers
from bot.files.problems import FileError, Report, RowProblem, Unreadable
from bot.files.runs import read_runs
from bot.files.tables import STANDARD_INPUT
from bot.files.workloads import WorkloadRow, read_workloads

__all__ = [
    "STANDARD_INPUT",
    "FileError",
    "Report",
    "RowProblem",
    "Unreadable",
    "WorkloadRow",
    "read_accelerators",
    "read_offers",
    "read_runs",
    "read_workloads",
]
