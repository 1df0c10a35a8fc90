"""What `bench.streaming` measures beside: the same events by Starlette and uvicorn alone.

    python -m bench.streaming_peer NOTES

One number under an `asyncio.Condition`; it goes up on its own once FAKE_GATE exists, FAKE_STEPS
times, and begins anew when the gate has gone.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bench.streaming_process import END, note

LOOK_S = 0.01
# as heavy as a card of ours
CARD = """event: card
data: <div data-state="running" data-title="Drawing: 12 %" data-preview="">
data:   <h1>Drawing: 12 %</h1>
data:   <progress max="40" value="{number}" aria-label="Drawing: 12 %"></progress>
data:   <ul class="lines">
data:     <li>about 10 seconds left</li>
data:   </ul>
data:   <div class="acts">
data: {filling}
data:   </div>
data: </div>

"""
FILLING = "x" * 300


class Number:
    def __init__(self, notes: Path) -> None:
        self._notes = notes.open("a", buffering=1)
        self._gate = Path(os.environ["FAKE_GATE"])
        self._last = int(os.environ["FAKE_STEPS"]) + 1
        self._changed = asyncio.Condition()
        self._number = 0

    async def go_up(self) -> None:
        """Again and again."""
        while True:
            while not self._gate.exists():
                await asyncio.sleep(LOOK_S)
            for number in range(1, self._last + 1):
                await asyncio.sleep(float(os.environ["FAKE_STEP_S"]))
                async with self._changed:
                    note(self._notes, number if number < self._last else END)
                    self._number = number
                    self._changed.notify_all()
            while self._gate.exists():
                await asyncio.sleep(LOOK_S)
            self._number = 0

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        seen = -1
        while True:
            async with self._changed:
                while self._number == seen:
                    await self._changed.wait()
                seen = self._number
            if seen == self._last:
                break
            yield CARD.format(number=seen, filling=FILLING)
        yield "event: end\ndata:\n\n"


async def serve() -> None:
    number = Number(Path(sys.argv[1]))
    app = Starlette(routes=[Route("/events", number.events)])
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", http="h11")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        going = asyncio.create_task(number.go_up())
        try:
            await uvicorn.Server(config).serve([listener])
        finally:
            going.cancel()


if __name__ == "__main__":
    asyncio.run(serve())
