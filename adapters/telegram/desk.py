"""What came in, to whom it concerns: commands, pictures, pressed buttons."""

from __future__ import annotations

from telegram import Message, Update

from adapters.telegram.commands import Commands
from adapters.telegram.contents import move_of
from adapters.telegram.errand import Errand
from adapters.telegram.groups import Groups
from adapters.telegram.recent import Recent
from adapters.telegram.scrolling import Scrolling
from adapters.telegram.taps import Taps
from adapters.telegram.ways_in import WaysIn


class Desk:
    def __init__(
        self,
        ways_in: WaysIn,
        commands: Commands,
        taps: Taps,
        groups: Groups,
        scrolling: Scrolling,
        titles: Recent[str, str],
    ) -> None:
        self._scrolling = scrolling
        self._titles = titles
        self._groups = groups
        self._ways_in = ways_in
        self._commands = commands
        self._taps = taps

    async def handle(self, update: Update, errand: Errand) -> None:
        if update.message is not None:
            self._hear(update.message)
        if update.callback_query is not None:
            await self._taps.press(update.callback_query, errand.job_id, errand.settle)
        elif update.message is not None and (moved := move_of(update.message)):
            await self._groups.move(*moved)
        elif update.message is not None and not _is_bot(update.message):
            await self._read(update.message, errand)

    def _hear(self, message: Message) -> None:
        chat = message.chat
        self._scrolling.heard(chat.id, message.message_id)
        if chat.title:
            self._titles[str(self._groups.first(chat.id))] = chat.title

    async def _read(self, message: Message, errand: Errand) -> None:
        """In a group other bots have a /help too: all but /animate is taken by name there."""
        command = self._ways_in.command_of(message)
        if command is None:
            await self._ways_in.plain(message, errand)
        elif command.name == "animate":
            await self._ways_in.animate(message, command.text, errand)
        elif message.chat.type == message.chat.PRIVATE or command.addressed:
            await self._commands.run(message, command)


def _is_bot(message: Message) -> bool:
    """Anonymous admins and channels speak through bots of Telegram's own."""
    user = message.from_user
    return user is not None and user.is_bot and message.sender_chat is None
