"""Print the benchmarks: `python -m tests.benchmarks [1e6|1e7|1e8|1e9]`; the size bounds the slow rival."""

import sys

from tests.benchmarks.search import report

if __name__ == "__main__":
    for line in report(*sys.argv[1:2]):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
