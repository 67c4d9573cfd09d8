"""Another pick, a snooze, or no: reasons become limits of the workload that everybody sees and anybody revokes."""

import pytest

from bot.local.workspace import ADMINISTRATOR, MEMBER, PostedMessage
from bot.store import exclusions
from tests.scenarios.deciding_story import (
    GUEST,
    advice_id_of,
    ask_openly,
    audited,
    choose,
    decision_about,
    dismiss,
    filled,
    join_in,
    modal,
    newest,
    open_modal,
    reprice,
    said_to,
    submit,
    view_text,
)
from tests.scenarios.workspace_story import Story, blocks_text, buttons


def left_out(told: Story) -> list[dict[str, str]]:
    with told.bot.store.read(told.team_id) as scope:
        return [dict(each.excluded) for each in exclusions.list_standing(scope, "video-gen")]


def buttons_of_sections(message: PostedMessage) -> list[str]:
    return [block["accessory"]["action_id"] for block in message.blocks if "accessory" in block]


class TestChoosingAnother:
    async def test_asks_for_confirmation_of_that_pick(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        advice_id = advice_id_of(card)
        await choose(told, card, "advice.choose", f"{advice_id}:cost")
        assert "*video-gen* · Cost\n2 × A100-40GB" in view_text(modal(told))
        await submit(told, modal(told))
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert decision.objective == "cost"
        assert "*Approved:* cost" in blocks_text(told.shown(card))

    async def test_takes_a_near_equal_with_a_forecast_of_its_own(self, told: Story) -> None:
        card = await told.ask("video-gen production accelerator=H100-80GB")  # many offer it
        advice_id = advice_id_of(card)
        await choose(told, card, "advice.choose", f"{advice_id}:fallback:0")
        assert "*video-gen* · Nearly as good\n" in view_text(modal(told))
        await submit(told, modal(told))
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert (decision.objective, decision.reason) == (None, "fallback:0")
        assert decision.configuration is not None
        assert decision.forecast is not None
        per_hour = decision.configuration["price_usd_per_hour"] * decision.configuration["node_count"]
        assert decision.forecast["usd_per_day"] == pytest.approx(24 * per_hour)
        speed = decision.forecast["units_per_hour"]
        assert decision.forecast["usd_per_unit"]["p50"] == pytest.approx(per_hour / speed["p50"])
        assert f"*Approved:* {decision.configuration['accelerator_count']} × " in blocks_text(told.shown(card))

    @pytest.mark.parametrize("choice", ["fallback:99", "speed"])
    async def test_of_what_the_advice_does_not_hold_decides_nothing(self, told: Story, choice: str) -> None:
        card = await told.ask("video-gen production")
        await choose(told, card, "advice.choose", f"{advice_id_of(card)}:{choice}")
        assert "Nothing feasible to approve" in view_text(modal(told))


class TestSnoozing:
    @pytest.mark.parametrize(("how_long", "days"), [("week", 7), ("month", 30)])
    async def test_lasts_as_long_as_was_chosen(self, told: Story, how_long: str, days: int) -> None:
        card = await told.ask("video-gen production")
        advice_id = advice_id_of(card)
        await choose(told, card, "advice.snooze", f"{advice_id}:{how_long}")
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert decision.until is not None
        assert (decision.until - decision.decided_at).days == days
        assert "Snoozed* until" in blocks_text(told.shown(card))
        assert buttons(told.shown(card)) == ["advice.undo", "advice.why", "advice.share"]
        assert audited(told)[-1] == ("advice.snooze", ADMINISTRATOR.id)

    @pytest.mark.parametrize(("how_long", "said"), [("month", "until"), ("price", "until its price moves by 5 %")])
    async def test_asks_for_how_long_from_behind_the_three_dots(self, told: Story, how_long: str, said: str) -> None:
        card = await told.ask("video-gen production")
        advice_id = advice_id_of(card)
        form = await open_modal(told, card, "snooze.ask")
        assert filled(form)["how_long"]["chosen"]["selected_option"]["value"] == "week"
        await submit(told, form, how_long=how_long)
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert decision.reason == how_long
        assert f"Snoozed* {said}" in blocks_text(told.shown(card))
        assert buttons(told.shown(card)) == ["advice.undo", "advice.why", "advice.share"]

    async def test_is_refused_before_it_is_asked_for_once_somebody_decided(self, told: Story) -> None:
        private = await told.ask("video-gen production")
        await told.press(private, "advice.share")
        await dismiss(told, newest(told), "not_now", MEMBER.id)
        late = await open_modal(told, private, "snooze.ask")
        assert late.content.get("submit") is None
        assert f"<@{MEMBER.id}> was first and dismissed it" in view_text(late)
        assert "can still undo it on the card" in view_text(late)

    async def test_by_a_guest_is_explained_instead(self, told: Story) -> None:
        join_in(told, GUEST)
        refused = await open_modal(told, await ask_openly(told), "snooze.ask", GUEST.id)
        assert "only members of this workspace may snooze" in view_text(refused)

    async def test_until_the_price_moves_remembers_the_price(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        advice_id = advice_id_of(card)
        reprice(told, 1.01)
        await choose(told, card, "advice.snooze", f"{advice_id}:price")
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert decision.until is None
        assert decision.configuration is not None
        assert decision.configuration["price_usd_per_hour"] == 63.296 * 1.01
        assert "Snoozed* until its price moves by 5 %" in blocks_text(told.shown(card))

    async def test_may_wait_for_the_price_of_another_pick(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        advice_id = advice_id_of(card)
        await choose(told, card, "advice.snooze", f"{advice_id}:price:cost")
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert decision.configuration is not None
        assert decision.configuration["accelerator"] == "A100-40GB"

    async def test_cannot_wait_for_the_price_of_what_nobody_offers_any_more(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        reprice(told, 1.0, is_gone=True)
        await choose(told, card, "advice.snooze", f"{advice_id_of(card)}:price")
        assert "There is no price to wait for here" in said_to(told, ADMINISTRATOR.id)
        assert decision_about(told, advice_id_of(card)) is None


class TestDismissing:
    async def test_asks_why_and_about_what(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        form = await open_modal(told, card, "advice.dismiss")
        said = view_text(form)
        assert "No quota for it there" in said
        assert "2 × A100-40GB" in said
        reason = next(block for block in form.content["blocks"] if block.get("block_id") == "reason")
        assert reason["optional"] is False

    @pytest.mark.parametrize(
        ("reason", "excluded"),
        [
            ("no_quota", [{"provider": "aws", "region": "us-east-1", "accelerator": "H200-141GB"}]),
            ("too_risky", []),
        ],
    )
    async def test_leaves_out_what_the_reason_is_about(
        self, told: Story, reason: str, excluded: list[dict[str, str]]
    ) -> None:
        card = await told.ask("video-gen production")
        await dismiss(told, card, reason)
        assert left_out(told) == excluded
        assert "✖ *Dismissed:* " in blocks_text(told.shown(card))

    async def test_shows_the_remark_as_it_was_typed(self, told: Story) -> None:
        card = await ask_openly(told)
        await dismiss(told, card, "other", remark="ask <!channel> *first*")
        said = blocks_text(told.shown(card))
        assert "another reason (“ask &lt;!channel&gt; " in said
        assert "<!channel>" not in said

    async def test_a_region_that_a_provider_does_not_name_is_that_provider_s_alone(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        await dismiss(told, card, "residency", about="cost")
        assert left_out(told) == [{"provider": "jarvislabs", "region": "unspecified"}]

    async def test_later_answers_keep_to_it_and_say_so(self, told: Story) -> None:
        card = await told.ask("video-gen production")
        await dismiss(told, card, "not_validated")
        assert "Left out · video-gen" in blocks_text(newest(told))
        fresh = blocks_text(await told.ask("video-gen production"))
        assert "H200-141GB (not validated on it)" in fresh
        assert "× H200-141GB" not in fresh

    async def test_what_is_left_out_stands_on_the_card_in_why_and_in_the_settings(self, told: Story) -> None:
        await dismiss(told, await told.ask("video-gen production"), "not_validated")
        card = await told.ask("video-gen production")
        story = view_text(await open_modal(told, card, "advice.why"))
        assert f"*What is left out*\nH200-141GB: not validated on it, said <@{ADMINISTRATOR.id}>" in story
        await told.press(card, "exclusion.list")
        assert buttons_of_sections(newest(told)) == ["exclusion.revoke"]
        assert buttons_of_sections(await told.ask("settings video-gen")) == ["exclusion.revoke"]

    async def test_settings_of_a_workload_that_nobody_knows_name_the_nearest(self, told: Story) -> None:
        assert "Did you mean video-gen?" in blocks_text(await told.ask("settings video-gem"))

    async def test_what_is_allowed_again_is_proposed_again(self, told: Story) -> None:
        await dismiss(told, await told.ask("video-gen production"), "not_validated")
        listed = newest(told)
        await told.press(listed, "exclusion.revoke", user_id=MEMBER.id)
        assert "every offer of the catalogue is weighed" in blocks_text(newest(told))
        assert left_out(told) == []
        assert "8 × H200-141GB" in blocks_text(await told.ask("video-gen production"))
        assert [action for action, _ in audited(told)] == ["advice.dismiss", "exclusion.make", "exclusion.revoke"]

    async def test_what_is_left_out_concerns_that_workload_alone(self, told: Story) -> None:
        await dismiss(told, await told.ask("video-gen production"), "not_validated")
        with told.bot.store.read(told.team_id) as scope:
            assert exclusions.list_standing(scope, "another") == []
        with told.bot.store.read("T0OTHER") as scope:
            assert exclusions.list_standing(scope) == []

    async def test_a_second_dismissal_is_told_who_was_first(self, told: Story) -> None:
        card = await ask_openly(told)
        late = await open_modal(told, card, "advice.dismiss", MEMBER.id)
        await dismiss(told, card, "no_quota")
        await submit(told, late, reason="provider")
        assert f"<@{ADMINISTRATOR.id}> was first and dismissed it" in said_to(told, MEMBER.id)
        assert len(left_out(told)) == 1
