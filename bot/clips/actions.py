"""The buttons of a card as one table: who may do what, when, and what becomes of the clip.

A clip is in one phase at a time, which its job and its share tell. `require` is the only place
that reads the table, so that a chat, a page and a terminal allow and refuse alike. The answers
to questions (go on, crop, consent, an author's yes) are no part of it: a question knows itself
who may answer it (`bot.question`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.card import Action
from bot.errors import JobGoneError, NotAllowedError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.sharing import Share


class Role(StrEnum):
    """What a person is to a job; one may be several at once."""

    OWNER = "owner"  # asked for it
    AUTHOR = "author"  # drew or posted the picture that somebody else asked for
    MODERATOR = "moderator"  # looks after the community where it was asked for
    OPERATOR = "operator"  # runs the machine
    DELETER = "deleter"  # took it away
    OTHER = "other"  # anybody but the owner


class Phase(StrEnum):
    WAITING = "waiting"
    DRAWING = "drawing"
    FINISHING = "finishing"  # the clip exists and is on its way
    DONE = "done"
    SHARED = "shared"
    HIDDEN = "hidden"  # reported, and nobody has decided yet
    DELETED = "deleted"  # can be had back
    ENDED = "ended"  # without a clip
    GONE = "gone"  # its files were kept as long as promised


UNDO = timedelta(days=1)  # what was deleted can be had back for so long

WITH_CLIP = frozenset({Phase.DONE, Phase.SHARED})
OUT_OF_SIGHT = frozenset({Phase.HIDDEN, Phase.DELETED, Phase.GONE})  # posted nowhere afresh

REPORTED = frozenset({Phase.HIDDEN, Phase.DELETED})

OWNER = frozenset({Role.OWNER})
WHO_LOOKS_AFTER = frozenset({Role.MODERATOR, Role.OPERATOR})
OWNER_OR_MODERATOR = OWNER | WHO_LOOKS_AFTER
ANYBODY_CONCERNED = OWNER_OR_MODERATOR | {Role.AUTHOR}  # a picture's author has a veto


@dataclass(frozen=True, slots=True)
class Rule:
    """`leads_to` is the phase of a clip afterwards (None: where it was, or was before). Two
    sentences refuse: `others` whose it is not to do, `otherwise` in the phases that are not in
    `when`, where `REFUSALS` has none."""

    who: frozenset[Role]
    when: frozenset[Phase]
    leads_to: Phase | None = None
    others: str = "not-your-job"
    otherwise: str = "action-too-late"


RULES: Mapping[Action, Rule] = {
    Action.CANCEL: Rule(
        OWNER_OR_MODERATOR,
        frozenset({Phase.WAITING, Phase.DRAWING}),
        Phase.ENDED,
        otherwise="cancel-too-late",
    ),
    Action.PREVIEW: Rule(OWNER, frozenset({Phase.WAITING}), otherwise="preview-too-late"),
    Action.AGAIN: Rule(OWNER, WITH_CLIP | {Phase.ENDED}),
    Action.TWEAK: Rule(OWNER, WITH_CLIP | {Phase.ENDED}),
    Action.GENTLE: Rule(OWNER, WITH_CLIP | {Phase.ENDED}),
    Action.LOOP: Rule(OWNER, WITH_CLIP | {Phase.ENDED}),
    Action.FORMATS: Rule(OWNER_OR_MODERATOR, WITH_CLIP),
    Action.CURVE: Rule(OWNER_OR_MODERATOR, WITH_CLIP),
    Action.KEY_FRAMES: Rule(OWNER_OR_MODERATOR, WITH_CLIP),
    Action.SHARE: Rule(OWNER, WITH_CLIP, Phase.SHARED),
    Action.WEB: Rule(OWNER, WITH_CLIP, Phase.SHARED),
    Action.UNSHARE: Rule(ANYBODY_CONCERNED, WITH_CLIP, Phase.DONE),
    Action.STAR: Rule(frozenset(Role), frozenset({Phase.SHARED}), otherwise="star-not-shared"),
    Action.DELETE: Rule(ANYBODY_CONCERNED, WITH_CLIP | {Phase.HIDDEN, Phase.ENDED}, Phase.DELETED),
    Action.UNDELETE: Rule(
        frozenset({Role.DELETER, Role.OPERATOR}),
        frozenset({Phase.DELETED}),
        Phase.DONE,  # not shared any more, and hidden where a report is still open
        others="not-your-deletion",
        otherwise="undelete-too-late",
    ),
    Action.REPORT: Rule(
        frozenset({Role.OTHER}),
        WITH_CLIP | {Phase.HIDDEN},
        Phase.HIDDEN,
        others="not-your-own",
        otherwise="report-too-late",
    ),
    # who deletes a reported clip is not rid of the report
    Action.KEEP: Rule(
        WHO_LOOKS_AFTER, REPORTED, others="not-yours-to-decide", otherwise="report-decided"
    ),
    Action.REMOVE: Rule(
        WHO_LOOKS_AFTER,
        REPORTED,
        Phase.DELETED,
        others="not-yours-to-decide",
        otherwise="report-decided",
    ),
    # everywhere and for good: not for those who look after one community
    Action.BLOCK: Rule(
        frozenset({Role.OPERATOR}),
        REPORTED,
        Phase.DELETED,
        others="not-yours-to-decide",
        otherwise="report-decided",
    ),
}

# What somebody who is blocked can't do either; they can still take away what is theirs.
NOT_WHILE_BLOCKED = frozenset({Action.SHARE, Action.WEB, Action.STAR, Action.REPORT})

# Why not, where the phase says it better than the action.
REFUSALS: Mapping[Phase, str] = {
    Phase.WAITING: "clip-not-ready",
    Phase.DRAWING: "clip-not-ready",
    Phase.FINISHING: "clip-not-ready",
    Phase.HIDDEN: "clip-hidden",
    Phase.DELETED: "clip-deleted",
    Phase.GONE: "clip-gone",
}


def phase_of(job: Job, share: Share | None) -> Phase:
    match job.status:
        case JobStatus.QUEUED:
            return Phase.WAITING
        case JobStatus.RUNNING:
            return Phase.DRAWING
        case JobStatus.RENDERED:
            return Phase.FINISHING
    if job.files_gone_at is not None:
        return Phase.GONE
    if job.deleted_at is not None:
        return Phase.DELETED
    if job.status is not JobStatus.DELIVERED:
        return Phase.ENDED
    if job.hidden:
        return Phase.HIDDEN
    return Phase.SHARED if share is not None and share.shown else Phase.DONE


def roles_of(job: Job, person: Origin) -> frozenset[Role]:
    """What `person`, with the rights of this moment, is to the job."""
    origin, rights = job.origin, person.rights
    answers = {
        Role.OWNER: person.owner == origin.owner,
        Role.AUTHOR: person.owner == origin.drawn_by != origin.owner,
        Role.MODERATOR: rights.moderator and person.home == origin.home,
        Role.OPERATOR: rights.operator,
        Role.DELETER: person.owner == job.deleted_by,
        Role.OTHER: person.owner != origin.owner,
    }
    return frozenset(role for role, is_it in answers.items() if is_it)


def require(action: Action, job: Job, share: Share | None, person: Origin) -> None:
    """Raises `NotAllowedError` for whose it is not to do, `JobGoneError` where it is too late or
    too early."""
    rule, phase = RULES[action], phase_of(job, share)
    if not rule.who & roles_of(job, person):
        raise NotAllowedError(rule.others)
    if phase not in rule.when:
        raise JobGoneError(_why_not(rule, phase))


def _why_not(rule: Rule, phase: Phase) -> str:
    """What the action says of itself comes first, as it knows best."""
    if rule.otherwise != "action-too-late":
        return rule.otherwise
    return REFUSALS.get(phase, rule.otherwise)
