"""Rows of the `offers` format -> offers; what is refused here are prices that cannot be true."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from bot.files.cells import Row, count, number, positive, required, text, time
from bot.files.money import only_dollars, pricing_category
from bot.files.problems import Report, RowProblem
from bot.files.reading import Form, numbered
from bot.files.tables import file_name
from engine import Accelerators, InvalidRow, Offer, PricingCategory, UnknownAccelerator

__all__ = ["read_offers"]

_KNOWN = frozenset(field.name for field in fields(Offer)) | {"currency"}
_NEEDED = (
    "provider",
    "region",
    "instance_type",
    "accelerator",
    "accelerator_count",
    "pricing_category",
    "price_usd_per_hour",
    "as_of",
    "source",
)
_SOUND = {
    **dict.fromkeys(("provider", "region", "instance_type", "source"), "any"),
    "accelerator_count": 1,
    "pricing_category": "standard",
    "term": "1y",
    "price_usd_per_hour": 1,
    "as_of": "0001-01-02T00:00:00Z",
}
_LONGEST_SOURCE = 500
_FARTHEST = 20.0  # times the median price of an accelerator
_ENOUGH = 3  # prices of a kind whose median one wrong price cannot move far


def read_offers(
    source: str | Path, accelerators: Accelerators, now: datetime, report: Report, elsewhere: Iterable[Offer] = ()
) -> tuple[Offer, ...]:
    """The believable offers of `source`, accelerators normalised; refused rows go to `report`.

    Refused are also an `as_of` after `now`, a second price of one thing, and a price per accelerator more than 20 times
    away from the median of the same accelerator and pricing category: in the file, or where that holds fewer than three
    of a kind, together with the prices `elsewhere`.

    Raises:
        Unreadable: the file cannot be read at all.
    """

    def convert(row: Row) -> Offer:
        return _offer(row, accelerators, now)

    form = Form(_KNOWN, _NEEDED, {**_SOUND, "accelerator": next(iter(accelerators), None)})
    kept = list(_once(numbered(source, form, convert, report), file_name(source), report))
    medians = _medians([offer for _, offer in kept], elsewhere)
    return tuple(_believable(kept, medians, file_name(source), report))


def _offer(row: Row, accelerators: Accelerators, now: datetime) -> Offer:
    only_dollars(row, "price_usd_per_hour")
    try:
        sheet = accelerators.resolve(required(text(row, "accelerator"), "accelerator"))
    except UnknownAccelerator as error:
        raise InvalidRow("accelerator", str(error)) from None
    category: PricingCategory = required(pricing_category(row), "pricing_category")
    return Offer(
        provider=required(text(row, "provider"), "provider"),
        region=required(text(row, "region"), "region"),
        instance_type=required(text(row, "instance_type"), "instance_type"),
        accelerator=sheet.name,
        accelerator_count=required(count(row, "accelerator_count"), "accelerator_count"),
        accelerator_memory_gib=positive(row, "accelerator_memory_gib") or sheet.memory_gib,
        vcpus=number(row, "vcpus", least=0),
        memory_gib=number(row, "memory_gib", least=0),
        interconnect_gbps=number(row, "interconnect_gbps", least=0),
        pricing_category=category,
        term=_term(row, is_committed=category == "committed"),
        price_usd_per_hour=required(positive(row, "price_usd_per_hour"), "price_usd_per_hour"),
        as_of=_past(required(time(row, "as_of"), "as_of"), now),
        source=required(text(row, "source", _LONGEST_SOURCE), "source"),
    )


def _term(row: Row, *, is_committed: bool) -> str | None:
    term = text(row, "term")
    if is_committed and term not in {"1y", "3y"}:
        raise InvalidRow("term", f"is {term or 'missing'}; a committed price is for 1y or 3y")
    return term if is_committed else None


def _past(as_of: datetime, now: datetime) -> datetime:
    if as_of > now:
        raise InvalidRow("as_of", f"{as_of.isoformat()} lies in the future")
    return as_of


_Numbered = tuple[int, Offer]


def _once(offers: Iterable[_Numbered], file: str, report: Report) -> Iterator[_Numbered]:
    """Each thing that can be rented, priced once: the first row of it counts."""
    seen: dict[tuple[object, ...], int] = {}
    for line, offer in offers:
        thing = (offer.provider, offer.region, offer.instance_type, offer.accelerator, offer.accelerator_count)
        earlier = seen.setdefault((*thing, offer.pricing_category, offer.term), line)
        if earlier == line:
            yield line, offer
        else:
            report.refuse(RowProblem(file, line, "", f"prices again what line {earlier} prices"))


def _per_accelerator(offer: Offer) -> float:
    return offer.price_usd_per_hour / offer.accelerator_count


_Kind = tuple[str, str]


def _medians(offers: Iterable[Offer], elsewhere: Iterable[Offer]) -> dict[_Kind, float]:
    """USD per accelerator and hour, by accelerator and pricing category."""
    here, there = _prices(offers), _prices(elsewhere)
    return {
        kind: statistics.median(found if len(found) >= _ENOUGH else found + there[kind]) for kind, found in here.items()
    }


def _prices(offers: Iterable[Offer]) -> defaultdict[_Kind, list[float]]:
    prices: defaultdict[_Kind, list[float]] = defaultdict(list)
    for offer in offers:
        prices[offer.accelerator, offer.pricing_category].append(_per_accelerator(offer))
    return prices


def _believable(offers: Iterable[_Numbered], medians: dict[_Kind, float], file: str, report: Report) -> Iterator[Offer]:
    for line, offer in offers:
        median, price = medians[offer.accelerator, offer.pricing_category], _per_accelerator(offer)
        if median / _FARTHEST <= price <= median * _FARTHEST:
            yield offer
        else:
            reason = f"${price:g} per {offer.accelerator} is more than 20 times away from the median of ${median:g}"
            report.refuse(RowProblem(file, line, "price_usd_per_hour", reason))
