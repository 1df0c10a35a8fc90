"""Recorded requests against the platform's published schema, where it is at hand."""

from __future__ import annotations

import json
import os
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from tests.fakes.discord.server import Recorded

FOLDER = os.environ.get("API_SPECS_DIR")
SPEC = Path(FOLDER) / "discord-openapi.json" if FOLDER else None
PARAMETER = re.compile(r"\{[^}]+\}")


def faults_of(request: Recorded) -> list[str]:
    """What the schema has against a request: no such path or method, or a body that is wrong."""
    operation = _operation(request.method, request.path)
    if operation is None:
        return [f"there is no {request.method} {request.path}"]
    if _validator(*operation) is None:
        return [f"{request.method} {request.path} has no body"] if request.json else []
    found = _errors(*operation, json.dumps(request.json))
    return [f"{request.method} {request.path}: {each}" for each in found]


@lru_cache(maxsize=1000)
def _errors(path: str, method: str, body: str) -> list[str]:
    """The same commands are told at every start, and looking at them takes a second."""
    validator = _validator(path, method)
    assert validator is not None
    return [f"{each.json_path} {each.message}" for each in validator.iter_errors(json.loads(body))]


@cache
def _spec() -> dict[str, Any]:
    assert SPEC is not None
    read: dict[str, Any] = json.loads(SPEC.read_text())
    # documented as "a string, or a number where that is safe": the library sends numbers
    read["components"]["schemas"]["SnowflakeType"] |= {"type": ["string", "integer"]}
    return read


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Literal paths before those with more parameters in them."""
    known = sorted(_spec()["paths"], key=lambda path: len(PARAMETER.findall(path)))
    return [
        (re.compile("[^/]+".join(map(re.escape, PARAMETER.split(path)))), path) for path in known
    ]


def _operation(method: str, path: str) -> tuple[str, str] | None:
    for pattern, known in _paths():
        if pattern.fullmatch(path) and method.lower() in _spec()["paths"][known]:
            return known, method.lower()
    return None


@cache
def _validator(path: str, method: str) -> Draft202012Validator | None:
    """A multipart body is judged by its `payload_json`, which is the body of the JSON form."""
    body = _spec()["paths"][path][method].get("requestBody")
    if body is None:
        return None
    resource = Resource(contents=_spec(), specification=DRAFT202012)
    registry = Registry().with_resource("urn:discord", resource)
    pointer = "/".join(["paths", _escaped(path), method, "requestBody", "content"])
    ref = f"urn:discord#/{pointer}/application~1json/schema"
    return Draft202012Validator({"$ref": ref}, registry=registry)


def _escaped(path: str) -> str:
    return quote(path.replace("~", "~0").replace("/", "~1"))
