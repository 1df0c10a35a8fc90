"""Turns pip's installation report (stdin) into `requirements.lock` (stdout)."""

import json
import sys

HEADER = """\
# Every dependency with all of its extras, pinned: a constraints file for Python 3.11 and 3.12.
# Made by `make lock`, used by every install: pip install -c requirements.lock -e .
"""

if __name__ == "__main__":
    found = [item["metadata"] for item in json.load(sys.stdin)["install"]]
    pins = [
        # without a build's own suffix, such as +cpu: any build of that version will do
        f"{each['name']}=={each['version'].split('+')[0]}"
        for each in sorted(found, key=lambda each: each["name"].lower().replace("_", "-"))
        if each["name"] != "sketchlife"
    ]
    sys.stdout.write(HEADER + "\n".join(pins) + "\n")
