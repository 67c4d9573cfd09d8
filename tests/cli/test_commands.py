"""The command line as a whole: what there is, what it says of itself, and what it does not load."""

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.cli.command_line import gpu_advise, lines

COMMANDS = ("demo", "serve", "import", "advise", "scan", "digest", "audit", "forget", "check")
GROUPS = {"digest": "run", "audit": "export"}
HEAVY = ("sqlmodel", "sqlalchemy", "alembic", "slack_bolt", "slack_sdk", "aiohttp", "jinja2", "uvicorn", "rich.table")


def test_the_front_page_names_every_command() -> None:
    said = gpu_advise("--help")
    assert said.exit_code == 0
    assert all(command in said.output for command in COMMANDS)


@pytest.mark.parametrize("command", [[name, *filter(None, [GROUPS.get(name)])] for name in COMMANDS])
def test_every_command_explains_itself_with_an_example(command: list[str]) -> None:
    said = gpu_advise(*command, "--help")
    assert said.exit_code == 0
    assert f"Example: gpu-advise {' '.join(command)}" in said.output


def test_a_paragraph_of_help_fills_the_terminal_that_it_is_read_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert (
        "Socket Mode SLACK_BOT_TOKEN and SLACK_APP_TOKEN. Where workspaces install"
        in gpu_advise("serve", "--help").output
    )
    assert "take the place of SLACK_BOT_TOKEN" in gpu_advise("serve", "--help").output


@pytest.mark.parametrize("words", [["nonsense"], ["scan"], ["import", "nonsense", "f"], ["scan", "--what"]])
def test_a_misspelt_command_is_a_usage_error(words: list[str]) -> None:
    said = gpu_advise(*words)
    assert said.exit_code == 2
    assert "Usage:" in said.stderr


def test_without_a_command_there_is_help() -> None:
    assert "Commands" in gpu_advise().output


def test_it_says_which_release_it_is() -> None:
    said = gpu_advise("--version")
    assert said.exit_code == 0
    assert said.output == f"gpu-advise {version('gpu-advise')}\n"


def test_as_a_program_and_as_a_module_it_is_the_same() -> None:
    program = subprocess.run(["gpu-advise", "--help"], capture_output=True, text=True, check=True)
    module = subprocess.run([sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True)
    assert program.stdout == module.stdout
    assert lines(program.stdout)


def test_scan_loads_no_database_no_slack_and_no_table() -> None:
    loaded = f"""
import sys
from typer.testing import CliRunner
from bot.cli import app
said = CliRunner().invoke(app, ["scan", "--runs", "/nowhere.csv", "--json"])
assert said.exit_code == 4, said
print([name for name in {HEAVY} if name in sys.modules])
"""
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
