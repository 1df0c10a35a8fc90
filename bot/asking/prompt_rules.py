"""Wishes in a prompt that the model cannot fulfil, found before anybody waits for them."""

from __future__ import annotations

import re

from bot.errors import RequestError, WayOut

# Looking into the camera (看镜头) is a fine wish for a portrait: only its moving is not.
CAMERA = re.compile(
    r"""\b camera \W+ (?:slowly \W+)?
        (?: mov | pan | zoom | tilt | orbit | circl | rotat | track | push | pull | fl(?:y|ies) )
    | \b camera \W* (?:motion|work)
    | \b (?:zoom(?:s|ing)? \W+ (?:in|out) | dolly | (?:tracking|crane|drone|aerial) \W+ shot) \b
    | \b pan(?:s|ning)? \W+ (?:to \W+ the \W+ )? (?:left|right|up|down|across) \b
    | \b (?:orbit|circl)(?:s|es|ing)? \W+ (?:around \W+)? the \W+ (?:head|face|person|subject)
    | 运镜 | 变焦 | 航拍
    | 镜头 .{0,3} (?:推|拉|摇|移|转|环绕|升|降|缩放|跟)
    | (?:推近|拉近|拉远|推|拉|摇|移动|旋转|转动|环绕|切换) 镜头
    """,
    re.IGNORECASE | re.VERBOSE,
)
DANCE = re.compile(
    r"\b(?:danc(?:e|es|ing)|full[ -]body\s+(?:motion|movement|animation))\b"
    r"|跳舞|跳着舞|舞蹈|起舞|街舞|全身(?:动作|运动|舞)",
    re.IGNORECASE,
)
WITHOUT_IT = WayOut("change", {"prompt": ""})


def check_wishes(prompt: str) -> None:
    """Raise `RequestError` for camera moves and dances; a prompt that is left out is fine."""
    if CAMERA.search(prompt):
        raise RequestError("prompt-camera", ways_out=(WITHOUT_IT,))
    if DANCE.search(prompt):
        raise RequestError("prompt-dance", ways_out=(WITHOUT_IT,))
