"""Many browsers that look at one card, in a process of their own, for `bench.streaming`.

    python -m bench.audience_process

Each line it is given says `URL COOKIE STREAMS`; it answers `open` once all of them see the card,
and once the last of them is told the end, in one line, a JSON object: by step (or `end`) the moment
at which the last stream had it, or something newer.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench.streaming_process import END

EACH_ADDRESS = 20  # streams: one address may look at only so many at once
NEWS = re.compile(rb'value="(\d+)" aria|event: (end)\n')
LONGEST = 32  # bytes of a mark that two reads may tear apart
READ = 1 << 16
LOOK_S = 0.01


@dataclass
class Stream:
    """When it had which step."""

    number: int
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    seen: dict[str, float] = field(default_factory=dict)

    async def follow(self, url: str, cookie: str) -> None:
        where = urlsplit(url)
        assert where.hostname and where.port
        address = f"127.0.0.{2 + self.number // EACH_ADDRESS}"
        reader, writer = await asyncio.open_connection(
            where.hostname, where.port, local_addr=(address, 0)
        )
        head = f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        try:
            await self._read(reader)
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while END not in self.seen and (read := await reader.read(READ)):
            now, text = time.perf_counter(), rest + read
            if not self.opened.is_set() and b"event: card" in text:
                self.opened.set()
            for found in NEWS.finditer(text):
                self.seen.setdefault((found[1] or found[2]).decode(), now)
            rest = text[-LONGEST:]


async def look(url: str, cookie: str, count: int) -> None:
    streams = [Stream(number) for number in range(count)]
    following = [asyncio.create_task(each.follow(url, cookie)) for each in streams]
    while not all(each.opened.is_set() for each in streams):
        if any(one.done() for one in following):
            raise RuntimeError("a stream ended before all were open")
        await asyncio.sleep(LOOK_S)
    print("open", flush=True)
    await asyncio.gather(*following)
    print(json.dumps(last_of(streams)), flush=True)


def last_of(streams: list[Stream]) -> dict[str, float]:
    """A stream that had something newer first has what was before it."""
    steps = sorted({int(step) for each in streams for step in each.seen if step != END})
    last = {}
    newest = [each.seen[END] for each in streams]
    last[END] = max(newest)
    for step in reversed(steps):
        newest = [
            each.seen.get(str(step), after) for each, after in zip(streams, newest, strict=True)
        ]
        last[str(step)] = max(newest)
    return last


def main() -> None:
    for line in sys.stdin:
        url, cookie, count = line.split()
        asyncio.run(look(url, cookie, int(count)))


if __name__ == "__main__":
    main()
