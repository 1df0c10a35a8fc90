"""What a card says in each state, in the language of its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, Card, CardState
from bot.cards.encoding import ClipRules
from bot.cards.endings import done_card, ended_card
from bot.cards.wording import (
    Standing,
    button_of,
    finishing_card,
    queued_card,
    running_card,
)
from bot.clip import Clip, ClipFile, Progress, Renderer
from bot.errors import WayOut
from bot.job import Job, JobStatus
from bot.measurement import Blink, Eye, Measurement, Verdict
from bot.queue.estimate import Span
from bot.request import ClipFormat
from bot.texts import Texts
from tests.bot.queue.test_estimate import job as a_job

FILE = ClipFile(
    path=Path("clip.mp4"), format=ClipFormat.MP4, size_bytes=1000, width=768, height=768
)
BLINKS = (
    Blink(0.9, 1.2, 1.6, 0.6, Eye.LEFT),
    Blink(2.4, 2.8, 3.5, 0.9, Eye.BOTH, leads=Eye.RIGHT),
)


def job(locale: str = "en", renderer: Renderer = Renderer.PREVIEW, **changes: object) -> Job:
    job = a_job(renderer=renderer)
    origin = replace(job.origin, locale=locale, place_locale=locale)
    return replace(job, origin=origin, **changes)


def done(measured: Measurement, locale: str = "en") -> Card:
    clip = Clip(
        master=Path("master.mkv"), width=768, height=768, num_frames=49, measurement=measured
    )
    return done_card(job(locale, clip=clip), FILE, ClipRules())


def test_a_waiting_card_says_its_place_the_renderer_and_an_honest_range() -> None:
    card = queued_card(job(), Standing(3, Span(100, 400)))
    assert card.lines == (
        "Number 3 in the queue",
        "Preview on the CPU",
        "starts in 2 to 7 min",
    )
    assert [button.action for button in card.buttons] == [Action.CANCEL]


def test_where_nothing_was_measured_no_time_is_promised() -> None:
    card = queued_card(job(), Standing(1))
    assert not any("min" in line or " s" in line for line in card.lines)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span(20, 40), "20 to 40 s"),
        (Span(30.2, 30.4), "about 30 s"),
        (Span(0, 0.2), "about 1 s"),
        (Span(170, 190), "about 3 min"),
    ],
)
def test_times_are_said_as_people_say_them(span: Span, said: str) -> None:
    card = running_card(job(), Progress(1, 50), span)
    assert f"{said} to go" in card.lines


def test_a_running_card_counts_steps_and_shows_the_newest_picture() -> None:
    card = running_card(job(), Progress(20, 49, Path("preview.png")), None)
    assert card.lines[0] == "Step 20 of 49"
    assert card.picture == Path("preview.png")


def test_a_done_card_tells_settings_seed_and_what_was_measured() -> None:
    card = done(Measurement(Verdict.FINE, BLINKS, smile=0.042, smile_at_s=5.5))
    assert card.state is CardState.DONE and card.clip == FILE
    assert "33 frames · 768×768 · expression auto" in card.lines
    assert "Seed 1" in card.lines
    assert any(
        "left eye at 1.2 s, both eyes at 2.8 s" in line and "4 %" in line for line in card.lines
    )
    assert "Files are kept until 2030-01-31." in card.lines


def test_the_models_settings_are_told_where_the_model_rendered() -> None:
    card = queued_card(job(renderer=Renderer.MODEL), Standing(1))
    assert "EasyAnimate" in card.lines
    failed = ended_card(
        job(renderer=Renderer.MODEL, status=JobStatus.FAILED, failure=("error-render", {}))
    )
    assert any("50 steps · cfg 6 · auto" in line for line in failed.lines)


@pytest.mark.parametrize("verdict", [Verdict.FROZEN, Verdict.TORN, Verdict.UNMEASURED])
def test_what_is_wrong_with_a_clip_is_said_and_nothing_else_claimed(verdict: Verdict) -> None:
    lines = " ".join(done(Measurement(verdict)).lines)
    assert "Blinks" not in lines
    assert "Smile" not in lines


def test_a_smile_too_small_to_see_is_not_claimed() -> None:
    card = done(Measurement(Verdict.FINE, BLINKS, smile=0.004, smile_at_s=5.0))
    assert not any("Smile" in line for line in card.lines)


def test_cards_speak_the_language_of_their_place() -> None:
    card = done(Measurement(Verdict.FINE, BLINKS, smile=0.042, smile_at_s=5.5), "zh-TW")
    assert card.title == "你的画动起来了"
    assert any("眨眼" in line for line in card.lines)


def test_every_state_has_its_title_in_both_languages() -> None:
    for locale in ("en", "zh-CN"):
        titles = {
            queued_card(job(locale), Standing(1)).title,
            running_card(job(locale), None, None).title,
            finishing_card(job(locale)).title,
            done(Measurement(Verdict.FINE), locale).title,
            *(
                ended_card(job(locale, status=status)).title
                for status in (JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.EXPIRED)
            ),
        }
        assert len(titles) == 7


@pytest.mark.parametrize(
    ("locale", "label"), [("en", "frames:33 style:cartoon"), ("zh", "帧数:33 风格:卡通")]
)
def test_what_would_fit_is_called_as_one_would_type_it(locale: str, label: str) -> None:
    way = WayOut("change", {"frames": "33", "style": "cartoon"})
    assert button_of(Texts(locale), way).label == label
