"""The documents are tests: what a page tells a reader to type, runs; what a page names, exists."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bot/**/*.md"))
    if path.name != "LICENSE"
)
# A command that waits for people, or that would run these tests inside themselves, is checked without running it.
NOT_HERE = (
    "gpu-advise serve",
    "gpu-advise check",
    "make test",
    "make bench",
    "make mutants",
    "git clone",
    "cd ",
    "export ",
    "pip install",
    "python3 -m venv",
    ". .venv",
)


def commands_of(page: Path) -> list[str]:
    """Every command of the page's ```sh blocks: continued lines are joined, a here-document belongs to its command."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = "\n".join(blocks).replace("\\\n", " ")
    command = re.compile(r"^(?!#)\S[^\n]*?<<'(\w+)'.*?^\1$|^(?!#)\S[^\n]*", flags=re.MULTILINE | re.DOTALL)
    return [found.group().strip() for found in command.finditer(text)]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "COLUMNS": "120"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


README_COMMANDS = [line for line in commands_of(ROOT / "README.md") if not line.startswith(NOT_HERE)]


def test_every_command_of_the_readme_runs_one_after_the_other(tmp_path: Path) -> None:
    """In a reader's folder: what one command writes, the next one reads."""
    for command in README_COMMANDS:
        done = run(once(command), tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def once(command: str) -> str:
    """The command, so that it ends by itself."""
    if command.startswith("make demo"):
        return "gpu-advise demo --once"
    return f"{command} --once" if re.fullmatch(r"gpu-advise demo( --port \d+)?", command) else command


def test_the_readme_teaches_the_two_commands_and_more() -> None:
    told = "\n".join(commands_of(ROOT / "README.md"))
    assert "make demo" in told
    assert "make test" in told
    assert len(README_COMMANDS) >= 5


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "mutants"])
def test_the_menu_has_every_target_that_documents_name(target: str) -> None:
    menu = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^{target}\s", menu, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_in_code_exist(page: Path) -> None:
    for name in re.findall(r"`((?:bot|engine|templates|tests|docs)/[\w./-]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_the_engine_s_page_says_when_to_read_each_of_its_modules() -> None:
    page = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    modules = {f"engine/{path.name}" for path in (ROOT / "engine").glob("*.py")} - {"engine/__init__.py"}
    assert {module for module in modules if f"`{module}`" not in page} == set()


def test_every_command_of_the_program_is_documented_with_an_example() -> None:
    program = [sys.executable, "-m", "bot"]
    listing = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("demo", "serve", "import", "advise", "scan", "digest", "check"):
        assert command in listing
        assert f"gpu-advise {command}" in readme
        shown = subprocess.run(
            [*program, *shlex.split(command), "--help"], capture_output=True, text=True, check=True, cwd=ROOT
        )
        assert f"Example: gpu-advise {command} " in shown.stdout, f"{command} --help shows no example"
