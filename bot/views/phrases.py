"""The words of the engine as words of people: configurations, constraints, evidence, who and when."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from bot.owners import Owner
from bot.render import Mrkdwn, escaped, mention
from bot.views.measure import Measure
from bot.views.numbers import UNKNOWN, count, duration, money, percent, plain
from engine import MachinesDocument, RentedDocument

__all__ = [
    "CATEGORY_WORDS",
    "EVIDENCE_WORDS",
    "configuration",
    "constraint",
    "day",
    "ended",
    "excluded",
    "in_a_menu",
    "machines",
    "moment",
    "owned_by",
    "paid",
    "price_age_days",
    "quoted",
    "sentence",
    "who",
]

CATEGORY_WORDS = {"standard": "on-demand", "dynamic": "spot", "committed": "reserved"}
EVIDENCE_WORDS = {
    "verified": "verified by a run on it",
    "measured": "measured in your runs",
    "scaled": "scaled from your runs",
    "spec_only": "spec sheets only",
}
_EXCLUDED = {
    "providers": "from other providers",
    "regions": "in other regions",
    "pricing_categories": "paid for in other ways",
    "terms": "for other terms",
    "accelerators": "on other accelerators",
    "quotas": "beyond a quota, or dismissed",
    "memory_required_gib": "with less memory than asked for",
    "memory": "too little memory",
    "floor": "slower than the floor",
    "floor_units_per_hour": "slower than the floor",
    "max_seconds_per_unit": "too slow per unit",
    "max_usd_per_day": "over the budget",
    "max_usd_per_unit": "over the cost per unit",
    "max_accelerators": "too many accelerators",
    "max_nodes": "too many nodes",
}


def machines(configuration: MachinesDocument) -> str:
    """What is rented, shortest: `4 × A10G`, `2 × 8 × H100`."""
    nodes = configuration["node_count"]
    of_one = f"{configuration['accelerator_count']} × {configuration['accelerator']}"
    return f"{count(nodes)} nodes × {of_one}" if nodes > 1 else of_one


def configuration(found: RentedDocument) -> str:
    """The whole configuration on one line: machines, provider and type, region, how it is paid, how it runs."""
    rented = " ".join(word for word in (found["provider"], found["instance_type"]) if word)
    parts = (machines(found), rented, found["region"], paid(found), running(found))
    return " · ".join(part for part in parts if part)


def in_a_menu(found: RentedDocument) -> str:
    """What tells picks apart in a menu."""
    return " · ".join(part for part in (machines(found), found["provider"], found["region"], paid(found)) if part)


def paid(found: RentedDocument) -> str:
    """How it is paid for, in people's words: on-demand, spot, reserved 1y."""
    category, term = found["pricing_category"], found["term"]
    return " ".join(word for word in (category and CATEGORY_WORDS.get(category, category), term) if word)


def running(found: RentedDocument) -> str:
    """Precision and batch size, where they are known."""
    batch = found["batch_size"]
    parts = (found["precision"], f"batch {plain(batch)}" if batch else None)
    return " · ".join(part for part in parts if part)


_ALLOWED = 5  # names of a filter that are spelled out
_TINY = "less than "  # how `money` begins where it has no digits left
_FILTERS = {
    "providers": "only from",
    "regions": "only in",
    "pricing_categories": "only",
    "terms": "committed for",
    "accelerators": "only on",
}


def constraint(name: str, limit: float | Sequence[str] | None, measure: Measure) -> str:
    """A constraint in words, by its name in the contract; a filter is the names that it allows."""
    if limit is None:
        return name.replace("_", " ")
    if isinstance(limit, Sequence):
        shown = [CATEGORY_WORDS.get(word, word) for word in limit[:_ALLOWED]]
        rest = [f"{count(len(limit) - _ALLOWED)} more"] if len(limit) > _ALLOWED else []
        return f"{_FILTERS.get(name, name.replace('_', ' '))} {' or '.join(shown + rest)}"
    words = {
        "floor_units_per_hour": lambda: f"at least {measure.speed(limit)}",
        "max_seconds_per_unit": lambda: f"at most {duration(limit)} per {measure.one}",
        "max_usd_per_day": lambda: f"at most {_told(money(limit), limit)}/day",
        "max_usd_per_unit": lambda: f"at most {_told(measure.cost(limit), limit, f' per {measure.one}')}",
        "max_accelerators": lambda: f"at most {count(limit)} accelerators" if limit != 1 else "one accelerator",
        "max_nodes": lambda: f"at most {count(limit)} nodes" if limit != 1 else "one node",
        "memory_required_gib": lambda: f"at least {plain(limit)} GiB per accelerator",
        "confidence": lambda: f"each kept with a probability of {percent(limit)}",
        "value_of_time_usd_per_hour": lambda: f"an hour of waiting is worth {money(limit)}",
    }
    return words[name]() if name in words else f"{name.replace('_', ' ')} {plain(limit)}"


def _told(shown: str, usd: float, per: str = "") -> str:
    """A limit as it is `shown`, or with every digit where that is too small to be told from others."""
    return f"${Decimal(repr(usd)):f}{per}" if shown.startswith(_TINY) else shown


def excluded(reasons: Mapping[str, int]) -> str:
    """What excluded how many, the largest first."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(
        f"{count(number)} {_EXCLUDED.get(why, why.replace('_', ' '))}" for why, number in ordered if number
    )


def moment(iso: str | None) -> str:
    """A time to the minute, in UTC, with its zone named: 23 Nov 2026, 09:00 UTC."""
    if iso is None:
        return UNKNOWN
    at = datetime.fromisoformat(iso).astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def day(iso: str) -> str:
    """A date in UTC: 23 Nov 2026."""
    return moment(iso).partition(",")[0]


def price_age_days(prices_as_of: str | None, now: str | None) -> float | None:
    """Days between a price and the moment it is shown; None where either is not known."""
    if prices_as_of is None or now is None:
        return None
    return (datetime.fromisoformat(now) - datetime.fromisoformat(prices_as_of)).total_seconds() / 86400


def quoted(workload: str) -> str:
    """A workload's name as the command takes it."""
    return f'"{workload}"' if any(it.isspace() or it == "=" for it in workload) else workload


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end; empty stays empty.

    A key of the command (`gpus=8`) is typed in small letters, so it starts a sentence as it is.
    """
    starts_with_key = "=" in text.partition(" ")[0]
    return ended(text) if starts_with_key else text[:1].upper() + ended(text)[1:]


def ended(text: str) -> str:
    """`text` with a full stop at its end; empty stays empty."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def owned_by(owner: str) -> Mrkdwn:
    """Whose a workload is: a person is mentioned, a team or a user group only named."""
    found = Owner.of(owner)
    return mention(found.key) if found.is_person else Mrkdwn(escaped(found.name))


def who(user: str | None) -> Mrkdwn:
    """A mention, or `someone`."""
    return mention(user) if user else escaped("someone")
