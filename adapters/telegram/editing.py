"""A message of the bot changed in its place, whether it is words or has media by now."""

from __future__ import annotations

import asyncio

from telegram.error import BadRequest

from adapters.telegram.addresses import Ref
from adapters.telegram.client import Client
from adapters.telegram.errors import BAD_PICTURE, NO_CAPTION, NO_TEXT, UNCHANGED, says
from adapters.telegram.keyboard import keyboard_of
from adapters.telegram.media import Media, media_of, no_media
from adapters.telegram.recent import Recent
from adapters.telegram.words import CAPTION, TEXT, words_of
from bot.card import Card, CardState

TAKEN_AWAY = (CardState.HIDDEN, CardState.DELETED, CardState.GONE, CardState.REPORT)


class Editing:
    """Words become media by an edit, and never words again: which of the two a message is now is
    remembered, and found out again after a restart. All raise `TelegramError`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._with_media: Recent[str, bool] = Recent()

    def remember(self, ref: str, with_media: bool) -> None:
        """Of a message that was sent just now."""
        self._with_media[ref] = with_media

    async def edit(self, ref: str, card: Card) -> None:
        """The same card twice changes nothing; a picture that Telegram can't read is left out."""
        media = None if card.clip_stays else await asyncio.to_thread(media_of, card)
        try:
            if media is not None:
                await self._show(ref, card, media)
            elif card.state in TAKEN_AWAY and not card.clip_stays:
                await self._empty(ref, card)
            else:
                await self._edit_words(ref, card)
        except BadRequest as error:
            if media is not None and card.clip is None and says(error, BAD_PICTURE):
                await self._edit_words(ref, card)
            elif not says(error, UNCHANGED):
                raise

    async def _show(self, ref: str, card: Card, media: Media) -> None:
        at, words = Ref.of(ref), words_of(card, CAPTION)
        shown = media.as_input(caption=words.text, caption_entities=words.marks)
        await self._client.edit_message_media(
            shown, at.chat, at.message, reply_markup=keyboard_of(card)
        )
        self._with_media[ref] = True

    async def _empty(self, ref: str, card: Card) -> None:
        """Its clip may not be shown any more; a message that never had one stays words."""
        if not self._with_media.get(ref):
            try:
                await self._edit_text(ref, card)
            except BadRequest as error:
                if not says(error, NO_TEXT):
                    raise
            else:
                return
        await self._show(ref, card, no_media())

    async def _edit_words(self, ref: str, card: Card) -> None:
        """Whichever kind of message it is; an unknown one is asked in the likelier way first."""
        ways = [(self._edit_text, NO_TEXT), (self._edit_caption, NO_CAPTION)]
        if self._with_media.get(ref, card.clip_stays):
            ways.reverse()
        (first, not_so), (second, _) = ways
        try:
            await first(ref, card)
        except BadRequest as error:
            if not says(error, not_so):
                raise
            await second(ref, card)

    async def _edit_text(self, ref: str, card: Card) -> None:
        at, words = Ref.of(ref), words_of(card, TEXT)
        await self._client.edit_message_text(
            words.text,
            at.chat,
            at.message,
            entities=words.marks,
            reply_markup=keyboard_of(card),
        )
        self._with_media[ref] = False

    async def _edit_caption(self, ref: str, card: Card) -> None:
        at, words = Ref.of(ref), words_of(card, CAPTION)
        await self._client.edit_message_caption(
            at.chat,
            at.message,
            caption=words.text,
            caption_entities=words.marks,
            reply_markup=keyboard_of(card),
        )
        self._with_media[ref] = True
