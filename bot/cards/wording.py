"""Jobs into cards: which sentences, buttons and pictures a person sees until they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.asking.option_words import name_in, value_in
from bot.card import Action, Button, Card, CardState
from bot.clip import Progress, Renderer, Trouble
from bot.door.limits import COST_OF_DAY
from bot.errors import WayOut
from bot.job import Job
from bot.measurement import Blink, Measurement, Verdict
from bot.queue.estimate import Span
from bot.request import Style
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a waiting job stands: how manieth, counted from 1, and for how long, as far as that
    is known; what keeps its renderer away; and a draft to look at meanwhile."""

    place: int | None = None
    wait: Span | None = None
    trouble: Trouble | None = None
    draft: Path | None = None


def queued_card(job: Job, standing: Standing) -> Card:
    texts = Texts(job.origin.place_locale)
    place, trouble = standing.place, standing.trouble
    lines = [texts.say("card-place", place=place)] if place is not None else []
    lines.append(renderer_line(texts, job))
    actions = [Action.CANCEL]
    if trouble is not None and trouble.of_all:
        lines.append(texts.say(trouble.key, **trouble.args))
    elif trouble is not None:
        lines.append(texts.say("card-away", why=texts.say(trouble.key, **trouble.args)))
        actions.insert(0, Action.PREVIEW)
    elif standing.wait is not None:
        lines.append(texts.say("card-wait", span=say_span(texts, standing.wait)))
    lines += _cost_lines(texts, job)
    if standing.draft is not None:
        lines.append(texts.say("card-draft"))
    lines += credit_lines(texts, job)
    lines += notes_lines(texts, job)
    card = card_of_job(job, CardState.QUEUED, lines, [button(texts, action) for action in actions])
    return replace(card, picture=standing.draft)


def running_card(job: Job, progress: Progress | None, left: Span | None) -> Card:
    texts = Texts(job.origin.place_locale)
    lines = [renderer_line(texts, job)]
    if progress is not None:
        lines.insert(0, texts.say("card-step", step=progress.step, of=progress.of))
    if left is not None:
        lines.append(texts.say("card-left", span=say_span(texts, left)))
    lines += credit_lines(texts, job)
    lines += notes_lines(texts, job)
    card = card_of_job(job, CardState.RUNNING, lines, [button(texts, Action.CANCEL)])
    return replace(card, progress=progress, picture=progress.picture if progress else None)


def finishing_card(job: Job) -> Card:
    texts = Texts(job.origin.place_locale)
    return card_of_job(job, CardState.FINISHING, [renderer_line(texts, job)])


def measured_line(texts: Texts, measured: Measurement) -> str:
    """Blinks with their times and the smile; for a clip that went wrong, what is wrong."""
    if measured.verdict is not Verdict.FINE:
        return texts.say(f"measured-{measured.verdict.value}")
    blinks = ", ".join(_blink(texts, blink) for blink in measured.blinks)
    said = texts.say("measured-blinks", blinks=blinks) if blinks else texts.say("measured-none")
    percent = round((measured.smile or 0.0) * 100)
    if percent:
        at = measured.smile_at_s or 0.0
        said += " · " + texts.say("measured-smile", percent=percent, at=at)
    return said


def card_of_job(
    job: Job, state: CardState, lines: Iterable[str], buttons: Iterable[Button] = ()
) -> Card:
    locale = job.origin.place_locale
    return Card(
        job_id=job.id,
        state=state,
        locale=locale,
        title=Texts(locale).say(f"card-title-{state.value}"),
        lines=tuple(lines),
        loop=job.request.loop,
        buttons=tuple(buttons),
    )


def button(texts: Texts, action: Action) -> Button:
    return Button(action, texts.say(f"action-{action.value}"))


def renderer_line(texts: Texts, job: Job) -> str:
    return texts.say(f"renderer-{job.renderer.value}")


def notes_lines(texts: Texts, job: Job) -> list[str]:
    notes = (*job.notes, *(job.clip.notes if job.clip else ()))
    return [texts.say(note.key, **note.args) for note in notes if note.key != COST_OF_DAY]


def credit_lines(texts: Texts, job: Job) -> list[str]:
    """Whose picture it is, where somebody else asked for the clip."""
    origin = job.origin
    if origin.own_picture or not origin.author_name:
        return []
    return [texts.say("card-drawn-by", author=origin.author_name)]


def settings_line(texts: Texts, job: Job) -> str:
    asked = job.request
    parts = [
        texts.say("setting-frames", frames=asked.frames_shown),
        f"{job.width}×{job.height}",
        texts.say("setting-expression", expression=asked.expression.value),
    ]
    if job.renderer is Renderer.MODEL:
        parts += [
            texts.say("setting-steps", steps=asked.num_inference_steps),
            f"cfg {asked.guidance_scale:g}",
            asked.sampler.value,
        ]
    if asked.style is not Style.FINE:
        parts.append(texts.say("setting-style", style=asked.style.value))
    if asked.loop:
        parts.append(texts.say("setting-loop"))
    return " · ".join(parts)


def _cost_lines(texts: Texts, job: Job) -> list[str]:
    """While it waits: afterwards less may have been charged."""
    if not round(job.cost_s):
        return []
    of_day = [texts.say(note.key, **note.args) for note in job.notes if note.key == COST_OF_DAY]
    return of_day or [texts.say("cost-about", cost=round(job.cost_s))]


def _blink(texts: Texts, blink: Blink) -> str:
    return texts.say("measured-blink", at=blink.deepest_s, eye=blink.eye.value)


def button_of(texts: Texts, way: WayOut) -> Button:
    action = Action(way.action)
    if action is not Action.CHANGE:
        return Button(action, texts.say(f"action-{action.value}", **way.changes), way.changes)
    spoken = texts.language
    label = " ".join(
        f"{name_in(spoken, name)}:{value_in(spoken, name, value)}"
        for name, value in way.changes.items()
    )
    return Button(action, label, way.changes)


def say_span(texts: Texts, span: Span) -> str:
    """Minutes as people say them; below a minute and a half in seconds."""
    if span.high_s < 90:
        low, high, unit = max(round(span.low_s), 1), max(round(span.high_s), 1), "seconds"
    else:
        low, high, unit = round(span.low_s / 60), round(span.high_s / 60), "minutes"
    if low >= high:
        return texts.say(f"span-about-{unit}", high=high)
    return texts.say(f"span-range-{unit}", low=low, high=high)
