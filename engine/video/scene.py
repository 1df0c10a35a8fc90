"""The frames of a master as ffmpeg reads them for one file: scaled, with the label on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.clip import Clip
from engine.video.ffmpeg import THREADS, file_url, run_on
from engine.video.label import LABEL_SECONDS, draw_label

PNG_EFFORT = "3"  # zlib's level: on drawings the higher ones took twice the time for no gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A clip at one size; `folder` takes the files on the way: the drawn label, a palette."""

    clip: Clip
    width: int
    height: int
    label: str | None
    metadata: Mapping[str, str]
    folder: Path

    def render(self, finish: str, output: Sequence[str], colours: int | None = None) -> bytes:
        """Run the frames through the filters `finish` into `output`; returns its standard output.

        With `colours` the frames first get a palette of that many, chosen for this clip.
        """
        inputs, graph = self._labelled()
        if colours is not None:
            # a sketch has few colours: dithering would only add noise, and noise weighs
            palette = self._palette(inputs, graph, colours)
            inputs = [*inputs, "-f", "png_pipe", "-i", file_url(palette)]
            graph += f"[labelled];[labelled][{inputs.count('-i') - 1}:v]paletteuse=dither=none"
        return self._run(inputs, f"{graph},{finish}" if finish else graph, output)

    def _labelled(self) -> tuple[list[str], str]:
        """The inputs, and the filters up to a labelled frame in RGB."""
        source = ["-threads", str(THREADS), "-f", "matroska", "-r", str(self.clip.fps)]
        inputs = [*source, "-i", "pipe:0"]
        graph = "[0:v]format=gbrp"
        if (self.width, self.height) != (self.clip.width, self.clip.height):
            graph += f",scale={self.width}:{self.height}:flags=area"
        if self.label is not None:
            path = self.folder / "label.png"
            draw_label(self.label, self.width, self.height).save(path)
            inputs += ["-f", "png_pipe", "-i", file_url(path)]
            frames = LABEL_SECONDS * self.clip.fps
            graph += (
                "[plain];[plain][1:v]"
                f"overlay=x=W-w:y=H-h:format=gbrp:eval=init:enable='lt(n,{frames})'"
            )
        return inputs, graph

    def _palette(self, inputs: Sequence[str], graph: str, colours: int) -> Path:
        path = self.folder / "palette.png"
        output = ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", file_url(path)]
        self._run(inputs, f"{graph},palettegen=max_colors={colours}", output)
        return path

    def _run(self, inputs: Sequence[str], graph: str, output: Sequence[str]) -> bytes:
        options = ["-filter_threads", "1", "-filter_complex", graph, "-threads", str(THREADS)]
        return run_on(self.clip.master, [*inputs, *options, *output])
