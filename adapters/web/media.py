"""Files of clips under names that nobody can guess, and that are good while the clip is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from adapters.web.curve import CurveView, curve_of
from adapters.web.seal import Seal
from adapters.web.site import Site
from bot.errors import JobGoneError
from bot.job import Job
from bot.origin import Origin
from bot.request import ClipFormat

CLIP, POSTER, SKETCH = "clip", "poster", "sketch"
TYPES = {
    ClipFormat.MP4: "video/mp4",
    ClipFormat.GIF: "image/gif",
    ClipFormat.WEBP: "image/webp",
    ClipFormat.APNG: "image/png",
    ClipFormat.SHEET: "image/png",
}
CACHED = "private, max-age=600"  # a browser asks again soon: it may be taken away any time


@dataclass(frozen=True, slots=True)
class ClipView:
    """A clip as a page shows it; `poster` is its first picture."""

    url: str
    poster: str
    is_video: bool
    width: int
    height: int
    curve: CurveView | None


def clip_view(job: Job, seal: Seal) -> ClipView | None:
    file = job.file
    if file is None:
        return None
    is_video = file.format is ClipFormat.MP4
    return ClipView(
        url=url_of(job, CLIP, seal),
        poster=url_of(job, POSTER if is_video else CLIP, seal),
        is_video=is_video,
        width=file.width,
        height=file.height,
        curve=curve_of(job.clip),
    )


def url_of(job: Job, what: str, seal: Seal) -> str:
    return f"/media/{job.id}/{seal.name('media', f'{job.id}/{what}')}"


class Media:
    """What is asked for is compared with the few names that there are; the path of the file is
    the job's own and no part of it comes from the request."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        return [Route("/media/{job_id}/{name}", self._site.public(self.file))]

    async def file(self, request: Request, person: Origin) -> Response:
        job = await self._site.service.looking.files_of(request.path_params["job_id"], person)
        for what, (path, media_type) in _files_of(job).items():
            signed = f"{job.id}/{what}"
            if self._site.seal.is_name(request.path_params["name"], "media", signed):
                return await file_response(path, media_type)
        raise JobGoneError


async def file_response(path: Path, media_type: str | None = None, name: str = "") -> Response:
    """To be saved where it has a name. Raises `JobGoneError`."""
    if not await asyncio.to_thread(path.is_file):
        raise JobGoneError
    response = FileResponse(path, media_type=media_type, filename=name or None)
    response.headers["Cache-Control"] = CACHED
    return response


def _files_of(job: Job) -> dict[str, tuple[Path, str]]:
    files = {SKETCH: (job.picture, "image/png")}
    if job.file is not None:
        files[CLIP] = (job.file.path, TYPES[job.file.format])
        files[POSTER] = (job.file.poster, "image/jpeg")
    return files
