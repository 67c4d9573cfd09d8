"""The long proof that the search is exact: `python -m tests.benchmarks.agree [INSTANCES [FLEETS [SEED]]]`.

Random questions, and fleets of workloads under shared policies, each answered by the engine and by trying everything;
every optimum, frontier and count must be equal to the bit. Exits 1 at a difference.
"""

import sys
from collections import Counter
from collections.abc import Iterator

from tests.engine.agreement import differences, fleet_differences, random_fleet
from tests.engine.brute_force import Instance, candidates, optimum
from tests.engine.instances import random_instance, space_of, speeds_of

_REPORTED_EVERY = 1000


def kinds(instance: Instance) -> Iterator[str]:
    """What is hard about a question, so that the proof can say what it covered."""
    everything = candidates(instance)
    best = optimum(instance, "cost", everything)
    pair = None if best is None else (best.usd_per_hour, best.units_per_hour)
    equals = [each for each in everything if (each.usd_per_hour, each.units_per_hour) == pair and not each.excluded_by]
    speeds = speeds_of(instance, space_of(instance))
    found = {
        "infeasible": best is None,
        "with ties at the optimum": len(equals) > 1,
        "with quotas that bind": any(each.excluded_by == "quotas" for each in everything),
        "with a confidence asked": speeds.cautious is not speeds.median,
    }
    return (name for name, is_so in found.items() if is_so)


def prove(n_instances: int, n_fleets: int, seed: str) -> bool:
    """Whether nothing differed; says how far it is, what differed and what was covered."""
    covered, wrong = Counter[str](), 0
    for number in range(n_instances):
        instance = random_instance(f"agree/{seed}/{number}")
        wrong += _report(f"instance {number}", differences(instance))
        covered.update(kinds(instance))
        _progress(number + 1, n_instances, "instances")
    for number in range(n_fleets):
        fleet = random_fleet(f"agree/{seed}/{number}")
        wrong += _report(f"fleet {number}", fleet_differences(fleet))
        covered["questions in fleets"] += len(fleet)
        _progress(number + 1, n_fleets, "fleets")
    _say(f"{n_instances:,} instances and {n_fleets:,} fleets: {wrong} differ")
    _say("; ".join(f"{count:,} {name}" for name, count in covered.items()))
    return not wrong


def _report(what: str, differing: list[str]) -> int:
    if differing:
        _say(f"{what} differs in {', '.join(differing)}")
    return bool(differing)


def _progress(done: int, total: int, what: str) -> None:
    if not done % _REPORTED_EVERY:
        _say(f"{done:,} of {total:,} {what}")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [*sys.argv[1:], *("20000", "10000", "0")[len(sys.argv) - 1 :]]
    raise SystemExit(0 if prove(int(given[0]), int(given[1]), given[2]) else 1)
