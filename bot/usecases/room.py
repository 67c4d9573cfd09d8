"""What every use case works with, and what is too dear to make for each question: indexes and models."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from bot.data import load_catalog
from bot.store import Scope, Store, catalogs, models
from bot.usecases.digests.hands import Crew
from bot.usecases.workspace.people import People, anybody
from bot.vault import Vault
from engine import CatalogIndex, Model, Observations, fit, index

__all__ = ["Room", "Shelf", "utc_now"]

_Key = TypeVar("_Key")
_Made = TypeVar("_Made")
_MOST = 8  # of each kind; a workspace has its own catalogue only where it imported one


def _nothing(_team_id: str) -> None:
    """Nothing is remembered outside the database."""


def utc_now() -> datetime:
    """The clock of a running bot."""
    return datetime.now(UTC)


class _Kept(Generic[_Key, _Made]):
    """The few values used last, each made once however many threads ask; whoever asks for another does not wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: OrderedDict[_Key, Future[_Made]] = OrderedDict()

    def get(self, key: _Key, make: Callable[[], _Made]) -> _Made:
        with self._lock:
            is_ours = key not in self._values
            value = self._values.setdefault(key, Future())
            self._values.move_to_end(key)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        if is_ours:
            self._make(key, make, value)
        return value.result()

    def _make(self, key: _Key, make: Callable[[], _Made], value: "Future[_Made]") -> None:
        """What cannot be made is not kept: whoever asks next tries again."""
        try:
            value.set_result(make())
        except BaseException as problem:  # noqa: BLE001 - raised again in every thread that waits for the value
            with self._lock:
                if self._values.get(key) is value:
                    del self._values[key]
            value.set_exception(problem)


class Shelf:
    """Catalogue indexes and performance models by version; safe to share between threads."""

    def __init__(self) -> None:
        self._indexes: _Kept[str | None, CatalogIndex] = _Kept()
        self._models: _Kept[tuple[str, str], Model] = _Kept()

    def index(self, scope: Scope) -> CatalogIndex:
        """The index of the catalogue imported last, or of the shipped one."""
        version = catalogs.latest_version(scope)
        return self._indexes.get(version, lambda: _indexed(scope, version))

    def model(self, scope: Scope, own: Observations) -> Model:
        """The model fitted last; without one of this very engine, one fitted now on all that is known."""
        latest = models.latest_model(scope)
        if latest is None:
            return _fitted(scope, own, self.index(scope))
        version, document = latest

        def made() -> Model:
            is_current = Model.is_current(document)
            return Model.from_document(document) if is_current else _fitted(scope, own, self.index(scope))

        return self._models.get((scope.team_id, version), made)


def _indexed(scope: Scope, version: str | None) -> CatalogIndex:
    imported = None if version is None else catalogs.load(scope, version)
    return index(imported or load_catalog())


def _fitted(scope: Scope, own: Observations, index_: CatalogIndex) -> Model:
    others = [each for each in models.all_observations(scope) if each.workload != own.workload]
    known = [Observations.from_document(each.document) for each in others]
    return fit([*known, own], index_.catalog.accelerators)


@dataclass(frozen=True, slots=True)
class Room:
    """The database, the shelf, the clocks and the people: `clock` says what time it is, `timer` measures seconds.

    `administrators` are Slack users that the machine's own settings name, in every workspace. `forget` drops what is
    remembered of a workspace outside the database, as when it lets the bot go or in again. `crew` does the work of
    surveys; without one it is done where they are asked for. `is_local_webhook_allowed`: a webhook may lead to this
    very machine, without https, as whoever runs the bot has said so.
    """

    store: Store
    shelf: Shelf = field(default_factory=Shelf)
    clock: Callable[[], datetime] = utc_now
    timer: Callable[[], float] = time.perf_counter
    people: People = anybody
    administrators: tuple[str, ...] = ()
    vault: Vault = field(default_factory=Vault)
    forget: Callable[[str], object] = _nothing
    crew: Crew | None = None
    is_local_webhook_allowed: bool = False
