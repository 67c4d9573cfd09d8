"""A line of text, split into words the way people type them on a phone: any quotes, any spaces, `key = value`."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

__all__ = ["Word", "closest", "split", "tidy"]

_CLOSING = {'"': '"', "'": "'", "`": "`", "“": "”", "”": "”", "„": "“", "‘": "’", "«": "»"}
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # the three that Slack escapes; `&amp;` last
# What some database cannot store as text: control characters (NUL above all) and halves of surrogate pairs.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_KEY = re.compile(r"([^\W\d][\w-]*)(\s*)=(\s*)")
_BARE = re.compile(r"\S*")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `key` is what stands before its `=`; a quoted text is always a name, never a command.

    `is_apart` where a space parts the key from `=value`, so that it may be a name and the key forgotten.
    """

    text: str
    key: str | None = None
    is_quoted: bool = False
    is_closed: bool = True
    is_apart: bool = False


def tidy(text: str) -> str:
    """`text` without what cannot be stored, and with Slack's three escapes undone."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def split(text: str) -> tuple[Word, ...]:
    """The words of `text`; never raises. A quote that nothing closes reaches to the end and says so."""
    words: list[Word] = []
    rest = text.strip()
    while rest:
        head = _KEY.match(rest)
        key, body = (head.group(1), rest[head.end() :]) if head else (None, rest)
        word, rest = _quoted(key, body) if body[:1] in _CLOSING else _bare(key, body)
        words.append(replace(word, is_apart=bool(head and head.group(2) and not head.group(3))))
    return tuple(words)


def _quoted(key: str | None, body: str) -> tuple[Word, str]:
    end = body.find(_CLOSING[body[0]], 1)
    is_closed = end > 0
    text = body[1:end] if is_closed else body[1:]
    rest = body[end + 1 :] if is_closed else ""
    return Word(text.strip(), key, is_quoted=True, is_closed=is_closed), rest.lstrip()


def _bare(key: str | None, body: str) -> tuple[Word, str]:
    found = _BARE.match(body)
    end = found.end() if found else 0
    return Word(body[:end], key), body[end:].lstrip()


def closest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Up to `count` of `known` that look like `word`, nearest first; case does not count."""
    spellings = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold()[:120], spellings, n=count, cutoff=0.5)
    return [spellings[name] for name in near]
