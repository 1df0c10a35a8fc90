"""Holds requests to the machine-readable Bot API, where that is at hand.

The schema is an api.json of PaulSonOfLars/telegram-bot-api-spec in the folder that the environment
variable `API_SPECS_DIR` names. Beside names and types it checks the limits that the schema's
descriptions state in words ("0-1024 characters", "1-64 bytes").
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

NAME = "telegram-bot-api.json"
LENGTH = re.compile(r"\b(\d+)-(\d+) (characters|bytes)")
PLAIN = {"Integer": int, "Float": (int, float), "Boolean": bool, "True": bool, "String": str}


@cache
def _schema() -> dict[str, Any] | None:
    folder = os.environ.get("API_SPECS_DIR")
    path = Path(folder) / NAME if folder else None
    return json.loads(path.read_text()) if path and path.exists() else None


def is_at_hand() -> bool:
    return _schema() is not None


def faults(method: str, params: Mapping[str, Any], files: Mapping[str, bytes]) -> list[str]:
    """What the real server would not understand, or could not take."""
    schema = _schema()
    if schema is None:
        return []
    if method not in schema["methods"]:
        return [f"no method {method}"]
    given = {**params, **dict.fromkeys(files, "")}
    return [f"{method}: {fault}" for fault in _fields(schema["methods"][method], given, files)]


def _fields(
    described: Mapping[str, Any], given: Mapping[str, Any], files: Mapping[str, bytes]
) -> Iterator[str]:
    known = {field["name"]: field for field in described.get("fields", [])}
    attached = {name for name in files if name not in known}
    for name in given.keys() - known.keys() - attached:
        yield f"unknown {name}"
    for name, field in known.items():
        if name not in given:
            if field["required"]:
                yield f"{name} is missing"
            continue
        value = given[name]
        if name in files:
            if "InputFile" not in field["types"]:
                yield f"{name} is no file"
            continue
        problems = [list(_value(kind, value, files)) for kind in field["types"]]
        if all(problems):
            yield f"{name} = {value!r}: {problems[0][0]}"
        yield from _too_long(name, field["description"], value)


def _value(kind: str, value: Any, files: Mapping[str, bytes]) -> Iterator[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            yield "no array"
            return
        for each in value:
            yield from _value(kind.removeprefix("Array of "), each, files)
    elif kind in PLAIN:
        fits = isinstance(value, PLAIN[kind]) and isinstance(value, bool) == (
            kind in ("Boolean", "True")
        )
        if not fits:
            yield f"no {kind}"
        elif str(value).startswith("attach://") and str(value)[9:] not in files:
            yield f"nothing is attached as {value}"
    elif kind == "InputFile":
        yield "no file"
    else:
        yield from _object(kind, value, files)


def _object(kind: str, value: Any, files: Mapping[str, bytes]) -> Iterator[str]:
    schema = _schema()
    assert schema is not None
    described = schema["types"].get(kind, {})
    if not isinstance(value, dict):
        yield f"no {kind}"
    elif subtypes := described.get("subtypes"):
        ways = [list(_object(subtype, value, files)) for subtype in subtypes]
        if all(ways):
            yield min(ways, key=len)[0]
    else:
        yield from _fields(described, value, {} if not files else _attached(value, files))


def _attached(value: Mapping[str, Any], files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """For looking up attach:// names; none of them is a field of the object itself."""
    return {name: content for name, content in files.items() if name not in value}


def _too_long(name: str, description: str, value: Any) -> Iterator[str]:
    limit = LENGTH.search(description)
    if limit is None or not isinstance(value, str):
        return
    length = len(value.encode()) if limit[3] == "bytes" else len(value.encode("utf-16-le")) // 2
    if not int(limit[1]) <= length <= int(limit[2]):
        yield f"{name} has {length} {limit[3]}, not {limit[0]}"
