"""What a person at the terminal asks about their own: history, presets, export, being forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from adapters.terminal.who import oneself
from bot.people.history import history_lines
from bot.service import Service
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Counter:
    """`owners` are the names that the person has here."""

    service: Service
    owners: Sequence[str]
    locale: str
    out: TextIO

    async def history(self, number: int) -> None:
        page = await self.service.personal.history(self.owners, number)
        self._print(*history_lines(page, self.locale))

    async def save_preset(self, name: str, options: Mapping[str, str]) -> None:
        kept = await self.service.presets.save(oneself(self.locale), name, options)
        self._print(self._say("preset-saved", name=kept))

    async def list_presets(self) -> None:
        """As they would be typed."""
        person = oneself(self.locale)
        for name in (await self.service.presets.names(person)).own:
            options = await self.service.presets.get(person, name)
            self._print(" ".join([f"{name}:", *map(_typed, options.items())]))

    async def delete_preset(self, name: str) -> None:
        await self.service.presets.drop(oneself(self.locale), name)
        self._print(self._say("preset-deleted", name=name))

    async def export(self, folder: Path) -> None:
        files = await self.service.personal.export_to(self.owners, folder)
        self._print(self._say("terminal-exported", files=files, path=str(folder)))

    async def forget(self) -> None:
        left = await self.service.personal.forget(self.owners)
        self._print(self._say("forgotten-left", left=left) if left else self._say("forgotten"))

    async def privacy(self) -> None:
        self._print(*self.service.privacy.lines(self.locale))

    def _say(self, key: str, **args: object) -> str:
        return Texts(self.locale).say(key, **args)

    def _print(self, *lines: str) -> None:
        self.out.writelines(f"{line}\n" for line in lines)


def _typed(option: tuple[str, str]) -> str:
    name, value = option
    return f'{name}:"{value}"' if " " in value or not value else f"{name}:{value}"
