"""ModelScope on loopback: the two requests by which its library lists and fetches a model."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class FakeModelScope:
    folder: Path
    model: str = "PAI/tiny"
    fetched: list[str] = field(default_factory=list)
    url: str = ""

    def listing(self) -> dict[str, Any]:
        files = [each for each in sorted(self.folder.rglob("*")) if each.is_file()]
        return {"Code": 200, "Success": True, "Data": {"Files": [self._entry(f) for f in files]}}

    def _entry(self, file: Path) -> dict[str, Any]:
        content = file.read_bytes()
        return {
            "Path": file.relative_to(self.folder).as_posix(),
            "Type": "blob",
            "Size": len(content),
            "Sha256": hashlib.sha256(content).hexdigest(),
        }


@contextmanager
def serving(fake: FakeModelScope) -> Iterator[FakeModelScope]:
    class Handler(_Handler):
        scope = fake

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    scope: FakeModelScope

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        api = f"/api/v1/models/{self.scope.model}/repo"
        if url.path == f"{api}/files":
            self._send(200, json.dumps(self.scope.listing()).encode())
        elif url.path == api:
            name = parse_qs(url.query)["FilePath"][0]
            self.scope.fetched.append(name)
            self._send(200, (self.scope.folder / name).read_bytes())
        else:
            self._send(404, b'{"Code": 404, "Message": "no such thing"}')

    def log_message(self, *_: Any) -> None:
        pass

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
