"""Messages that may mean "animate this": every way in, and the brief word where it is none."""

from __future__ import annotations

from telegram import Message, User

from adapters.telegram.contents import (
    Command,
    Picture,
    Shown,
    command_of,
    picture_of,
    without_mention,
    words_of,
)
from adapters.telegram.errand import Errand
from adapters.telegram.intake import Intake
from adapters.telegram.origins import from_message
from adapters.telegram.people import People
from adapters.telegram.prompts import options_of_prompt, prompt_for
from adapters.telegram.replies import Replies
from adapters.telegram.whose import first_sender, with_author_of
from bot.asking.options import parse_options
from bot.errors import RequestError
from bot.texts import Texts

NO_PICTURE = "telegram-no-picture"


class WaysIn:
    """`me` is the bot's own account."""

    def __init__(self, me: User, intake: Intake, replies: Replies, people: People) -> None:
        self._me = me
        self._people = people
        self._intake = intake
        self._replies = replies

    async def animate(self, message: Message, typed: str, errand: Errand) -> None:
        """`/animate`, with a picture, as a reply to one, or alone: then the bot asks for one."""
        if picture := picture_of(message):
            await self._take(message, message, picture, typed, errand)
            return
        shown = message.reply_to_message or message.external_reply
        if shown and (picture := self._picture_of_other(shown)):
            await self._take(message, shown, picture, typed, errand)
        elif message.media_group_id:
            await self._miss(message, typed, errand)
        else:
            await self.ask_for_picture(message, typed)

    async def ask_for_picture(self, message: Message, typed: str) -> None:
        locale = await self._locale_of(message)
        async with self._replies.answering(message, locale, "animate"):
            parse_options(typed)  # what can't be read is better said before the picture is sent
            prompt = prompt_for(typed, locale)
            await self._replies.say(
                message, prompt.text, marks=[prompt.mark], keyboard=prompt.keyboard
            )

    async def plain(self, message: Message, errand: Errand) -> None:
        """A message without a command."""
        picture = picture_of(message)
        typed = self._meant_for_us(message)
        if typed is None:
            if picture is not None:
                self._intake.pass_over(message, picture, errand)
            return
        if picture is not None:
            await self._take(message, message, picture, typed, errand)
        elif without_mention(message, self._me) is not None:
            await self.animate(message, typed, errand)
        elif message.text:
            await self._say(message, "telegram-welcome")
        elif message.effective_attachment:
            await self._miss(message, typed, errand)

    def command_of(self, message: Message) -> Command | None:
        return command_of(message, self._me)

    def _meant_for_us(self, message: Message) -> str | None:
        """The settings that it asks for, where it speaks to the bot at all."""
        words = words_of(message)
        prompted = options_of_prompt(message, self._me.id)
        if prompted is not None:
            return f"{prompted} {words}".strip()
        if (mentioned := without_mention(message, self._me)) is not None:
            return mentioned
        if album := self._intake.album_of(message):
            return words if words and _are_options(words) else album.typed
        if message.chat.type != message.chat.PRIVATE:
            return None
        return "" if message.forward_origin and not _are_options(words) else words

    async def _miss(self, message: Message, typed: str, errand: Errand) -> None:
        """Something else than a picture; in an album there may be pictures beside it."""
        album = self._intake.open_album(message, typed, errand)
        if album is None or album.is_first(NO_PICTURE):
            await self._say(message, NO_PICTURE)
        await self._take_passed(message, typed)

    async def _say(self, message: Message, key: str) -> None:
        text = Texts(await self._locale_of(message)).say(key)
        await self._replies.try_to_say(message, text)

    async def _locale_of(self, message: Message) -> str:
        return (await self._people.recognise(from_message(message))).locale

    def _picture_of_other(self, shown: Shown) -> Picture | None:
        """Not the bot's own: a preview of a clip is no sketch."""
        sender = shown.from_user if isinstance(shown, Message) else first_sender(shown)
        is_mine = isinstance(sender, User) and sender.id == self._me.id
        return None if is_mine else picture_of(shown)

    async def _take(
        self, message: Message, shown: Shown, picture: Picture, typed: str, errand: Errand
    ) -> None:
        origin = with_author_of(shown, from_message(message), self._me)
        await self._intake.take(message, picture, origin, typed, errand)
        await self._take_passed(message, typed)

    async def _take_passed(self, message: Message, typed: str) -> None:
        for passed in self._intake.before(message):
            origin = with_author_of(passed.message, from_message(passed.message), self._me)
            await self._intake.take(passed.message, passed.picture, origin, typed, passed.errand)


def _are_options(words: str) -> bool:
    """A forwarded picture brings somebody else's caption along."""
    try:
        parse_options(words)
    except RequestError:
        return False
    return True
