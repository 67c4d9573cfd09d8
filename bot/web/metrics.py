"""What the database says at the moment of a scrape: the same on every process, whichever of them does the work."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.store import Store, inbox, outbox, webhooks

__all__ = ["Queues"]

_LATELY = "in the last 90 days"  # older rows are let go, so that these are no counters


class Queues(Collector):
    """How much waits, died and was done, over all workspaces; `collect` reads the database, so call it in a thread.

    A database that is away is one of the answers: then there is nothing but `gpu_advise_database_up 0`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        is_up = self._store.is_ready()
        yield GaugeMetricFamily("gpu_advise_database_up", "1 when the database answers", value=float(is_up))
        if is_up:
            yield from self._counted()

    def _counted(self) -> Iterator[Metric]:
        with self._store.read_across() as scope:
            posts, requests, deliveries = outbox.counts(scope), inbox.counts(scope), webhooks.counts(scope)
        unsent = {"waiting": posts["waiting"] + posts["sending"], "dead": posts["dead"]}
        unanswered = {state: requests[state] for state in ("waiting", "dead")}
        yield _by_state("gpu_advise_outbox_posts", "Posts that are not in Slack", unsent)
        yield _by_state("gpu_advise_inbox_requests", "Requests that are not worked off", unanswered)
        undelivered = {"waiting": deliveries["waiting"] + deliveries["sending"], "dead": deliveries["dead"]}
        yield _by_state("gpu_advise_webhook_deliveries", "Deliveries that no webhook took", undelivered)
        yield GaugeMetricFamily("gpu_advise_posts_sent", f"Posts that Slack took {_LATELY}", value=posts["sent"])
        taken = sum(requests.values())
        about = f"Requests written down, then acknowledged, {_LATELY}"
        yield GaugeMetricFamily("gpu_advise_requests_taken", about, value=taken)


def _by_state(name: str, about: str, counts: dict[str, int]) -> Metric:
    gauge = GaugeMetricFamily(name, about, labels=["state"])
    for state, count in counts.items():
        gauge.add_metric([state], count)
    return gauge
