"""The buttons that hand something over: a clip's other formats, its curve and its key frames."""

from __future__ import annotations

from pathlib import Path

from telegram.error import BadRequest

from adapters.telegram.errors import BAD_PICTURE, says
from adapters.telegram.keyboard import keyboard
from adapters.telegram.media import Media, as_document
from adapters.telegram.press import Press, allowed
from adapters.telegram.replies import Replies
from bot.card import Action, Button
from bot.clip import ClipFile, Drawing
from bot.errors import TooLargeError
from bot.origin import Origin
from bot.request import ClipFormat
from bot.service import Service
from bot.texts import Texts

DRAWINGS = {Action.CURVE: Drawing.CURVES_PNG, Action.KEY_FRAMES: Drawing.KEY_FRAMES}


class Files:
    def __init__(self, service: Service, replies: Replies) -> None:
        self._service = service
        self._replies = replies

    async def format(self, press: Press, person: Origin) -> None:
        """The button of a card offers them; each of those offered hands one over."""
        job_id = press.tap.job_id
        if not press.tap.changes:
            await allowed(self._service, press, person)
            buttons = [Button(Action.FORMATS, each.value, {"format": each}) for each in ClipFormat]
            text = Texts(person.locale).say("telegram-which-format")
            await self._replies.say(press.message, text, keyboard=keyboard(job_id, buttons))
            return
        await press.toast.work()
        clip_format = ClipFormat(press.tap.changes.get("format", ""))
        limit_bytes: int | None = None
        while True:
            file = await self._service.clips.file_of(job_id, person, clip_format, limit_bytes)
            try:
                await self._hand_over(press, file)
            except TooLargeError:  # for what it said to take: made smaller, as long as that can be
                limit_bytes = file.size_bytes - 1
            else:
                return

    async def _hand_over(self, press: Press, file: ClipFile) -> None:
        """As a file, since what plays in the chat Telegram makes into a video of its own."""
        for path in (file.path, *([file.companion] if file.companion else [])):
            name = _name(press.tap.job_id, path.suffix)
            await self._replies.hand_over(press.message, await as_document(path, name))

    async def draw(self, press: Press, person: Origin) -> None:
        await press.toast.work()
        job_id, drawing = press.tap.job_id, DRAWINGS[press.tap.action]
        path = await self._service.clips.drawing_of(job_id, person, drawing)
        await self._show_picture(press, path, _name(job_id, f"-{path.name}"))

    async def _show_picture(self, press: Press, path: Path, name: str) -> None:
        """As a file where it is too long for a photo."""
        file = await as_document(path, name)
        try:
            await self._replies.hand_over(press.message, Media("photo", file.content, name))
        except BadRequest as error:
            if not says(error, BAD_PICTURE):
                raise
            await self._replies.hand_over(press.message, file)


def _name(job_id: str, ending: str) -> str:
    return f"sketchlife-{job_id}{ending}"
