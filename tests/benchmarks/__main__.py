"""Print the benchmarks: `python -m tests.benchmarks [1e6|1e7|1e8|1e9]`; the size bounds the slow rival."""

import sys
from itertools import chain

from tests.benchmarks import instructions, search

if __name__ == "__main__":
    for line in chain(search.report(*sys.argv[1:2]), instructions.report()):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
