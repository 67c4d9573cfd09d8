"""A message for a terminal: the same words without the boxes."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from bot.posts import Message
from bot.render.mrkdwn import unformatted

__all__ = ["as_text"]

_WIDTH = 108
_GAP = "   "
_COLUMN = 52  # where the second column begins when the first is narrow, so that rows of fields align
_INVISIBLE = re.compile("[\u200b\u2068\u2069]")
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def as_text(message: Message) -> str:
    """`message` as plain text: blocks in their order, fields side by side, buttons in brackets."""
    if not message.blocks:
        return _plain(message.text)
    return "\n\n".join(part for part in map(_block, message.blocks) if part)


def _block(block: Mapping[str, Any]) -> str:
    return _DRAWN[block["type"]](block)


def _header(block: Mapping[str, Any]) -> str:
    title = _words(block["text"])
    return f"{title}\n{'=' * min(len(title), _WIDTH)}"


def _context(block: Mapping[str, Any]) -> str:
    return "\n".join(_words(element) for element in block["elements"])


def _actions(block: Mapping[str, Any]) -> str:
    return "  ".join(map(_element, block["elements"]))


def _element(element: Mapping[str, Any]) -> str:
    """A button by its label, a menu by what it asks for, one behind three dots by its entries."""
    if element["type"] == "overflow":
        return f"[ ⋯ {' · '.join(_words(option['text']) for option in element['options'])} ]"
    return f"[ {_words(element['text'])} ]" if "text" in element else f"[ {_words(element['placeholder'])} ▾ ]"


def _section(block: Mapping[str, Any]) -> str:
    return "\n\n".join(_paragraphs(block))


def _paragraphs(block: Mapping[str, Any]) -> Iterator[str]:
    if "text" in block:
        yield _words(block["text"])
    fields: list[list[str]] = [_words(field).splitlines() for field in block.get("fields", ())]
    for start in range(0, len(fields), 2):
        yield _side_by_side(*fields[start : start + 2])
    if "accessory" in block:
        yield _element(block["accessory"])


def _side_by_side(left: list[str], right: list[str] | None = None) -> str:
    """Two columns when both fit the width, else one under the other."""
    if right is None:
        return "\n".join(left)
    widths = [max(map(len, column), default=0) for column in (left, right)]
    if sum(widths) + len(_GAP) > _WIDTH:
        return "\n".join([*left, "", *right])
    column = max(widths[0], min(_COLUMN, _WIDTH - len(_GAP) - widths[1]))
    return "\n".join(f"{a:<{column}}{_GAP}{b}".rstrip() for a, b in zip_longest(left, right, fillvalue=""))


def _words(text: Mapping[str, Any]) -> str:
    return _plain(text["text"]) if text["type"] == "mrkdwn" else _INVISIBLE.sub("", text["text"])


def _plain(mrkdwn: str) -> str:
    """Mrkdwn without its markup; entities last, so that what somebody typed is never read as markup."""
    unlinked = _LINK.sub(lambda link: link[2] or link[1], mrkdwn)
    plain = _INVISIBLE.sub("", unformatted(unlinked))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


_DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "actions": _actions,
    "context": _context,
    "divider": lambda _: "-" * _WIDTH,
    "header": _header,
    "image": lambda block: f"({block['alt_text']})",
    "section": _section,
}
