"""How long something takes on a machine that others use too, and how much that can be trusted."""

import statistics
import time
from collections.abc import Callable, Sequence

__all__ = ["ratio", "seconds", "spread"]


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    """Processor time of each of `repeats` runs, all threads together, so that waiting for a core does not count."""
    found = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return found


def spread(values: Sequence[float], unit: float = 1e3) -> str:
    """Median and range in thousandths, or in another unit."""
    return f"{statistics.median(values) * unit:.2f} ({min(values) * unit:.2f}-{max(values) * unit:.2f})"


def ratio(slow: Sequence[float], fast: Sequence[float]) -> str:
    """How many times as long `slow` takes: median by median, and from its best against the worst to the reverse."""
    middle = statistics.median(slow) / statistics.median(fast)
    low, high = min(slow) / max(fast), max(slow) / min(fast)
    return f"x {middle:,.0f} ({low:,.0f}-{high:,.0f})" if middle >= 100 else f"x {middle:.2f} ({low:.2f}-{high:.2f})"
