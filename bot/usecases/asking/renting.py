"""Words of a filter that no offer has: a spelling mistake would exclude everything."""

from dataclasses import replace

from bot.usecases.words.problems import Problem
from bot.usecases.words.wording import closest
from engine import CatalogIndex, Filters

__all__ = ["spelled_out", "unrentable"]


def spelled_out(filters: Filters, index: CatalogIndex) -> Filters:
    """`filters` with every accelerator by the name that the catalogue uses."""
    sheets = index.catalog.accelerators
    names = (sheets.resolve(spelling).name if sheets.knows(spelling) else spelling for spelling in filters.accelerators)
    return replace(filters, accelerators=tuple(dict.fromkeys(names)))


def unrentable(filters: Filters, index: CatalogIndex) -> tuple[tuple[str, Problem], ...]:
    """What the catalogue does not have, by key of the question: a spelling mistake would exclude everything."""
    filters = spelled_out(filters, index)
    asked = {"provider": filters.providers, "region": filters.regions, "accelerator": filters.accelerators}
    return tuple(
        (column, _unknown_word(column, word, index.words[column]))
        for column, words in asked.items()
        for word in words
        if word not in index.words[column]
    )


def _unknown_word(column: str, word: str, known: tuple[str, ...]) -> Problem:
    near = closest(word, known)
    hint = f"did you mean {' or '.join(near)}?" if near else f"for example {', '.join(known[:5])}"
    return Problem(f"no offer has the {column} {word[:40]!r}", hint)
