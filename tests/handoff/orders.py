"""Configurations to hand over, and readers of what comes out."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.handoff import Order

__all__ = ["HOSTILE", "given", "hcl_strings", "order", "read_yaml"]

HOSTILE = [
    'a"b',
    "back\\slash",
    "line\nbreak: true",
    "# no comment",
    "- item",
    "${file('/etc/passwd')}",
    "%{ for x in y }",
    "```",
    "<!channel> <@U1> <https://x.y|z>",
    "{{ 7 * 7 }}",
    "'; DROP TABLE run; --",
    "=HYPERLINK(1)",
    "zero\u200bwidth\ufeff",
    "turn\u202edecalp",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u0085next\u2028line\u2029",
    "\x00\x1b[31m",
    "😀 video",
    "n" * 120,
    "null",
    "yes",
    "&anchor *alias !!python/object:os.system",
]


def given(**changes: Any) -> Any:
    """The configuration of an advice document."""
    return {
        "provider": "aws",
        "region": "us-east-1",
        "instance_type": "g5.12xlarge",
        "accelerator": "A10G-24GB",
        "accelerator_count": 4,
        "node_count": 1,
        "pricing_category": "standard",
        "term": None,
        "precision": "fp16",
        "batch_size": None,
        "price_usd_per_hour": 5.672,
        **changes,
    }


def order(workload: str = "video-gen", **changes: Any) -> Order:
    return Order.of(workload, given(**changes))


def read_yaml(text: str) -> Any:
    """The block-style YAML that is written here, read strictly: indentation, keys, and scalars that are JSON."""
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    assert all(line.isprintable() for line in lines)
    return _read([(len(line) - len(line.lstrip(" ")), line.lstrip(" ")) for line in lines])


def _read(lines: list[tuple[int, str]]) -> Any:
    return [_read(item) for item in _split(lines)] if lines[0][1].startswith("- ") else dict(_pairs(lines))


def _split(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """The lines of each item, the dash replaced by the space that it stands for."""
    depth, item = lines[0][0], list[tuple[int, str]]()
    for indent, line in lines:
        if indent == depth:
            assert line.startswith("- ")
            if item:
                yield item
            item = [(indent + 2, line[2:])]
        else:
            item.append((indent, line))
    yield item


def _pairs(lines: list[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
    depth, at = lines[0][0], 0
    while at < len(lines):
        indent, line = lines[at]
        assert indent == depth, line
        key, value = re.fullmatch(r"([A-Za-z][\w./-]*):(?: (.+))?", line).groups()  # type: ignore[union-attr]
        end = at + 1
        while end < len(lines) and lines[end][0] > depth:
            end += 1
        yield key, _scalar(value) if value is not None else _value(lines[at + 1 : end])
        at = end


def _value(lines: list[tuple[int, str]]) -> Any:
    is_plain_list = all(re.fullmatch(r'- ".*"', line) for _, line in lines)
    return [_scalar(line[2:]) for _, line in lines] if is_plain_list else _read(lines)


def _scalar(text: str) -> Any:
    """YAML's `\\U0001f600` as JSON spells it."""
    spelled = re.sub(r"(?<!\\)((?:\\\\)*)\\U([0-9a-f]{8})", lambda found: found[1] + _pair(int(found[2], 16)), text)
    return json.loads(spelled)


def _pair(point: int) -> str:
    return json.dumps(chr(point))[1:-1]


def hcl_strings(text: str) -> list[str]:
    """Every quoted string of an HCL text, as Terraform reads it; comments are passed over."""
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    found = re.findall(r'"(?:[^"\\]|\\.)*"', "\n".join(lines))
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", "\n".join(lines)), "something would be evaluated"
    return [_scalar(each).replace("$${", "${").replace("%%{", "%{") for each in found]
