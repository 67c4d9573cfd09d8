"""What prices and amounts have in common: their currency, and how they are charged."""

from bot.files.cells import Row, choice, text
from engine import PRICING_CATEGORIES, InvalidRow, PricingCategory

__all__ = ["only_dollars", "pricing_category"]

_SAID: dict[str, PricingCategory] = {"on-demand": "standard", "spot": "dynamic", "reserved": "committed"}


def only_dollars(row: Row, *columns: str) -> None:
    """Refuse amounts of another currency: nothing here knows an exchange rate.

    Raises:
        InvalidRow: `currency` is not USD and one of `columns` is filled.
    """
    currency = text(row, "currency")
    if currency and currency.upper() != "USD" and any(column in row for column in columns):
        raise InvalidRow("currency", f"is {currency!r}; only USD can be compared, convert the amounts first")


def pricing_category(row: Row) -> PricingCategory | None:
    """The category by its own name, or as people say it: on-demand, spot, reserved."""
    said = _SAID.get((text(row, "pricing_category") or "").lower())
    return said or choice(row, "pricing_category", PRICING_CATEGORIES)
