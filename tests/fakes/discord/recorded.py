"""What the bot sent, as a test looks at it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

AUTHORIZED = "Bot "


@dataclass(frozen=True)
class Recorded:
    """One request. `files` are the uploads by their names; `json` the body, which a multipart one
    carries as `payload_json`."""

    method: str
    path: str
    query: Mapping[str, str]
    json: Any = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    token: str = ""

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))


async def record(request: web.Request, path: str) -> Recorded:
    token = request.headers.get("Authorization", "").removeprefix(AUTHORIZED)
    body: Any = None
    files: dict[str, bytes] = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            content = bytes(await part.read())  # type: ignore[union-attr]
            if part.name == "payload_json":
                body = json.loads(content)
            else:
                files[str(part.filename)] = content  # type: ignore[union-attr]
    elif request.can_read_body:
        body = await request.json()
    return Recorded(request.method, path, dict(request.query), body, files, token)
