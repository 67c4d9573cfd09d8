"""Break the search on purpose, one expression at a time: every break must be noticed by its tests.

    python -m tests.engine.mutants [MODULE]...

Works on a copy. The copy must pass unbroken first, or nothing would be proved. Exits 1 when a mutant survives.
"""

import ast
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np  # noqa: F401 - loaded once here, not once a mutant
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[2]
# Every module of the search, and the tests that must notice when it is broken.
TESTS = {
    "folding": ("folding",),
    "frontier": ("frontier",),
    "space": ("space", "search"),
    "search": ("search", "strategy"),
    "certificate": ("certificate", "search"),
    "strategy": ("strategy",),
}
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {"argmax": "argmin", "any": "all", "max": "min", "minimum": "maximum", "maximum": "minimum", "repeat": "tile"}

_SMALL = "small = [key.astype(np.min_scalar_type(int(key.max(initial={})))) for key in keys]"
_FIRST_OF_EACH = (
    "if listed.most_ways {} 1:\n    machines = listed.shape[kept] // listed.most_ways\n"
    "    _, first = np.unique(machines, return_index=True)\n    kept = kept[np.sort(first)]"
)
# Mutants that change nothing anybody could observe, each with its reason.
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "while len(self._known) >= _REMEMBERED:\n    self._known.pop(next(iter(self._known)), None)",
        "while len(self._known) > _REMEMBERED:\n    self._known.pop(next(iter(self._known)), None)",
    ): "how many filter sets are remembered changes no answer",
    (_FIRST_OF_EACH.format(">"), _FIRST_OF_EACH.format(">=")): "the first candidates of machines with one are all",
    (_SMALL.format(0), _SMALL.format(1)): "0 and 1 have the same smallest type",
    ("n_offers = len(columns[0])", "n_offers = len(columns[1])"): "columns are equally long",
    (
        "is_undecided = low < high",
        "is_undecided = low <= high",
    ): "it counts one offer too many only where all of them pass, and never more than are left",
    ("_REMEMBERED = 64", "_REMEMBERED = 65"): "how many filter sets are remembered changes no answer",
}
_LONGEST_SECONDS = 75  # thrice what the slowest unbroken tests take


@dataclass(frozen=True)
class Mutant:
    """A broken module: what it says now, and what it said."""

    module: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.before}  ->  {self.after}"


def mutants(module: str) -> Iterator[Mutant]:
    """Every break of `module`."""
    text = (ROOT / "engine" / f"{module}.py").read_text(encoding="utf-8")
    for position, node in enumerate(ast.walk(ast.parse(text))):
        for number in range(len(_breaks(node))):
            tree = ast.parse(text)
            target = list(ast.walk(tree))[position]
            statement = _statement_of(tree, target)
            before = ast.unparse(statement) if statement else ""
            _breaks(target)[number]()
            if statement is not None:
                yield Mutant(module, statement.lineno, before, ast.unparse(statement), ast.unparse(tree))


def _statement_of(tree: ast.AST, target: ast.AST) -> ast.stmt | None:
    """The innermost simple statement around `target`; None for docstrings, annotations and imports."""
    simple = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
    for statement in (each for each in ast.walk(tree) if isinstance(each, (*simple, ast.If, ast.While))):
        inside = statement.test if isinstance(statement, ast.If | ast.While) else statement
        hidden = statement.annotation if isinstance(statement, ast.AnnAssign) else None
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if is_text or (hidden is not None and any(each is target for each in ast.walk(hidden))):
            continue
        if any(each is target for each in ast.walk(inside)):
            return statement
    return None


def _breaks(node: ast.AST) -> list["_Break"]:
    """The ways to break one node in place."""
    match node:
        case ast.Compare():
            return [_Break(node.ops, at, SWAPS[type(op)]()) for at, op in enumerate(node.ops) if type(op) in SWAPS]
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in SWAPS:
            found = [_Break(node, "op", SWAPS[type(node.op)]())]
        case ast.UnaryOp(op=ast.USub()):
            found = [_Break(node, "op", ast.UAdd())]
        case ast.UnaryOp(op=ast.Invert() | ast.Not()):
            found = [_Break(node, "operand", ast.UnaryOp(node.op, node.operand))]
        case ast.Constant(value=bool()):
            found = [_Break(node, "value", not node.value)]
        case ast.Constant(value=int() | float() as number):
            found = [_Break(node, "value", number + 1)]
        case ast.Attribute() if node.attr in NAMES:
            found = [_Break(node, "attr", NAMES[node.attr])]
        case ast.IfExp():
            found = [_Break(node, "test", ast.UnaryOp(ast.Not(), node.test))]
        case _:
            found = []
    return found


@dataclass(frozen=True)
class _Break:
    """Setting one place of a tree to something else."""

    owner: object
    place: int | str
    value: object

    def __call__(self) -> None:
        if isinstance(self.owner, list) and isinstance(self.place, int):
            self.owner[self.place] = self.value
        else:
            setattr(self.owner, str(self.place), self.value)


def passes(folder: Path, module: str) -> bool:
    """Whether the tests of `module` pass in a copy.

    Each attempt is a fork of this process, which has pytest loaded but has never imported the engine.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = _run_tests(folder, module)
        finally:  # whatever happens: this process must not clean up what belongs to its parent
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _run_tests(folder: Path, module: str) -> int:
    # A mutant may never end: being killed counts as noticed. Processor time, because a busy machine proves nothing.
    resource.setrlimit(resource.RLIMIT_CPU, (_LONGEST_SECONDS, _LONGEST_SECONDS))
    for name in [each for each in sys.modules if each.partition(".")[0] == "tests"]:
        del sys.modules[name]  # this very module came from elsewhere: the copy's package must be found, not ours
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    tests = [f"tests/engine/test_{name}.py" for name in TESTS[module]]
    loaded_before = "ignore::pytest.PytestAssertRewriteWarning"
    return int(pytest.main(["-q", "-x", "--no-header", "-p", "no:xdist", "-W", loaded_before, *tests]))


def main(modules: list[str]) -> int:
    """Try every mutant; the exit status."""
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")  # the copy has no conftest, and being slow is no way of noticing
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("engine", "tests/__init__.py", "tests/contract.py", "tests/engine", "pyproject.toml"):
            copy_in = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            copy_in(ROOT / part, folder / part)
        if not all(passes(folder, module) for module in modules):
            _say("the unbroken search fails its tests: nothing can be proved\n")
            return 1
        broken = [mutant for module in modules for mutant in mutants(module)]  # all read before anything takes long
        survivors = [mutant for mutant in broken if _survives(folder, mutant)]
    _say(f"\n{len(survivors)} survived\n")
    return 1 if survivors else 0


def _survives(folder: Path, mutant: Mutant) -> bool:
    is_assertion = mutant.before.replace("strict=True", "strict=False") == mutant.after  # lengths are equal anyway
    if is_assertion or (mutant.before, mutant.after) in EQUIVALENT:
        return False
    target = folder / "engine" / f"{mutant.module}.py"
    original = target.read_text(encoding="utf-8")
    target.write_text(mutant.source, encoding="utf-8")
    is_alive = passes(folder, mutant.module)
    target.write_text(original, encoding="utf-8")
    _say(f"SURVIVED {mutant}\n" if is_alive else ".")
    return is_alive


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or list(TESTS)))
