"""/settings: what holds in a guild, for who looks after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from discord import Interaction, Permissions, TextChannel, app_commands
from discord.app_commands import Choice, Range

from adapters.discord.asked import asked
from adapters.discord.markup import cut, escaped
from adapters.discord.own import LANGUAGE_CHOICES, rows_of
from adapters.discord.typed import SWITCH
from adapters.discord.words import called, sentence, setting_of
from bot.asking.choices import DEFAULT, OF_PLACE, OFF
from bot.errors import RequestError
from bot.preferences import Whose
from bot.service import Service

MOST = 999_999_999
LISTS_LIMIT = 2000
# as the client writes them, or their numbers alone
MENTIONED = {
    "auto": re.compile(r"(?:<#|(?<![\w<@&#!:]))(\d{15,})"),
    "roles": re.compile(r"(?:<@&|(?<![\w<@&#!:]))(\d{15,})"),
}
RESET = {"waiting": DEFAULT, "gpu_seconds": DEFAULT, "language": DEFAULT}
CHOICES: dict[str, list[Choice[Any]]] = {
    "language": LANGUAGE_CHOICES,
    "pictures": [
        Choice(name=sentence(f"discord-whose-{each.value}"), value=each.value) for each in Whose
    ],
    "reset": [
        Choice(name=setting_of(OF_PLACE, name), value=name)
        for name in (*RESET, "gallery", "moderators", "auto", "roles", "words")
    ],
}
DESCRIBED = (
    *("language", "pictures", "gallery", "moderators", "auto", "waiting", "gpu_seconds"),
    *("roles", "label", "words", "pause", "reset"),
)


def add_to(tree: app_commands.CommandTree[Any], service: Service) -> None:
    @tree.command(**called("settings"))
    @app_commands.guild_only()
    @app_commands.default_permissions(Permissions(manage_guild=True))
    @app_commands.rename(
        reset=sentence("discord-name-reset"),
        **{name: setting_of(OF_PLACE, name) for name in DESCRIBED if name in OF_PLACE},
    )
    @app_commands.describe(
        **{name: sentence(f"discord-place-{name.replace('_', '-')}") for name in DESCRIBED}
    )
    @app_commands.choices(**CHOICES)
    async def settings(
        interaction: Interaction[Any],
        language: str | None = None,
        pictures: str | None = None,
        gallery: TextChannel | None = None,
        moderators: TextChannel | None = None,
        auto: Range[str, 1, LISTS_LIMIT] | None = None,
        waiting: Range[int, 1, MOST] | None = None,
        gpu_seconds: Range[int, 1, MOST] | None = None,
        roles: Range[str, 1, LISTS_LIMIT] | None = None,
        label: bool | None = None,
        words: Range[str, 1, LISTS_LIMIT] | None = None,
        pause: bool | None = None,
        reset: str | None = None,
    ) -> None:
        given = {
            "language": language,
            "pictures": pictures,
            "gallery": gallery,
            "moderators": moderators,
            "waiting": waiting,
            "gpu_seconds": gpu_seconds,
            "label": label,
            "words": words,
            "pause": pause,
        }
        async with asked(interaction, service, "settings") as heard:
            given |= {"auto": mentioned("auto", auto), "roles": mentioned("roles", roles)}
            typed = as_typed(given) | ({reset: RESET.get(reset, OFF)} if reset else {})
            chosen = await service.community.change_place(heard.person, typed)
            rows = [rows_of(OF_PLACE, chosen, heard.answer.locale)]
            if chosen.auto_places and not interaction.client.intents.message_content:
                rows.append(escaped(heard.texts.say("discord-auto-unseen")))
            await heard.answer.say(cut(rows))


def as_typed(given: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in; a gallery is for adults where its channel is."""
    typed = {name: _typed(value) for name, value in given.items() if value is not None}
    if (gallery := given.get("gallery")) is not None:
        typed["gallery_adults"] = SWITCH[gallery.is_nsfw()]
    return typed


def mentioned(name: str, typed: str | None) -> str | None:
    """Raises `RequestError` where nothing of the kind is mentioned: an empty list would let in
    everybody."""
    if typed is None or typed.strip() == OFF:
        return typed and OFF
    if found := MENTIONED[name].findall(typed):
        return ", ".join(found)
    raise RequestError(f"discord-no-{name}-mentioned")


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return SWITCH[value]
    return str(value.id) if isinstance(value, TextChannel) else str(value)
