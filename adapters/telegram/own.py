"""/me, /preset and /settings: what people and places choose, by the names that they type."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.telegram.addresses import Spot
from adapters.telegram.client import Client
from adapters.telegram.heard import Heard, buttons
from adapters.telegram.links import preset_link
from adapters.telegram.media import as_document
from adapters.telegram.people import People
from bot.asking.choices import OF_PERSON, OF_PLACE, Choice, write_choices
from bot.asking.options import parse_options
from bot.errors import NotAllowedError
from bot.preferences import PersonSettings, PlaceSettings
from bot.service import Service
from bot.texts import Texts

HERE = ("here", "本群", "这里")
ELSEWHERE = {"gallery", "moderators", "画廊", "管理处"}  # settings that name a chat
SAVE, DROP = ("save", "保存"), ("delete", "删除")


class Own:
    def __init__(self, service: Service, client: Client, people: People, up_bytes: int) -> None:
        self._service = service
        self._client = client
        self._people = people
        self._up_bytes = up_bytes

    async def me(self, heard: Heard) -> None:
        """`/me`, `/me language:zh`, `/me data`, `/me forget`."""
        match heard.words:
            case ["data"]:
                _require_private(heard)
                path = await self._service.personal.export(heard.person, self._up_bytes)
                await heard.hand_over(await as_document(path, path.name))
            case ["forget"]:
                _require_private(heard)
                label = heard.texts.say("telegram-forget")
                question = heard.texts.say("telegram-forget-sure")
                await heard.say(question, keyboard=buttons((label, "/me forget yes")))
            case ["forget", "yes"]:
                _require_private(heard)
                left = await self._service.personal.forget([heard.person.owner])
                key = "forgotten-left" if left else "forgotten"
                await heard.say(heard.texts.say(key, left=left))
            case _:
                chosen = await self._service.community.change_person(heard.person, heard.pairs())
                rows = _rows(OF_PERSON, chosen, heard.texts)
                await heard.say(*rows, "", heard.texts.say("telegram-me-how"))

    async def preset(self, heard: Heard) -> None:
        """`/preset`, `/preset save soft cfg:4.5`, `/preset here save …`, `/preset delete soft`."""
        words = heard.words
        of_place = bool(words) and words[0] in HERE
        match words[1:] if of_place else words:
            case [word, name, *typed] if word in SAVE:
                options = parse_options(" ".join(typed))
                kept = await self._service.presets.save(
                    heard.person, name, options, of_place=of_place
                )
                link = f"https://t.me/{self._client.bot.username}?start={preset_link(kept)}"
                await heard.say(heard.texts.say("preset-saved", name=kept), link)
            case [word, name] if word in DROP:
                await self._service.presets.drop(heard.person, name, of_place=of_place)
                await heard.say(heard.texts.say("preset-deleted", name=name))
            case _:
                names = await self._service.presets.names(heard.person)
                say = heard.texts.say
                rows = [say("telegram-presets-own", names=", ".join(names.own) or "–")]
                if not heard.person.private:
                    group = ", ".join(names.of_place) or "–"
                    rows.append(say("telegram-presets-place", names=group))
                await heard.say(*rows, "", say("telegram-preset-how"))

    async def settings(self, heard: Heard) -> None:
        """`/settings`, `/settings language:zh gallery:here pause:on`, for a group's admins."""
        typed = await self._with_places(heard)
        chosen = await self._service.community.change_place(heard.person, typed)
        rows = _rows(OF_PLACE, chosen, heard.texts)
        await heard.say(*rows, "", heard.texts.say("telegram-settings-how"))

    async def _with_places(self, heard: Heard) -> Mapping[str, str]:
        """ "here" as this chat; another chat only by who looks after it too. Raises
        `NotAllowedError`."""
        typed = heard.pairs()
        for name in ELSEWHERE & typed.keys():
            value = typed[name]
            if value in HERE:
                typed[name] = heard.person.place
            elif _is_spot(value):
                spot = await self._people.spot_in_charge_of(Spot.of(value), heard.person)
                if spot is None:
                    raise NotAllowedError("telegram-not-your-chat")
                typed[name] = str(spot)
        return typed


def _require_private(heard: Heard) -> None:
    """In a group anybody might press the button, and everybody could read along."""
    if not heard.person.private:
        raise NotAllowedError("telegram-only-in-private")


def _rows(
    choices: Mapping[str, Choice], chosen: PersonSettings | PlaceSettings, texts: Texts
) -> list[str]:
    """As they can be typed, in the language of who asks."""
    written = write_choices(choices, chosen)
    if texts.language == "en":
        return [f"{name}: {value}" for name, value in written.items()]
    return [f"{next(iter(choices[name].also), name)}: {written[name]}" for name in choices]


def _is_spot(value: str) -> bool:
    chat, _, topic = value.removeprefix("-").partition("/")
    return chat.isdecimal() and (not topic or topic.isdecimal())
