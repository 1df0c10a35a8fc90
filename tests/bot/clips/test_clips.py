"""One's own clips: once more, otherwise, in other files, away and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.card import Action, CardState
from bot.clip import ClipFile, Drawing
from bot.clips.actions import UNDO
from bot.errors import JobGoneError, MessengerError, NotAllowedError
from bot.job import Job
from bot.request import GENTLE_PROMPT, ClipFormat
from tests.bot.making import CLEO, MODERATOR, OF_CLEO, delivered, let_everybody
from tests.fakes.house import ADA, BEN, FakeHouse

DAY_S = UNDO.total_seconds()


def shown(house: FakeHouse, job: Job) -> CardState:
    """What the one card of the job says."""
    (card,) = house.messenger.of_job(job.id)
    return card.state


async def test_again_takes_the_same_picture_and_settings_with_a_new_seed(house: FakeHouse) -> None:
    first = await delivered(house, seed="7", expression="wink")
    again = await house.job(await house.service.clips.again(first.id, ADA))
    assert again.id != first.id
    assert again.request.expression == first.request.expression
    assert not again.request.seed_typed


async def test_a_tweak_and_a_loop_keep_the_seed_that_was_typed(house: FakeHouse) -> None:
    first = await delivered(house, seed="7")
    tweaked = await house.job(await house.service.clips.tweak(first.id, ADA, {"steps": "60"}))
    looped = await house.job(await house.service.clips.loop(first.id, ADA))
    assert (tweaked.request.seed, tweaked.request.num_inference_steps) == (7, 60)
    assert looped.request.seed == 7 and looped.request.loop


async def test_gentle_takes_the_prompt_that_helps_weak_sketches(house: FakeHouse) -> None:
    first = await delivered(house)
    gentle = await house.job(await house.service.clips.gentle(first.id, ADA))
    assert gentle.request.prompt == GENTLE_PROMPT


async def test_what_was_allowed_for_a_picture_is_not_asked_again(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    async with house.at_work():
        await house.until(lambda: house.jobs.rows[asked.job_id].status.ended)
    again = await house.service.clips.again(asked.job_id, ADA)
    assert again.state is CardState.QUEUED


async def test_the_author_of_a_picture_is_credited_on_the_next_clip_too(house: FakeHouse) -> None:
    let_everybody(house)
    first = await delivered(house, OF_CLEO)
    again = await house.job(await house.service.clips.again(first.id, ADA))
    assert again.origin.drawn_by == CLEO.owner


async def test_another_format_is_made_from_the_same_master_and_fits_where_it_was_asked(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    house.messenger.limit_bytes = 500
    file = await house.service.clips.file_of(job.id, ADA, ClipFormat.SHEET)
    assert (file.format, file.size_bytes) == (ClipFormat.SHEET, 500)
    assert len(house.engine.rendered) == 1


async def test_a_file_that_was_asked_for_leaves_the_cards_own_alone(house: FakeHouse) -> None:
    job = await delivered(house)
    assert job.file is not None
    asked = await house.service.clips.file_of(job.id, ADA, job.file.format)
    assert asked.path != job.file.path


async def test_the_expression_curve_is_drawn_for_its_owner(house: FakeHouse) -> None:
    job = await delivered(house)
    with pytest.raises(NotAllowedError):
        await house.service.clips.drawing_of(job.id, BEN, Drawing.CURVES_PNG)
    picture = await house.service.clips.drawing_of(job.id, ADA, Drawing.CURVES_PNG)
    assert picture.name == "curves.png" and picture.exists()


async def test_a_file_is_not_handed_out_when_its_clip_was_reported_meanwhile(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(house)
    encode = house.engine.encode

    async def reported_meanwhile(*args: object) -> ClipFile:
        await house.service.moderation.report(job.id, BEN)
        return await encode(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(house.engine, "encode", reported_meanwhile)
    with pytest.raises(JobGoneError, match="clip-hidden"):
        await house.service.clips.file_of(job.id, ADA, ClipFormat.GIF)


async def test_a_deleted_clip_leaves_its_card_and_comes_back_within_a_day(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    (card,) = house.messenger.of_job(job.id)
    assert (card.state, card.clip) == (CardState.DELETED, None)
    assert [button.action for button in card.buttons] == [Action.UNDELETE]
    await house.clock.advance(DAY_S - 60)
    await house.service.clips.undelete(job.id, ADA)
    (card,) = house.messenger.of_job(job.id)
    assert (card.state, card.clip) == (CardState.DONE, job.file)
    assert not card.clip_stays, "the card showed it no more: it is sent again"


async def test_after_a_day_nothing_comes_back_whether_or_not_the_files_are_gone(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    await house.clock.advance(DAY_S)
    with pytest.raises(JobGoneError, match="undelete-too-late"):
        await house.service.clips.undelete(job.id, ADA)


async def test_what_a_moderator_deleted_its_owner_cannot_have_back(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, MODERATOR)
    with pytest.raises(NotAllowedError, match="not-your-deletion"):
        await house.service.clips.undelete(job.id, ADA)
    await house.service.clips.undelete(job.id, MODERATOR)


async def test_a_deleted_clip_that_was_shared_comes_back_unshared(house: FakeHouse) -> None:
    let_everybody(house, gallery="wall")
    job = await delivered(house)
    await house.service.gallery.share(job.id, ADA)
    await house.service.clips.delete(job.id, ADA)
    await house.service.clips.undelete(job.id, ADA)
    assert await house.shares.get(job.id) is None
    assert shown(house, job) is CardState.DONE


async def test_a_card_that_cannot_be_edited_any_more_is_taken_away_instead(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    card = house.jobs.rows[job.id].card
    assert card is not None
    del house.messenger.cards[card]  # as good as too old for edits
    await house.service.clips.delete(job.id, ADA)
    assert house.messenger.of_job(job.id) == [], "and none is posted afresh to say so"


async def test_what_a_chat_that_was_away_could_not_show_is_shown_when_it_is_back(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    house.messenger.failures.append(MessengerError())
    await house.service.clips.delete(job.id, ADA)
    assert shown(house, job) is CardState.DONE
    assert not house.jobs.rows[job.id].told
    async with house.at_work():
        await house.until(lambda: house.jobs.rows[job.id].told)
    assert shown(house, job) is CardState.DELETED


async def test_what_another_process_decided_reaches_the_card(house: FakeHouse) -> None:
    job = await delivered(house)
    async with house.at_work():
        changes = {"deleted_at": house.clock.now(), "deleted_by": ADA.owner, "told": False}
        await house.jobs.save(job.id, **changes)
        await house.clock.advance(60)
        await house.until(lambda: house.jobs.rows[job.id].told)
    assert shown(house, job) is CardState.DELETED


async def test_a_place_that_takes_less_than_it_once_did_gets_a_smaller_clip(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    house.messenger.limit_bytes = 400
    await house.service.clips.undelete(job.id, ADA)
    (card,) = house.messenger.of_job(job.id)
    assert card.clip is not None and card.clip.size_bytes <= 400


async def test_a_clip_whose_files_are_lost_keeps_its_words(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    house.media.drop(job.id)
    await house.service.clips.undelete(job.id, ADA)
    (card,) = house.messenger.of_job(job.id)
    assert (card.state, card.clip) == (CardState.DONE, None)
    assert house.jobs.rows[job.id].told


async def test_the_clip_of_an_expired_card_may_stay_where_people_see_it(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.jobs.save(job.id, files_gone_at=house.clock.now(), told=False)
    await house.core.showing.tell(job.id)
    (card,) = house.messenger.of_job(job.id)
    assert (card.state, card.clip_stays, card.buttons) == (CardState.GONE, True, ())


async def test_an_old_clip_gets_no_fresh_message_only_to_say_that_it_is_over(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    house.messenger.gone.update(house.messenger.cards)
    await house.jobs.save(job.id, files_gone_at=house.clock.now(), told=False)
    await house.core.showing.tell(job.id)
    assert house.messenger.of_job(job.id) == []
    assert house.jobs.rows[job.id].told


async def test_a_button_that_renders_anew_says_how_long_this_clip_took(house: FakeHouse) -> None:
    job = await delivered(house)
    job = replace(job, timings=replace(job.timings, rendered_s=170, encoded_s=9, uploaded_s=1))
    house.jobs.rows[job.id] = replace(job, told=False)
    await house.core.showing.tell(job.id)
    (card,) = house.messenger.of_job(job.id)
    labels = {button.action: button.label for button in card.buttons}
    assert labels[Action.LOOP] == "Loop · new render, about 3 min"
    assert labels[Action.SHARE] == "Share"
