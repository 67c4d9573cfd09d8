"""No function of the store does without a scope, and few places open one that spans all workspaces."""

import ast
import inspect
import pkgutil
from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest

import bot
import bot.store
from bot.store import Scope

PACKAGE = Path(bot.__file__).parent
MACHINERY = {"columns", "connections", "database", "errors", "guard", "migrations", "scope", "tables", "upgrade"}
ACROSS_IN = {
    "cli/check.py": "an operator asks about the whole installation",
    "cli/rooms.py": "an operator works in the only workspace there is",
    "jobs/housekeeping.py": "lets old rows go",
    "jobs/receipts.py": "looks for what is due, and settles each in its own workspace",
    "jobs/refitting.py": "looks whose model is old, and fits each in its own workspace",
    "jobs/sender.py": "claims posts, each with its workspace",
    "jobs/ticks.py": "looks for what is due, and serves each in its own workspace",
    "jobs/webhooks.py": "claims deliveries, each with its workspace",
    "jobs/worker.py": "claims requests, each with its workspace",
    "slack/adopting.py": "gives to one workspace what belongs to none",
    "usecases/digests/long_work.py": "holds on the lease of the request under way",
    "usecases/workspace/checking.py": "counts for an operator",
    "usecases/workspace/departing.py": "an organisation's departure ends its workspaces' access",
    "usecases/workspace/installing.py": "visits belong to no workspace yet; seals are renewed for all",
    "web/metrics.py": "counts over all workspaces, without a name",
}


SUBJECTS = [module.name for module in pkgutil.iter_modules(bot.store.__path__) if module.name not in MACHINERY]
"""The modules by which people's things are kept."""


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_function_of_a_subject_is_handed_a_scope_first(subject: str) -> None:
    module = import_module(f"bot.store.{subject}")
    functions = [found for name in module.__all__ if isinstance(found := getattr(module, name), FunctionType)]
    assert functions
    for function in functions:
        first = next(iter(inspect.signature(function).parameters.values()))
        if not {"select", "update", "delete", "scope", "across"} & {*function.__code__.co_names, first.name}:
            continue  # it reads what it is given, not the database
        assert (first.name, first.annotation) in {("scope", Scope), ("across", Scope)}, function.__qualname__


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_function_for_one_workspace_opens_no_other_session(subject: str) -> None:
    tree = ast.parse((PACKAGE / "store" / f"{subject}.py").read_text(encoding="utf-8"))
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not named & {"across", "read_across", "read", "write", "connection", "_session"}


def test_all_workspaces_are_seen_at_once_in_these_places_only_and_each_has_its_reason() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        if calls & {"across", "read_across"} and path.parent.name != "store":
            found.add(path.relative_to(PACKAGE).as_posix())
    assert found == set(ACROSS_IN)
