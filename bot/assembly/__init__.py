"""The core, put together around whatever implements its ports: the bot's adapters, or fakes."""

from bot.assembly.core import Core
from bot.assembly.given import Outside, Rules

__all__ = ["Core", "Outside", "Rules"]
