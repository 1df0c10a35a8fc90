"""The renderer without a GPU as a worker's role."""

from __future__ import annotations

from bot.clip import FPS, Clip, Progress, RenderOrder
from engine.eyes.face import FaceMesh
from engine.pixels import read_pixels, save_progress_picture
from engine.preview.renderer import render
from engine.protocol import Answer, Render, Rendered, Task
from engine.role import Cancelled, Report, TaskCancelledError
from engine.video.master import MasterWriter

FRAMES_PER_PICTURE = 8


class Preview:
    """One render at a time, behind whatever else this machine has to do."""

    lanes = 1
    niceness = 10

    def __init__(self) -> None:
        self._mesh = FaceMesh()

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        if not isinstance(task, Render):
            raise TypeError(f"the preview role does not {task.verb}")
        return Rendered(self._render(task.order, report, cancelled))

    def describe(self) -> dict[str, str]:
        return {"device": "cpu", "renderer": "Preview"}

    def _render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> Clip:
        request, master = order.request, order.folder / "master.mkv"
        frames = render(read_pixels(order.picture), request, order.width, order.height, self._mesh)
        with MasterWriter(master, order.width, order.height, FPS) as out:
            for number, frame in enumerate(frames):
                if cancelled():
                    raise TaskCancelledError
                out.write(frame)
                shown = number % FRAMES_PER_PICTURE == 0
                picture = save_progress_picture(frame, order.folder) if shown else None
                report(Progress(number + 1, request.frames_shown, picture))
        return Clip(
            master=master, width=order.width, height=order.height, num_frames=request.frames_shown
        )
