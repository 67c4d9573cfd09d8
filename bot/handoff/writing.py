r"""Text that no name can break out of: YAML and HCL, comments and quoted strings alike.

Every string is double-quoted, with `\uXXXX` and `\UXXXXXXXX` for what is not plainly printed; YAML 1.2 (section 5.7)
and HCL (native syntax, quoted templates) read these the same way. No backtick is ever written, so that the whole
stands in a code block of Slack.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

__all__ = ["Scalar", "Tree", "comment", "hcl_quoted", "label", "quoted", "yaml"]

Scalar: TypeAlias = str | int | float | bool
Tree: TypeAlias = Mapping[str, "Tree"] | Sequence["Tree"] | Scalar

_ESCAPED = {'"': '\\"', "\\": "\\\\", "`": "\\u0060"}
_TURNING = {"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI"}  # would turn the rest of the line round
_LONGEST_COMMENT = 220
_LABEL = 40


def quoted(text: str) -> str:
    """`text` as a double-quoted string of YAML."""
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def hcl_quoted(text: str) -> str:
    """`text` as a quoted string of HCL, in which no `${…}` or `%{…}` is evaluated."""
    return quoted(text).replace("${", "$${").replace("%{", "%%{")


def comment(text: str) -> str:
    """`text` as one comment line, shortened where it is long."""
    shown = "".join(_letter(letter) if letter not in '"\\' else letter for letter in text.replace("`", "'"))
    return f"# {shown if len(shown) <= _LONGEST_COMMENT else shown[: _LONGEST_COMMENT - 1] + '…'}"


def label(text: str) -> str:
    """`text` as the name of a task, which tools restrict: lower-case letters, digits and single dashes."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
    name = "-".join(part for part in kept.split("-") if part)[:_LABEL].strip("-")
    return name if name[:1].isalpha() else f"run-{name}".rstrip("-")


def yaml(tree: Mapping[str, Tree]) -> str:
    """`tree` as block-style YAML whose every text is quoted; keys are ours."""
    return "\n".join(_mapping(tree))


def _mapping(tree: Mapping[str, Tree]) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield f"{key}:"
            yield from _indented(_mapping(value))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield f"{key}:"
            yield from _indented(_items(value))
        else:
            yield f"{key}: {_scalar(value)}"


def _items(items: Sequence[Tree]) -> Iterator[str]:
    for item in items:
        lines = list(_mapping(item)) if isinstance(item, Mapping) else [_scalar(item)]  # type: ignore[arg-type]
        yield f"- {lines[0]}"
        yield from _indented(lines[1:])


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _scalar(value: Scalar) -> str:
    match value:
        case str():
            return quoted(value)
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _letter(letter: str) -> str:
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    if letter.isprintable() and unicodedata.bidirectional(letter) not in _TURNING:
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"  # noqa: PLR2004 - BMP
