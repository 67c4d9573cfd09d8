"""Every `{{ }}` of a template is one JSON value, whatever stands in it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError, nodes
from markupsafe import Markup

from bot.render.environment import environment, folder

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TEMPLATES = sorted(path.name for path in folder().iterdir())


def render(source: str, **context: Any) -> str:
    return environment().from_string(source).render(context)


@given(value=JSON_VALUES)
def test_any_value_comes_through_a_template_unchanged(value: Any) -> None:
    assert json.loads(render("[{{ value }}]", value=value)) == [value]


@given(text=st.text())
def test_no_text_can_leave_its_quotes(text: str) -> None:
    assert json.loads(render('{"a": {{ text }}, "b": {{ text ~ "!" }}}', text=text)) == {"a": text, "b": text + "!"}


def test_a_constant_is_a_json_value_too() -> None:
    assert render('{{ "<a>" }}') == '"<a>"'
    assert render('{{ "a" ~ "&" }}') == '"a&"'
    assert render("{{ 1 + 1 }}") == "2"


def test_what_a_macro_wrote_is_not_encoded_again() -> None:
    assert json.loads(render('{% macro pair(a) %}{"a": {{ a }}}{% endmacro %}[{{ pair("x") }}]')) == [{"a": "x"}]


def test_html_escapes_never_reach_slack() -> None:
    assert json.loads(render("{{ text }}", text="'\"<>&")) == "'\"<>&"


def test_a_template_that_names_what_it_was_not_given_is_refused() -> None:
    with pytest.raises(UndefinedError, match="missing"):
        render("{{ missing }}")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_does_not_have_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        render("{{ number }}", number=number)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_switches_the_encoding_off(template: str) -> None:
    tree = environment().parse((folder() / template).read_text(encoding="utf-8"))
    assert not [found.name for found in tree.find_all(nodes.Filter) if found.name in {"safe", "tojson", "e", "escape"}]
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier))
    assert not list(tree.find_all(nodes.MarkSafe))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_sentence_is_written_in_the_template_and_never_taken_from_data(template: str) -> None:
    tree = environment().parse((folder() / template).read_text(encoding="utf-8"))
    sentences = [call.args[0] for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") == "say"]
    assert all(isinstance(sentence, nodes.Const) for sentence in sentences)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_value_stands_inside_quotes_of_the_template(template: str) -> None:
    """`"text": "{{ name }}"` would double the quotes; outside macros' calls every value stands bare."""
    source = (folder() / template).read_text(encoding="utf-8")
    assert '"{{' not in source
    assert '}}"' not in source


def test_only_a_macro_can_make_finished_json() -> None:
    assert json.loads(render("{{ text }}", text=str(Markup("{}")))) == "{}"
