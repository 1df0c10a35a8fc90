"""Every button of a clip's page into the service: the core says who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.fields import options_in
from adapters.web.forms import text_of
from adapters.web.media import file_response
from adapters.web.site import Site, redirect
from bot.card import Action, Card
from bot.clip import Drawing
from bot.errors import JobGoneError, RequestError
from bot.origin import Origin
from bot.request import ClipFormat, not_one_of

Verb = Callable[[str, Origin], Awaitable[object]]

CHANGES = "set-"  # begins the names of the fields that carry a button's changes
DISMISS = "dismiss"
DRAWINGS = {Action.CURVE: Drawing.CURVES_SVG, Action.KEY_FRAMES: Drawing.KEY_FRAMES}
ANSWERS = frozenset({Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT})


class Acts:
    def __init__(self, site: Site) -> None:
        self._site = site
        service = site.service
        clips, gallery = service.clips, service.gallery
        # after which the clip's own page says what came of it
        self._quiet: Mapping[Action, Verb] = {
            Action.CANCEL: service.cancel,
            Action.PREVIEW: service.preview_instead,
            Action.UNSHARE: gallery.unshare,
            Action.DELETE: clips.delete,
            Action.UNDELETE: clips.undelete,
        }
        # which lead to the page of a new one
        self._once_more: Mapping[Action, Callable[[str, Origin], Awaitable[Card]]] = {
            Action.AGAIN: clips.again,
            Action.LOOP: clips.loop,
            Action.GENTLE: clips.gentle,
        }

    def routes(self) -> list[Route]:
        act = self._site.posted(self.act)
        return [Route("/jobs/{job_id}/{action}", act, methods=["POST"])]

    async def act(self, request: Request, person: Origin, form: FormData) -> Response:
        job_id, typed = request.path_params["job_id"], request.path_params["action"]
        if typed == DISMISS:
            await self._site.service.dismiss(job_id, person)
            return redirect("/")
        if typed not in list(Action):
            raise JobGoneError("answer-gone")
        return await self._do(Action(typed), job_id, person, form)

    async def _do(self, action: Action, job_id: str, person: Origin, form: FormData) -> Response:
        service = self._site.service
        if action in self._quiet:
            await self._quiet[action](job_id, person)
        elif action in self._once_more:
            job_id = (await self._once_more[action](job_id, person)).job_id
        elif action in ANSWERS:
            job_id = (await service.answer(job_id, person, action, changes_in(form))).job_id
        elif action is Action.TWEAK:
            before = await self._options_of(job_id, person)
            card = await service.clips.tweak(job_id, person, options_in(form, before))
            job_id = card.job_id
        elif action is Action.WEB:
            shown = changes_in(form).get("web") == "on"
            await service.gallery.show_on_web(job_id, person, shown)
        elif action is Action.FORMATS:
            return await self._in_format(job_id, person, text_of(form, "format"))
        elif action in DRAWINGS:
            drawing = DRAWINGS[action]
            path = await service.clips.drawing_of(job_id, person, drawing)
            return await file_response(path, name=f"sketchlife-{job_id}-{path.name}")
        else:
            raise JobGoneError("answer-gone")
        return redirect(f"/jobs/{job_id}")

    async def _options_of(self, job_id: str, person: Origin) -> dict[str, str]:
        job = (await self._site.service.looking.look(job_id, person)).job
        if job is None:
            raise JobGoneError
        return job.options

    async def _in_format(self, job_id: str, person: Origin, typed: str) -> Response:
        """A sprite sheet's frames are described in a file beside it, asked for as its own."""
        wanted, _, companion = typed.partition(".")
        if wanted not in list(ClipFormat):
            raise _unknown_format(typed)
        file = await self._site.service.clips.file_of(job_id, person, ClipFormat(wanted))
        path = file.companion if companion and file.companion else file.path
        return await file_response(path, name=f"sketchlife-{job_id}{path.suffix}")


def changes_in(form: FormData) -> dict[str, str]:
    return {
        name.removeprefix(CHANGES): value
        for name, value in form.items()
        if name.startswith(CHANGES) and isinstance(value, str)
    }


def _unknown_format(typed: str) -> RequestError:
    return not_one_of("format", typed[:20], ClipFormat)
