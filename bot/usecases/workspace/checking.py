"""Whether an installation is in order: database, catalogue, and what Slack allows the bot to do."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot
from bot import data
from bot.data import load_accelerators
from bot.files import Report, read_offers
from bot.store import catalogs, installations
from bot.usecases.room import Room
from bot.vault import VaultError

__all__ = [
    "Finding",
    "bot_scopes",
    "catalog_is_sound",
    "compare_scopes",
    "database_is_current",
    "installations_are_usable",
    "load_manifest",
    "oauth_is_complete",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and what was seen."""

    name: str
    is_well: bool
    seen: str


def database_is_current(room: Room) -> Finding:
    """The database answers and every migration has been applied."""
    is_well = room.store.is_ready()
    return Finding("database", is_well, "answers, migrations current" if is_well else "its migrations are not current")


def catalog_is_sound(room: Room) -> Finding:
    """The shipped price list passes the rules that an imported one must pass."""
    refused: list[str] = []
    report = Report(on_problem=lambda problem: refused.append(str(problem)), on_warning=lambda _: None)
    offers = read_offers(Path(data.__file__).parent / "offers.csv", load_accelerators(), room.clock(), report)
    if refused:
        return Finding("catalogue", is_well=False, seen=f"{len(refused)} rows break the rules; the first: {refused[0]}")
    with room.store.across() as across:
        imported = catalogs.latest_version(across)
    source = f"imported version {imported} in use" if imported else "the shipped one in use"
    return Finding("catalogue", is_well=True, seen=f"{len(offers)} shipped offers are sound; {source}")


def compare_scopes(granted: Iterable[str]) -> Finding:
    """What the token may do, against what the manifest asks for."""
    wanted = set(bot_scopes())
    missing = sorted(wanted - set(granted))
    if missing:
        return Finding(
            "scopes", is_well=False, seen=f"missing {', '.join(missing)}: reinstall the app from manifest.json"
        )
    return Finding("scopes", is_well=True, seen=f"all {len(wanted)} of manifest.json are granted")


def oauth_is_complete(given: Mapping[str, bool]) -> Finding:
    """Whether installing by OAuth is set up or left out, not something in between; `given` says what is set."""
    missing = [name for name, is_given in given.items() if not is_given]
    if not missing:
        return Finding("OAuth", is_well=True, seen="set up: workspaces install at /slack/install")
    if not given["SLACK_CLIENT_ID"] and not given["SLACK_CLIENT_SECRET"]:
        return Finding("OAuth", is_well=True, seen="not set up: one workspace, with SLACK_BOT_TOKEN")
    return Finding("OAuth", is_well=False, seen=f"not active: {' and '.join(missing)} missing")


def installations_are_usable(room: Room) -> Iterator[Finding]:
    """One thing for each installation that is kept: a key opens its token, and it has the manifest's scopes."""
    with room.store.across() as across:
        kept = installations.list_all(across)
    for held in kept:
        name = f"installation {held.team_id}"
        try:
            room.vault.open(held.bot_token)
        except VaultError:
            seen = "no key of GPU_ADVISE_SECRET_KEYS opens its token: put the old key back, or install there again"
            yield Finding(name, is_well=False, seen=seen)
            continue
        found = compare_scopes(held.scopes)
        yield Finding(name, found.is_well, found.seen)


def bot_scopes() -> tuple[str, ...]:
    """The scopes that the manifest asks for."""
    return tuple(load_manifest()["oauth_config"]["scopes"]["bot"])


def load_manifest() -> dict[str, Any]:
    """The Slack app's manifest: at the top of a checkout, inside the package when installed."""
    inside = Path(bot.__file__).parent
    path = next(path for path in (inside.parent / "manifest.json", inside / "_manifest.json") if path.is_file())
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest
