"""Telegram as a way in and a way out."""

import os

# python-telegram-bot's durations as `timedelta`, which is what it will say soon anyway; without
# this each flood error warns of the change.
os.environ.setdefault("PTB_TIMEDELTA", "true")
