"""What people call the settings and their values, in English and Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.request import ClipFormat, Expression, Mode, Sampler, Style
from bot.texts import language_of

NAMES: dict[str, tuple[str, ...]] = {
    "expression": ("expression", "表情"),
    "frames": ("frames", "num_frames", "帧数", "帧"),
    "res": ("res", "resolution", "size", "分辨率", "尺寸"),
    "steps": ("steps", "num_inference_steps", "步数", "采样步数", "迭代步数"),
    "cfg": ("cfg", "cfg_scale", "guidance", "guidance_scale", "引导", "引导强度", "引导系数"),
    "sampler": ("sampler", "采样器", "采样", "采样方法"),
    "mode": ("mode", "模式"),
    "style": ("style", "风格", "画风"),
    "loop": ("loop", "循环"),
    "seed": ("seed", "种子", "随机种子"),
    "prompt": ("prompt", "提示词", "提示", "正向提示词", "描述"),
    "negative": (
        "negative",
        "neg",
        "negative_prompt",
        "反向提示词",
        "负面提示词",
        "负向提示词",
        "负面",
        "反向",
    ),
    "format": ("format", "格式"),
    "preset": ("preset", "预设"),
}
VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "sampler": {
        Sampler.AUTO: ("自动",),
        Sampler.FLOW: ("flow match", "flow matching", "flow match euler"),
        Sampler.DPM_2M_KARRAS: ("dpm++ 2m", "dpm 2m karras", "dpmpp 2m karras", "karras"),
        Sampler.DPM: ("dpm", "dpmpp"),
        Sampler.EULER: ("欧拉",),
        Sampler.EULER_A: ("euler ancestral", "欧拉a"),
        Sampler.DDIM: (),
        Sampler.PNDM: (),
    },
    "mode": {
        Mode.AUTO: ("自动",),
        Mode.FAST: ("快速", "快"),
        Mode.EXACT: ("精确", "准确"),
    },
    "expression": {
        Expression.AUTO: ("自动",),
        Expression.BLINK: ("眨眼", "眨眼睛"),
        Expression.SMILE: ("微笑", "笑", "smiling"),
        Expression.WINK: ("单眼眨眼", "使眼色", "抛媚眼"),
        Expression.NOD: ("点头",),
        Expression.SURPRISE: ("惊讶", "吃惊", "惊喜", "surprised"),
    },
    "style": {
        Style.FINE: ("精细", "细致", "细腻"),
        Style.LOOSE: ("松散", "潦草", "粗略", "草图"),
        Style.CARTOON: ("卡通", "儿童画"),
    },
    "loop": {
        "on": ("yes", "true", "1", "开", "开启", "是"),
        "off": ("no", "false", "0", "关", "关闭", "否"),
    },
    "format": {
        ClipFormat.MP4: ("视频", "video"),
        ClipFormat.GIF: ("动图",),
        ClipFormat.WEBP: (),
        ClipFormat.APNG: ("png",),
        ClipFormat.SHEET: ("sprite sheet", "sprites", "精灵图", "精灵表", "雪碧图"),
    },
}


def name_in(locale: str, name: str) -> str:
    """What who reads that locale calls a setting."""
    return word_in(locale, name, NAMES[name])


def value_in(locale: str, name: str, value: str) -> str:
    """What they call one of its values."""
    return word_in(locale, value, VALUES.get(name, {}).get(value, ()))


def word_in(locale: str, word: str, others: Iterable[str]) -> str:
    """The first Chinese one of the other words, for who reads Chinese."""
    if language_of(locale) != "zh":
        return word
    return next((other for other in others if not other.isascii()), word)


def loosely(text: str) -> str:
    """The letters, digits and plus signs of a word, so that "DPM++2M-Karras" finds its value."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^\w+]|_", "", folded)


NAME_OF = {loosely(word): name for name, words in NAMES.items() for word in words}
VALUE_OF = {
    name: {loosely(word): str(value) for value, words in values.items() for word in (value, *words)}
    for name, values in VALUES.items()
}
