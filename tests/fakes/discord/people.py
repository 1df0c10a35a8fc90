"""People on the Discord that runs on loopback: what they send, the bot hears over its socket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.payloads import (
    DM,
    EVERYTHING,
    MIB,
    Payload,
    channel,
    guild,
    member,
    message,
    snowflake,
    user,
)
from tests.fakes.discord.server import FakeDiscord

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
SELECT, LABEL = 3, 18
SUB_COMMAND, ATTACHMENT = 1, 11
MESSAGE_MENU = 3
THREAD = 11
FORWARD = 1
SNAPSHOT = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags")
KINDS = {str: 3, int: 4, bool: 5, float: 10}


@dataclass
class Place:
    """A guild with one channel, or a private conversation (`guild` None). Interactions tell how
    large a file may be there (`limit`), and what the bot may do (`granted`)."""

    channel: Payload
    guild: Payload | None = None
    limit: int = 10 * MIB
    granted: str = EVERYTHING


@dataclass
class Person:
    server: FakeDiscord
    who: Payload
    locale: str = "en-US"
    permissions: int = 0  # of this moment, as interactions tell

    @property
    def id(self) -> str:
        return str(self.who["id"])

    async def slash(
        self, place: Place, name: str, picture: bytes | None = None, **options: Any
    ) -> Interaction:
        """`name` may have a subcommand in it, as people type it."""
        given = [_option(key, value) for key, value in options.items()]
        resolved: Payload = {}
        if picture is not None:
            uploaded = self.server.rest.upload("sketch.png", picture)
            resolved = {"attachments": {uploaded["id"]: uploaded}}
            image = {"name": "image", "type": ATTACHMENT, "value": uploaded["id"]}
            given.insert(0, image)
        return await self._interact(place, COMMAND, self._command(name, given, resolved))

    async def menu(self, place: Place, name: str, on: Payload) -> Interaction:
        """A command in the menu of a message."""
        more = {"target_id": on["id"], "type": MESSAGE_MENU}
        command = self._command(name, [], {"messages": {on["id"]: on}})
        return await self._interact(place, COMMAND, command | more)

    async def type_in(
        self, place: Place, name: str, option: str, typed: str, **options: Any
    ) -> Interaction:
        """What is offered is in its response."""
        given = [_option(key, value) for key, value in options.items()]
        given.append(_option(option, typed) | {"focused": True})
        return await self._interact(place, AUTOCOMPLETE, self._command(name, given, {}))

    def _command(self, name: str, given: list[Payload], resolved: Payload) -> Payload:
        root, _, rest = name.partition(" ")
        known = next(each for each in self.server.rest.commands if each["name"] == root)
        for part in reversed(rest.split()):
            given = [{"name": part, "type": SUB_COMMAND, "options": given}]
        return {
            "id": known["id"],
            "name": root,
            "type": 1,
            "options": given,
            "resolved": resolved,
        }

    async def press(self, place: Place, card: Payload, label: str) -> Interaction:
        """The button whose label begins so."""
        (custom_id,) = [id for name, id in buttons(card).items() if name.startswith(label)]
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interact(place, COMPONENT, data, message=card)

    async def send(self, place: Place, opened: Interaction, **filled_in: str) -> Interaction:
        """The form that a button opened, as its person left it but for what is filled in."""
        form = opened.responses[0]["data"]
        labels = []
        for label in form["components"]:
            field = label["component"]
            name, kind = field["custom_id"], field["type"]
            if kind == SELECT:
                default = [one["value"] for one in field["options"] if one.get("default")]
                said = {"values": [filled_in[name]] if name in filled_in else default}
            else:
                said = {"value": filled_in.get(name, field.get("value") or "")}
            labels.append({"type": LABEL, "component": {"type": kind, "custom_id": name} | said})
        data = {"custom_id": form["custom_id"], "components": labels}
        return await self._interact(place, MODAL, data)

    async def say(self, place: Place, text: str, *pictures: bytes, **more: Any) -> Payload:
        uploads = [self.server.rest.upload("sketch.png", each) for each in pictures]
        guild_id = place.guild["id"] if place.guild else None
        bot = self.server.bot
        mentions = [bot] if f"<@{bot['id']}>" in text else []
        said = message(
            self.who, place.channel["id"], guild_id, content=text, attachments=uploads, **more
        )
        said["mentions"] = mentions
        if place.guild is not None:
            said["member"] = member(self.who, [])
        self.server.rest.messages[said["id"]] = said
        await self.server.gateway.dispatch("MESSAGE_CREATE", said)
        return said

    async def forward(self, place: Place, shown: Payload, text: str = "") -> Payload:
        """With nothing of who wrote it but where it stands."""
        snapshot = {each: shown[each] for each in SNAPSHOT}
        reference = {
            "type": FORWARD,
            "message_id": shown["id"],
            "channel_id": shown["channel_id"],
            "guild_id": shown.get("guild_id"),
        }
        more = {"message_reference": reference, "message_snapshots": [{"message": snapshot}]}
        return await self.say(place, text, **more)

    async def _interact(self, place: Place, kind: int, data: Payload, **more: Any) -> Interaction:
        brought_along = place.guild is not None and place.guild["id"] not in self.server.rest.guilds
        asked = Interaction(
            snowflake(),
            f"token-of-{snowflake()}",
            kind=kind,
            by=self.who,
            place=place.channel["id"],
            on=more["message"]["id"] if "message" in more else "",
            brought_along=brought_along,
        )
        self.server.rest.interactions[asked.token] = asked
        event = {
            "id": asked.id,
            "application_id": self.server.bot["id"],
            "type": kind,
            "token": asked.token,
            "version": 1,
            "data": data,
            "channel_id": place.channel["id"],
            "channel": place.channel,
            "locale": self.locale,
            "app_permissions": place.granted,
            "attachment_size_limit": place.limit,
            "entitlements": [],
            **more,
        }
        if place.guild is None:
            event |= {"user": self.who, "context": 1, "authorizing_integration_owners": {}}
        else:
            event |= {
                "guild_id": place.guild["id"],
                "guild": {
                    "id": place.guild["id"],
                    "locale": place.guild["preferred_locale"],
                    "features": [],
                },
                "guild_locale": place.guild["preferred_locale"],
                "member": member(self.who, [], permissions=str(self.permissions)),
                "context": 0,
                "authorizing_integration_owners": (
                    {"1": self.id} if brought_along else {"0": place.guild["id"]}
                ),
            }
        await self.server.gateway.dispatch("INTERACTION_CREATE", event)
        return asked


def studio(server: FakeDiscord, locale: str = "en-US", tier: int = 0) -> Place:
    """A guild that the bot is in; `tier` is what its boosts make of it."""
    made = guild("studio", server.bot, locale=locale, tier=tier)
    sketches = channel("sketches", guild_id=made["id"])
    made["channels"].append(sketches)
    server.add_guild(made)
    return Place(sketches, made)


def brought_along(name: str) -> Place:
    """A guild that the bot is no member of, where people use it who installed it themselves."""
    made = {"id": snowflake(), "preferred_locale": "en-US", "features": []}
    return Place(channel(name, guild_id=made["id"]), made)


def thread_of(place: Place) -> Place:
    """One that nobody told the bot of."""
    assert place.guild is not None
    more = {
        "guild_id": place.guild["id"],
        "parent_id": place.channel["id"],
        "owner_id": snowflake(),
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2030-01-01T00:00:00+00:00",
            "locked": False,
        },
        "member_count": 1,
        "message_count": 1,
    }
    return replace(place, channel=channel("a thread", THREAD, **more))


def direct(server: FakeDiscord, person: Person) -> Place:
    """The conversation of somebody with the bot."""
    opened = channel("", DM, recipients=[person.who])
    server.rest.channels[opened["id"]] = opened
    return Place(opened)


def joined(server: FakeDiscord, place: Place, name: str, locale: str = "en-US") -> Person:
    who = user(name)
    assert place.guild is not None
    server.rest.join(place.guild["id"], who, [])
    return Person(server, who, locale)


def buttons(card: Payload) -> dict[str, str]:
    """Their ids by their labels."""
    return {
        each["label"]: each["custom_id"] for row in card["components"] for each in row["components"]
    }


def _option(name: str, value: Any) -> Payload:
    return {"name": name, "type": KINDS[type(value)], "value": value}
