"""Every view in every state is a golden file: the JSON that Slack gets and the text that a terminal gets."""

from pathlib import Path

import pytest
from jinja2 import nodes
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from bot.local.blocks import view_problems
from bot.posts import Message
from bot.render.check import problems
from bot.render.environment import environment, folder
from bot.views import SURFACES, VIEWS, as_text, message, surface
from tests.views.surface_cases import EVERY_SURFACE_CASE, SURFACE_CASES
from tests.views.view_cases import CASES, EVERY_CASE


class TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def said(view: str, case: str) -> Message:
    return message(view, CASES[view][case])


@pytest.mark.parametrize(("view", "case"), EVERY_CASE)
def test_slack_is_given_the_same_blocks_as_before(view: str, case: str, snapshot: SnapshotAssertion) -> None:
    found = said(view, case)
    assert {"text": found.text, "blocks": list(found.blocks)} == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize(("view", "case"), EVERY_CASE)
def test_a_terminal_shows_the_same_words_as_before(view: str, case: str, snapshot: SnapshotAssertion) -> None:
    assert as_text(said(view, case)) == snapshot(extension_class=TextFile)


@pytest.mark.parametrize(("view", "case"), EVERY_CASE)
def test_slacks_own_models_accept_every_block(view: str, case: str) -> None:
    assert problems(said(view, case).blocks) == []


@pytest.mark.parametrize(("view", "case"), EVERY_CASE)
def test_no_number_is_ever_written_as_nan_none_or_infinity(view: str, case: str) -> None:
    words = as_text(said(view, case)).replace("none yet", "").split()
    assert not {"nan", "inf", "None", "nan%", "$nan", "NaN"} & set(words)


@pytest.mark.parametrize(("view", "case"), EVERY_SURFACE_CASE)
def test_a_modal_or_home_tab_is_the_same_as_before(view: str, case: str, snapshot: SnapshotAssertion) -> None:
    assert surface(view, SURFACE_CASES[view][case]) == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize(("view", "case"), EVERY_SURFACE_CASE)
def test_slack_accepts_every_modal_and_home_tab(view: str, case: str) -> None:
    shown = surface(view, SURFACE_CASES[view][case])
    assert "cannot be shown" not in str(shown)
    assert not view_problems(shown)


def test_every_view_has_golden_cases() -> None:
    assert set(CASES) == set(VIEWS)
    assert set(SURFACE_CASES) == set(SURFACES)
    assert all(CASES.values())
    assert all(SURFACE_CASES.values())


def test_every_template_belongs_to_a_view_and_every_view_to_a_template() -> None:
    files = {path.name for path in folder().iterdir()}
    shared = {"_blocks.json.j2", "_inputs.json.j2"}
    assert files == {f"{view}.json.j2" for view in (*VIEWS, *SURFACES)} | shared


def test_every_macro_that_templates_share_is_used_by_one() -> None:
    parts = ("_blocks.json.j2", "_inputs.json.j2")
    shared = {macro.name for part in parts for macro in parsed(part).find_all(nodes.Macro)}
    used = {
        name if isinstance(name, str) else name[0]
        for view in (*VIEWS, *SURFACES)
        for imported in parsed(f"{view}.json.j2").find_all(nodes.FromImport)
        for name in imported.names
    }
    inside = {
        call.node.name
        for part in parts
        for call in parsed(part).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
    }
    assert shared <= used | inside


def test_a_template_imports_no_macro_that_it_does_not_call() -> None:
    for view in VIEWS:
        tree = parsed(f"{view}.json.j2")
        imported = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
        called = {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
        assert imported <= called, view


def parsed(template: str) -> nodes.Template:
    return environment().parse((Path(folder()) / template).read_text(encoding="utf-8"))
