"""Cleo, whose picture Ada has animated, and what Cleo is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.card import Action, Card
from bot.origin import Origin
from bot.preferences import PlaceSettings
from tests.fakes.house import ADA, BEN, FakeHouse

CLEO = replace(BEN, person="cleo", person_name="Cleo")
OF_CLEO = replace(ADA, author="cleo", author_name="Cleo", person_name="Ada")
STUDIO = ADA.home


def choose(house: FakeHouse, **settings: object) -> None:
    house.settings.places[STUDIO] = replace(PlaceSettings(), **settings)


def in_place(house: FakeHouse, card: Card) -> Card:
    """The one card of it that everybody there can see."""
    (seen,) = house.messenger.of_job(card.job_id)
    return seen


async def tap(house: FakeHouse, card: Card, action: Action, person: Origin = CLEO) -> Card:
    return await house.service.answer(card.job_id, person, action)
