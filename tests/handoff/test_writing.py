import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.writing import Tree, comment, hcl_quoted, label, quoted, yaml
from tests.handoff.orders import HOSTILE, hcl_strings, read_yaml

ANY = st.text(st.characters(codec="utf-8"), max_size=60)


@given(ANY)
def test_a_text_in_yaml_is_read_back_as_it_was(text: str) -> None:
    assert read_yaml(f"key: {quoted(text)}") == {"key": text}


@given(ANY)
def test_a_text_in_hcl_is_read_back_as_it_was_and_evaluates_nothing(text: str) -> None:
    assert hcl_strings(hcl_quoted(text.replace("$${", "").replace("%%{", ""))) == [
        text.replace("$${", "").replace("%%{", "")
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_stays_on_its_line(text: str) -> None:
    written = comment(text)
    assert written.startswith("# ")
    assert written.isprintable()
    assert "`" not in written


def test_a_long_comment_ends_in_an_ellipsis() -> None:
    assert comment("n" * 500).endswith("n…")
    assert len(comment("n" * 500)) < 250


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("video-gen", "video-gen"),
        ("Video Gen/2 (new)", "video-gen-2-new"),
        ("7b-train", "run-7b-train"),
        ("😀", "run"),
        ("n" * 120, "n" * 40),
        ("ends-" * 8 + "x", "ends-ends-ends-ends-ends-ends-ends-ends"),
    ],
)
def test_the_name_of_a_task_keeps_what_tools_allow(name: str, written: str) -> None:
    assert label(name) == written


def test_a_tree_is_read_back_as_it_was() -> None:
    tree: dict[str, Tree] = {
        "a": {"b": [{"c": 1, "d": "x: y"}, {"c": 2, "d": "- z"}], "e": True},
        "f": ["one", "two"],
        "g": 0.5,
    }
    assert read_yaml(yaml(tree)) == tree
