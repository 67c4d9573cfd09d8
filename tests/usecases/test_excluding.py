"""What a dismissal leaves out: exactly the offers that have everything it names, whichever way the engine looks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.data import load_catalog
from bot.store import Store, exclusions
from bot.usecases.deciding.excluding import DISMISSALS, Dismissal, as_documents, excluded_by, quotas
from engine import Filters, Offer, Quota, index
from tests.store.store_samples import HOUR, NOW

INDEX = index(load_catalog())
OFFERS = tuple(INDEX.offer(row) for row in range(len(INDEX.prices)))
CONFIGURATION = {"provider": "aws", "region": "us-east-1", "accelerator": "H100-80GB", "instance_type": "p5.48xlarge"}


def is_left_out(offer: Offer, excluded: Mapping[str, str]) -> bool:
    """The slow, obvious way."""
    return all(getattr(offer, name) == word for name, word in excluded.items())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(DISMISSALS), st.sampled_from(OFFERS)),
        max_size=4,
    )
)
def test_the_engine_leaves_out_exactly_what_was_excluded(made: list[tuple[Dismissal, Offer]]) -> None:
    columns = [{name: getattr(it, name) for name in ("provider", "region", "accelerator")} for _, it in made]
    named = [excluded_by(reason, it) for (reason, _), it in zip(made, columns, strict=True)]
    excluded: list[dict[str, Any]] = [each for each in named if each]
    usable = INDEX.usable(Filters(quotas=tuple(Quota(0, **each) for each in excluded)))
    kept = [row for row, it in enumerate(OFFERS) if not any(is_left_out(it, each) for each in excluded)]
    assert np.array_equal(np.sort(usable.rows), kept)


@pytest.mark.parametrize(
    ("reason", "excluded"),
    [
        ("no_quota", {"provider": "aws", "region": "us-east-1", "accelerator": "H100-80GB"}),
        ("not_validated", {"accelerator": "H100-80GB"}),
        ("residency", {"region": "us-east-1"}),
        ("provider", {"provider": "aws"}),
        ("too_risky", {}),
        ("not_now", {}),
        ("other", {}),
    ],
)
def test_a_reason_excludes_what_it_is_about(reason: Dismissal, excluded: dict[str, str]) -> None:
    assert excluded_by(reason, CONFIGURATION) == excluded


def test_a_region_without_a_name_is_excluded_at_its_provider_alone() -> None:
    nowhere = CONFIGURATION | {"provider": "jarvislabs", "region": "unspecified"}
    assert excluded_by("residency", nowhere) == {"provider": "jarvislabs", "region": "unspecified"}
    elsewhere = [it for it in OFFERS if it.region == "unspecified" and it.provider != "jarvislabs"]
    assert elsewhere
    assert not any(is_left_out(it, excluded_by("residency", nowhere)) for it in elsewhere)


def test_what_a_configuration_does_not_say_is_not_excluded() -> None:
    unknown: dict[str, Any] = CONFIGURATION | {"region": None}
    assert excluded_by("no_quota", unknown) == {"provider": "aws", "accelerator": "H100-80GB"}
    assert excluded_by("residency", unknown) == {}


def test_exclusions_in_force_reach_the_engine_and_the_views(store: Store) -> None:
    with store.write("T1") as scope:
        made = exclusions.add(
            scope, "video-gen", "not_validated", {"accelerator": "T4"}, advice_id=None, by="U1", at=NOW
        )  # fmt: skip
        assert quotas(scope, "video-gen") == (Quota(0, accelerator="T4"),)
        assert as_documents(scope, "video-gen") == [
            {
                "id": made.id,
                "workload": "video-gen",
                "reason": "not_validated",
                "excluded": {"accelerator": "T4"},
                "by": "U1",
                "at": NOW.isoformat(),
            }
        ]
        exclusions.revoke(scope, made.id, by="U1", at=NOW + HOUR)
        assert quotas(scope, "video-gen") == ()
        assert as_documents(scope, "video-gen") == []
