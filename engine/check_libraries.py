"""Names the system library that the pictures' packages miss, with the command that installs it.

Run once after an install: `python -m engine.check_libraries`.
"""

from __future__ import annotations

import importlib
import re
import sys

PACKAGES = ("cv2", "mediapipe", "imageio_ffmpeg")
DEBIAN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
    "libSM.so.6": "libsm6",
    "libXext.so.6": "libxext6",
    "libxcb.so.1": "libxcb1",
}
MISSING = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


def explain(error: ImportError | OSError) -> str:
    """What to do about a package that could not be imported."""
    missing = MISSING.search(str(error))
    if missing is None:
        return f"A package could not be loaded: {error}. `make clean` and try again."
    library = missing[1]
    if library not in DEBIAN:
        return f"The system library {library} is missing. Install the package that holds it."
    return (
        f"The system library {library} is missing. Install it, then run this again:\n"
        f"    sudo apt-get install {DEBIAN[library]}"
    )


def main() -> None:
    for package in PACKAGES:
        try:
            importlib.import_module(package)
        except (ImportError, OSError) as error:
            sys.exit(explain(error))


if __name__ == "__main__":
    main()
