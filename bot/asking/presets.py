"""Settings by a name: a person's own, and those of a place, used as `preset:name`."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from bot.asking.asking import make_request
from bot.asking.option_words import NAME_OF, loosely
from bot.door.door import Door
from bot.errors import LimitError, NotAllowedError, RequestError
from bot.origin import Origin
from bot.ports import PresetStore

PRESET = "preset"
MOST = 25  # of one person or place: what a chat shows as choices
LONGEST = 32  # characters of a name
NAME = re.compile(r"[\w-]+")
SHOWN = 60  # characters of a person's own words in a sentence about them


@dataclass(frozen=True, slots=True)
class PresetNames:
    """What a person can use where they are, sorted."""

    own: tuple[str, ...]
    of_place: tuple[str, ...]


class Presets:
    """`of_place` means those of the place that the person is in, which its moderators keep."""

    def __init__(self, presets: PresetStore, door: Door) -> None:
        self._presets = presets
        self._door = door

    async def save(
        self, person: Origin, name: str, options: Mapping[str, str], *, of_place: bool = False
    ) -> str:
        """Keep settings by their names in chat, in place of what has the name; returns it as it
        is kept. Raises `RequestError` for settings that make no request."""
        name, subject = checked_name(name), await self._subject(person, of_place)
        kept = {key: value for key, value in options.items() if key != PRESET}
        if not kept:
            raise RequestError("preset-empty")
        make_request(kept)
        names = await self._presets.names(subject)
        if name not in names and len(names) >= MOST:
            raise LimitError("preset-too-many", limit=MOST)
        await self._presets.save(subject, name, kept)
        return name

    async def drop(self, person: Origin, name: str, *, of_place: bool = False) -> None:
        subject = await self._subject(person, of_place)
        if not await self._presets.drop(subject, _folded(name)):
            raise self._unknown(name, await self._presets.names(subject))

    async def names(self, person: Origin) -> PresetNames:
        own, of_place = person.owner, person.home
        return PresetNames(
            tuple(await self._presets.names(own)), tuple(await self._presets.names(of_place))
        )

    async def get(self, person: Origin, name: str) -> dict[str, str]:
        """A person's own before the place's. Raises `RequestError`, with the nearest name."""
        for subject in (person.owner, person.home):
            if (options := await self._presets.get(subject, _folded(name))) is not None:
                return options
        names = await self.names(person)
        raise self._unknown(name, [*names.own, *names.of_place])

    async def fill_in(self, options: Mapping[str, str], person: Origin) -> dict[str, str]:
        """The settings with those of `preset:name` in its stead; what was typed beside it wins."""
        typed = dict(options)
        name = typed.pop(PRESET, None)
        return typed if name is None else {**await self.get(person, name), **typed}

    async def _subject(self, person: Origin, of_place: bool) -> str:
        """Raises `NotAllowedError`."""
        if not of_place:
            return person.owner
        if not (await self._door.recognise(person)).rights.in_charge:
            raise NotAllowedError("preset-place")
        return person.home

    def _unknown(self, name: str, names: list[str]) -> RequestError:
        shown = name[:SHOWN]
        if not names:
            return RequestError("preset-none", name=shown)
        near = difflib.get_close_matches(_folded(name), names, n=3, cutoff=0.5)
        return RequestError("preset-unknown", name=shown, names=", ".join(near or names))


def checked_name(name: str) -> str:
    """The name as it is kept, whatever its case. Raises `RequestError`."""
    folded = _folded(name)
    if not NAME.fullmatch(folded) or len(folded) > LONGEST:
        raise RequestError("preset-name", name=name[:SHOWN], limit=LONGEST)
    if loosely(folded) in NAME_OF:
        raise RequestError("preset-name-taken", name=folded)
    return folded


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
