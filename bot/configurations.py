"""When two configurations, documents in the shape of the contract, are the same; whatever they cost, in each sense.

*Rented alike*: the same offer, on as many nodes; how it runs may differ. *The same*: run alike too. And where one of
the two states less than the other, as runs do, whether it *could be* the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

__all__ = ["OFFERED", "RUN", "could_be", "identity", "is_same", "rented"]

_Offered: TypeAlias = Literal["provider", "region", "instance_type", "pricing_category", "term"]
OFFERED: tuple[_Offered, ...] = get_args(_Offered)
"""What names an offer, besides its accelerators."""
_RENTED = (*OFFERED, "accelerator", "accelerator_count", "node_count")
_NAMES = (*_RENTED, "precision", "batch_size")
RUN = tuple(name for name in _NAMES if name != "term")
"""What a run states of its configuration: nothing of a commitment."""


def rented(configuration: Mapping[str, object]) -> tuple[object, ...]:
    """What two configurations that are rented alike have in common."""
    return tuple(configuration.get(name) for name in _RENTED)


def identity(configuration: Mapping[str, object]) -> dict[str, object]:
    """What makes it this configuration, as a document: all but its price."""
    return {name: configuration[name] for name in _NAMES if name in configuration}


def is_same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether both are the same configuration; what was not kept of an old one was not known."""
    return all(one.get(name) == other.get(name) for name in _NAMES)


def could_be(stated: Mapping[str, object], configuration: Mapping[str, object], names: Sequence[str] = _NAMES) -> bool:
    """Whether nothing that is stated under `names` speaks against its being `configuration`; None states nothing."""
    return all(_agree(stated[name], configuration[name]) for name in names)


def _agree(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return True
    if isinstance(one, float):  # a batch carried over to fewer accelerators may be a fraction, which nobody can run
        return bool(abs(one - other) < 1.0)
    return bool(one == other)
