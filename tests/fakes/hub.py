"""A Hugging Face hub on loopback: one model from a folder, and the accidents that befall it."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"
STORE = "store/"
RANGE = re.compile(r"bytes=(\d+)-")


@dataclass
class FakeHub:
    """`breaks` maps a file to the byte after which the next answer with it stops: by hanging up
    or, where `hangs`, by saying nothing more. `denies` maps the model to (status, error code)."""

    folder: Path
    model: str = "someone/tiny"
    breaks: dict[str, int] = field(default_factory=dict)
    hangs: bool = False
    denies: tuple[int, str] | None = None
    knows_ranges: bool = True
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range
    stuck: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def got(self, name: str) -> list[str]:
        """The ranges in which a file's content was asked for, "" being all of it."""
        return [
            asked
            for method, path, asked in self.requests
            if method == "GET" and path in (f"{STORE}{name}", f"{self.model}/resolve/{SHA}/{name}")
        ]

    def tree(self) -> list[dict[str, Any]]:
        files = sorted(each for each in self.folder.rglob("*") if each.is_file())
        return [self.entry(each) for each in files]

    def entry(self, file: Path) -> dict[str, Any]:
        content = file.read_bytes()
        size = len(content)
        entry = {
            "type": "file",
            "path": file.relative_to(self.folder).as_posix(),
            "size": size,
            "oid": hashlib.sha1(b"blob %d\0" % size + content).hexdigest(),
        }
        if file.suffix in (".safetensors", ".bin"):
            digest = hashlib.sha256(content).hexdigest()
            entry["lfs"] = {"oid": digest, "size": size, "pointerSize": 130}
        return entry


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    class Handler(_Handler):
        fake = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        hub.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeHub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self) -> None:
        hub, path = self.fake, unquote(urlsplit(self.path).path).lstrip("/")
        start = int(found[1]) if (found := RANGE.match(self.headers.get("Range", ""))) else 0
        api, files = f"api/models/{hub.model}", f"{hub.model}/resolve/"
        hub.requests.append((self.command, path, self.headers.get("Range", "")))
        if hub.denies:
            self._deny(*hub.denies)
        elif path in (f"{api}/revision/main", api):
            self._json({"id": hub.model, "sha": SHA, "siblings": [], "tags": []})
        elif path == f"{api}/tree/{SHA}":
            self._json(hub.tree())
        elif path.startswith(STORE):
            self._file(path.removeprefix(STORE), start if hub.knows_ranges else 0)
        elif path.startswith(files):
            name = path.removeprefix(files).partition("/")[2]
            if (hub.folder / name).is_file():
                self._resolve(name)
            else:
                self._deny(404, "EntryNotFound")
        else:
            self._deny(404, "RepoNotFound")

    def _deny(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _resolve(self, name: str) -> None:
        """Large files lie elsewhere, under a signed address."""
        entry = self.fake.entry(self.fake.folder / name)
        if "lfs" not in entry:
            self._file(name, 0)
            return
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{self.fake.port}/{STORE}{name}")
        self.send_header("X-Linked-ETag", f'"{entry["lfs"]["oid"]}"')
        self.send_header("X-Linked-Size", str(entry["size"]))
        self.send_header("X-Repo-Commit", SHA)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, name: str, start: int) -> None:
        content = (self.fake.folder / name).read_bytes()
        entry = self.fake.entry(self.fake.folder / name)
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{entry.get("lfs", entry)["oid"]}"')
        self.send_header("X-Repo-Commit", SHA)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "GET":
            self._send(content, start, self.fake.breaks.pop(name, None))

    def _send(self, content: bytes, start: int, breaks_at: int | None) -> None:
        self.wfile.write(content[start:breaks_at])
        if breaks_at is not None:
            self.wfile.flush()
            self.close_connection = True
            self.fake.stuck.set()
            if self.fake.hangs:
                self.fake.over.wait()
