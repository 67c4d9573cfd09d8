import pytest

from bot.store import subscriptions, workloads
from bot.store.said import Key, remember
from bot.store.workloads import OwnedWorkload
from engine import Stage, Workload
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs


def own(told: Story, name: str, stage: Stage | None = None, owner: str | None = None) -> None:
    with told.bot.store.write(told.team_id) as scope:
        workloads.save(scope, OwnedWorkload(Workload(name, stage=stage), owner=owner))


@pytest.fixture
def fleet(told: Story) -> Story:
    for number in range(30):
        own(told, f"job-{number:02}", "production" if number % 3 == 0 else "prototyping", owner="film team")
    own(told, "mine", "production", owner="U0ADMIN01")
    return told


async def test_what_stands_out_is_found_once_any_digest_has_looked(told: Story) -> None:
    keep_runs(told.bot.store, told.team_id, runs("clip-gen", accelerator_count=1, units=100.0, stage="production"))
    before = await told.ask("list finding=shift-to-performance")
    assert "No digest has looked for findings yet" in blocks_text(before)
    await told.ask("digest now")
    assert "clip-gen" in blocks_text(await told.ask("list finding=shift-to-performance"))
    assert "fits finding=stale_evidence" in blocks_text(await told.ask("list finding=stale-evidence"))


async def test_the_list_turns_its_pages_in_place(fleet: Story) -> None:
    first = await fleet.ask("list")
    assert "32 in all · page 1 of 2" in blocks_text(first)
    assert buttons(first) == ["list.turn.next"]
    await fleet.press(first, "list.turn.next")
    second = fleet.shown(first)
    assert "page 2 of 2" in blocks_text(second)
    assert "video-gen" in blocks_text(second)
    assert buttons(second) == ["list.turn.previous"]


async def test_a_filter_stays_when_the_page_is_turned(fleet: Story) -> None:
    first = await fleet.ask("list stage=prod")
    assert "11 in all" in blocks_text(first)
    assert not buttons(first)
    first = await fleet.ask("list name=job")
    await fleet.press(first, "list.turn.next")
    assert "only name=job" in blocks_text(fleet.shown(first))
    assert "mine" not in blocks_text(fleet.shown(first))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("stage=production", 11),
        ("production", 11),
        ("owner=me", 1),
        ('owner="FILM team"', 30),
        ('team="film team"', 30),
        ("owner=me stage=production name=mi", 1),
        ("name=JOB-0", 10),
    ],
)
async def test_the_list_shows_those_wanted_only(fleet: Story, words: str, found: int) -> None:
    assert f"{found} in all" in blocks_text(await fleet.ask(f"list {words}"))


async def test_the_stage_that_nobody_tagged_is_read_from_the_runs(told: Story) -> None:
    keep_runs(told.bot.store, told.team_id, runs("untagged", 40))
    said = blocks_text(await told.ask("list name=untagged"))
    assert any(stage in said for stage in ("prototyping", "validation", "production"))


async def test_none_that_fits_is_said_with_the_way_back(fleet: Story) -> None:
    said = blocks_text(await fleet.ask("list name=nothing"))
    assert "No workload of 32 fits name=nothing" in said
    assert "/gpu-advise list" in said


async def test_the_list_shows_what_a_digest_found(fleet: Story) -> None:
    await fleet.ask("digest daily 09:00 UTC")
    with fleet.bot.store.write(fleet.team_id) as scope:
        [subscription] = subscriptions.list_all(scope)
        remember(scope, subscription.id, {Key("job-03", "dominated"): "s"}, fleet.clock())
    said = blocks_text(await fleet.ask("list finding=dominated"))
    assert "1 in all" in said
    assert "job-03" in said
    assert "the same speed can be had for less" in said


async def test_a_page_beyond_the_last_is_named(fleet: Story) -> None:
    said = blocks_text(await fleet.ask("list 99"))
    assert "page 2 of 2" in said
    assert "there is no page 99" in said


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("stgae=production", "Did you mean stage=?"),
        ("stage=prodution", "A stage is prototyping"),
        ("kind=a", "ai or traditional"),
        ("finding=cheap", "dominated"),
        ("owner=", "For example list 2"),
        ("team=me", "owner= takes people"),
        ("two", "For example list 2"),
    ],
)
async def test_a_mistake_in_a_filter_says_how_to_mend_it(told: Story, words: str, hint: str) -> None:
    assert hint in blocks_text(await told.ask(f"list {words}"))
