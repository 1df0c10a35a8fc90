"""Who has to say yes before a picture is animated: its sender, whoever is on it, its author."""

from __future__ import annotations

from bot.card import Action
from bot.door.rules import Photos
from bot.errors import JobGoneError, NotAllowedError, PersonError, PictureError, WayOut
from bot.inspection import PictureKind
from bot.origin import SOMEBODY
from bot.preferences import PersonSettings, PlaceSettings, Whose
from bot.question import Question

FACES_OFFERED = 4
ASK_AUTHOR = "ask-author"
AUTHORS_WAYS = tuple(WayOut(one.value) for one in (Action.ALLOW, Action.DENY, Action.NEVER))


def require_faces(question: Question) -> None:
    """Raises `PersonError` with the ways out, unless the person has already said yes."""
    faces = question.inspection.faces
    if {Action.GO_ON.value, Action.CROP.value} & question.allowed:
        return
    go_on = WayOut(Action.GO_ON.value)
    if not faces:
        raise PersonError("ask-no-eyes", ways_out=(go_on,))
    if len(faces) > 1:
        crops = tuple(
            WayOut(Action.CROP.value, {"face": str(number)})
            for number in range(1, min(len(faces), FACES_OFFERED) + 1)
        )
        raise PersonError("ask-two-faces", ways_out=(*crops, go_on), faces=len(faces))


def require_photos(question: Question, photos: Photos) -> None:
    """Raises `PictureError` for a photo where photos are not taken."""
    if photos is Photos.OFF and question.inspection.kind is PictureKind.PHOTO:
        raise PictureError("photo-not-taken")


def require_consent(question: Question, photos: Photos) -> None:
    """Raises `PersonError` for a photo whose sender has not yet said that its person agrees."""
    is_photo = question.inspection.kind is PictureKind.PHOTO
    if photos is Photos.CONFIRM and is_photo and Action.CONSENT.value not in question.allowed:
        raise PersonError("ask-photo", ways_out=(WayOut(Action.CONSENT.value),))


def require_authors_will(question: Question, place: PlaceSettings, author: PersonSettings) -> None:
    """Raises `NotAllowedError` for somebody else's picture that is not to be had here, however
    its author were asked."""
    if author.opted_out:
        raise NotAllowedError("author-opted-out")
    if place.whose_pictures is Whose.OWN:
        raise NotAllowedError("author-own-only")
    if _must_ask(question, place) and question.origin.author == SOMEBODY:
        raise NotAllowedError("author-unknown")
    if _must_ask(question, place) and question.origin.private:
        raise NotAllowedError("author-not-here")


def require_author(question: Question, place: PlaceSettings) -> None:
    """Raises `PersonError` where the picture's author has to be asked, and has not said yes."""
    if _must_ask(question, place):
        raise PersonError(ASK_AUTHOR, ways_out=AUTHORS_WAYS)


def require_answering(question: Question, person: str, action: Action) -> None:
    """Raises `NotAllowedError` for an answer by somebody else, also for that of a picture's
    author by who asked for it; `JobGoneError` for one that is not, or no more, on offer."""
    answers = question.answers or question.origin.owner
    if person != answers:
        raise NotAllowedError("not-your-picture" if question.answers else "not-your-job")
    if action.value not in {way.action for way in question.ways_out}:
        raise JobGoneError("answer-gone")


def _must_ask(question: Question, place: PlaceSettings) -> bool:
    asks = place.whose_pictures is Whose.ASK and not question.origin.own_picture
    return asks and Action.ALLOW.value not in question.allowed
