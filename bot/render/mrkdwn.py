"""Slack's markup: what of a text may act, and what is only shown.

Every text that somebody typed passes `escaped` (mrkdwn) or `shown` (plain text) exactly once; `Mrkdwn` marks what has.
"""

import re
from collections.abc import Sequence

__all__ = ["Mrkdwn", "channel", "code", "escaped", "isolated", "join", "mention", "say", "shown", "unformatted"]

# Invisible, direction-changing or unpaired characters: two names that differ only in these would look the same, and an
# override would turn the rest of the line round. Joiners (emoji, Persian) and direction marks stay: they are text.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"\s+")  # whitespace of every kind, U+2028 and U+0085 too: a name is one line
_PAIRED = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])")  # where Slack would begin or end bold, italic, strike
_EMOJI_CODE = re.compile(r":(?=[\w+'-]+:)")
_FORMATTED = re.compile(r"(?<![\w*])([*_])(?=[^\s\u200b])([^\n]*?[^\s\u200b])\1(?![\w*])")
_TICK = "\u02cb"
_BREAKER = "\u200b"  # breaks a marker without being seen; no typed one survives `shown`
_RTL_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_RTL = re.compile(f"{_RTL_LETTER}(?:[^<>&;A-Za-z0-9]*{_RTL_LETTER})*")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_USER = re.compile(r"[UW][A-Z0-9]+")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]+")
_BLANK = "(blank)"


class Mrkdwn(str):
    """Text that is Slack mrkdwn already: nothing escapes it again."""

    __slots__ = ()


def shown(text: str) -> str:
    """`text` on one line, with hidden and direction-changing characters made visible as U+FFFD; never empty."""
    one_line = _BREAKS.sub(" ", _HIDDEN.sub("\ufffd", text)).strip()
    return one_line or _BLANK


def escaped(text: str) -> Mrkdwn:
    """`text` as mrkdwn that looks as it was typed: no link, mention, emoji code or formatting begins in it."""
    if isinstance(text, Mrkdwn):
        return text
    safe = shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = isolated(safe).replace("`", _TICK)  # nothing keeps a backtick from beginning code; its twin never does
    safe = _EMOJI_CODE.sub(":" + _BREAKER, _PAIRED.sub(_BREAKER + r"\g<0>" + _BREAKER, safe))
    if safe.startswith("&gt;"):  # at the start of a line Slack reads it as a quotation
        safe = _BREAKER + safe
    return Mrkdwn(safe)


def isolated(text: str) -> str:
    """Each right-to-left stretch kept from turning its neighbours round (Unicode annex 9, isolates); not idempotent."""
    return _RTL.sub(f"{_ISOLATE}\\g<0>{_END_ISOLATE}", text)


def say(sentence: str, /, **values: object) -> Mrkdwn:
    """`sentence`, which is mrkdwn, with each `{name}` replaced by its escaped value."""
    return Mrkdwn(sentence.format(**{name: escaped(_text(value)) for name, value in values.items()}))


def join(separator: str, parts: Sequence[str | None]) -> Mrkdwn:
    """The parts that are not empty, escaped where they are not mrkdwn yet, with `separator` (mrkdwn) between them."""
    return Mrkdwn(separator.join(escaped(part) for part in parts if part))


def unformatted(text: str) -> str:
    """Mrkdwn without bold, italics and code, for where they would be read aloud; entities and mentions stay."""
    return _FORMATTED.sub(r"\2", text).replace("`", "")


def code(lines: str) -> Mrkdwn:
    """A block of code. `lines` keep their breaks; a backtick, which would end the block, becomes its twin."""
    safe = _HIDDEN.sub("\ufffd", lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Mrkdwn(f"```\n{safe.replace('`', _TICK)}\n```")


def mention(user: str) -> Mrkdwn:
    """A mention of `user`; anything that is not a Slack user id is shown as typed."""
    return Mrkdwn(f"<@{user}>") if _USER.fullmatch(user) else escaped(user)


def channel(name: str) -> Mrkdwn:
    """A link to a channel; anything that is not a Slack channel id is shown as typed."""
    return Mrkdwn(f"<#{name}>") if _CHANNEL.fullmatch(name) else escaped(name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)
