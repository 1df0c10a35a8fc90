"""What the page hands out and must know again: signed with a key that never leaves this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

KEY_BYTES = 32
KEY_FILE = "web.key"
NAME_BYTES = 18  # of a signature that is a name: 144 bits can't be guessed


class Seal:
    """`purpose` keeps what was signed for one thing from being taken for another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def name(self, purpose: str, what: str) -> str:
        """Always the same for the same, and unguessable."""
        return _text(self._digest(purpose, what)[:NAME_BYTES])

    def is_name(self, name: str, purpose: str, what: str) -> bool:
        return hmac.compare_digest(name.encode(), self.name(purpose, what).encode())

    def close(self, purpose: str, content: dict[str, Any]) -> str:
        """The content, readable, and nobody else's to change."""
        body = _text(json.dumps(content, separators=(",", ":")).encode())
        return f"{body}.{_text(self._digest(purpose, body))}"

    def open(self, purpose: str, sealed: str) -> dict[str, Any] | None:
        """None for what was not closed here."""
        body, _, signature = sealed.partition(".")
        expected = _text(self._digest(purpose, body))
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            return None
        content: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return content

    def _digest(self, purpose: str, what: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\n{what}".encode(), hashlib.sha256)


def load_seal(data_dir: Path) -> Seal:
    """The key of this data folder, made where there is none; without it everybody is signed out.
    Raises `SettingsError`."""
    path = data_dir / KEY_FILE
    try:
        with suppress(FileExistsError):
            _write(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError("settings-folder", path=str(data_dir), reason=str(error)) from error
    if len(key) < KEY_BYTES:  # an empty key would sign for everybody
        raise SettingsError("web-key-broken", path=str(path))
    return Seal(key)


def _write(path: Path, key: bytes) -> None:
    """Whole or not at all, and for nobody else's eyes."""
    if path.exists():
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
    try:
        os.link(partial, path)
    finally:
        partial.unlink()


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
