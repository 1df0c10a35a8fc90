"""Ended jobs into cards: the clip with its buttons, or what became of it and how to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.card import Action, Button, Card, CardState
from bot.cards.encoding import ClipRules
from bot.cards.wording import (
    button,
    card_of_job,
    credit_lines,
    measured_line,
    notes_lines,
    renderer_line,
    say_span,
    settings_line,
)
from bot.clip import ClipFile
from bot.clips.actions import RULES, UNDO, Phase, phase_of
from bot.job import Job, JobStatus
from bot.queue.estimate import Span
from bot.request import GENTLE_PROMPT
from bot.sharing import Share
from bot.texts import Texts

# In the order in which they stand; the table of actions says in which phases.
BUTTONS = (
    Action.AGAIN,
    Action.TWEAK,
    Action.LOOP,
    Action.GENTLE,
    Action.FORMATS,
    Action.CURVE,
    Action.KEY_FRAMES,
    Action.SHARE,
    Action.UNSHARE,
    Action.WEB,
    Action.DELETE,
    Action.UNDELETE,
    Action.REPORT,
)
RENDERS = frozenset({Action.AGAIN, Action.LOOP, Action.GENTLE})  # at once, when tapped


def end_card(job: Job, share: Share | None, rules: ClipRules) -> Card:
    """The card of an ended job in the phase that it is in."""
    match phase_of(job, share):
        case Phase.GONE:
            return gone_card(job)
        case Phase.DELETED:
            return deleted_card(job)
        case Phase.HIDDEN:
            return hidden_card(job)
        case Phase.ENDED:
            return ended_card(job)
    return done_card(job, job.file, rules, share)


def done_card(
    job: Job, file: ClipFile | None, rules: ClipRules, share: Share | None = None
) -> Card:
    """The clip with its settings, seed and what was measured on it. `file` is None where it can't
    be shown again; the words stay."""
    texts = Texts(job.origin.place_locale)
    measured = job.clip.measurement if job.clip else None
    lines = [settings_line(texts, job), texts.say("card-seed", seed=str(job.request.seed))]
    if measured is not None:
        lines.append(measured_line(texts, measured))
    lines.append(renderer_line(texts, job))
    lines += credit_lines(texts, job)
    lines += [texts.say(f"card-fitted-{what}") for what in (file.fitted if file else ())]
    lines += notes_lines(texts, job)
    lines += _kept(texts, job, rules.keep, share)
    shared = share is not None and share.shown
    phase = Phase.SHARED if shared else Phase.DONE
    buttons = _buttons(texts, job, share, phase, page=rules.page)
    card = card_of_job(job, CardState.DONE, lines, buttons)
    return replace(card, clip=file)


def ended_card(job: Job) -> Card:
    """Failed, cancelled or expired: what happened and how to go on."""
    texts = Texts(job.origin.place_locale)
    lines = []
    if job.failure is not None:
        key, args = job.failure
        lines.append(texts.say(key, **args))
    lines.append(settings_line(texts, job))
    state = CardState(job.status.value)
    return card_of_job(job, state, lines, _buttons(texts, job, None, Phase.ENDED))


def hidden_card(job: Job) -> Card:
    texts = Texts(job.origin.place_locale)
    lines = [texts.say("card-hidden")]
    return card_of_job(job, CardState.HIDDEN, lines, _buttons(texts, job, None, Phase.HIDDEN))


def deleted_card(job: Job) -> Card:
    """Says nothing of what was there."""
    texts = Texts(job.origin.place_locale)
    assert job.deleted_at is not None
    lines = [texts.say("card-deleted", until=_moment(job.deleted_at + UNDO))]
    return card_of_job(job, CardState.DELETED, lines, _buttons(texts, job, None, Phase.DELETED))


def gone_card(job: Job) -> Card:
    """What the card shows of a clip may stay there: only our own files were kept for so long."""
    texts = Texts(job.origin.place_locale)
    if job.deleted_at is not None or job.hidden:
        return card_of_job(job, CardState.GONE, [texts.say("card-gone-for-good")])
    lines = [
        settings_line(texts, job),
        texts.say("card-seed", seed=str(job.request.seed)),
        texts.say("card-gone"),
    ]
    shows_clip = job.status is JobStatus.DELIVERED
    card = card_of_job(job, CardState.GONE, lines)
    return replace(card, clip=job.file if shows_clip else None, clip_stays=shows_clip)


def _kept(texts: Texts, job: Job, keep: timedelta, share: Share | None) -> Iterator[str]:
    if share is None or not share.shown:
        until = (job.created_at + keep).date().isoformat()
        yield texts.say("card-kept", until=until)
        return
    if share.home:
        yield texts.say("card-shared")
    if share.web:
        yield texts.say("card-on-web")
    yield texts.say("card-kept-while-shared")


def _buttons(
    texts: Texts, job: Job, share: Share | None, phase: Phase, *, page: bool = False
) -> Iterator[Button]:
    for action in BUTTONS:
        if phase in RULES[action].when and _has_use(action, job, share, phase, page):
            yield _button(texts, job, share, action)


def _has_use(action: Action, job: Job, share: Share | None, phase: Phase, page: bool) -> bool:
    """Of what may be done in the phase, what changes something where the card stands."""
    origin = job.origin
    match action:
        case Action.LOOP:
            return not job.request.loop
        case Action.GENTLE:
            return job.request.prompt != GENTLE_PROMPT
        case Action.SHARE:
            return not origin.private and (share is None or not share.home)
        case Action.UNSHARE:
            return phase is Phase.SHARED
        case Action.WEB:
            return page and not origin.restricted and not _is_on_web_alone(share)
        case Action.REPORT:
            return not origin.private and phase is not Phase.HIDDEN
    return True


def _is_on_web_alone(share: Share | None) -> bool:
    return share is not None and share.web and not share.home


def _button(texts: Texts, job: Job, share: Share | None, action: Action) -> Button:
    plain = button(texts, action)
    if action is Action.UNSHARE and _is_on_web_alone(share):
        return replace(plain, label=texts.say("action-web-off"))
    if action is Action.WEB:
        if share is not None and share.web:
            return Button(action, texts.say("action-web-off"), {"web": "off"})
        return replace(plain, changes={"web": "on"})
    if action in RENDERS:
        return replace(plain, label=_with_time(texts, job, plain.label))
    return plain


def _with_time(texts: Texts, job: Job, label: str) -> str:
    """A new render takes about as long as this one took."""
    spent = job.timings
    if job.clip is None or not spent.rendered_s:
        return texts.say("action-renders", action=label)
    took_s = spent.rendered_s / max(job.attempts, 1) + spent.encoded_s + spent.uploaded_s
    span = say_span(texts, Span(took_s, took_s))
    return texts.say("action-renders-for", action=label, span=span)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
