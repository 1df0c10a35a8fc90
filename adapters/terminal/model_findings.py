"""What the doctor says of the model: what it is, how it runs here, and how fast that was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.terminal.driver import driver_needed, is_new_enough
from adapters.terminal.finding import Finding
from bot.cards.wording import say_span
from bot.clip import Renderer
from bot.job import UsageRecord
from bot.queue.estimate import UsualClip, estimate_run, witnesses
from bot.request import RESOLUTIONS
from bot.texts import Texts

DAY_S = 24 * 60 * 60
USUAL_RES = 768
NO_CUDA = "–"

Facts = Mapping[str, str]


def model_findings(
    model: str | None, facts: Facts, records: Sequence[UsageRecord], texts: Texts
) -> Iterator[Finding]:
    """`facts` are what the model's worker tells, `records` of what the model rendered lately."""
    if model is None:
        yield Finding("model", False, "–", "doctor-no-model", needed=False)
        return
    if "family" not in facts:
        yield _unusable(model, facts)
        return
    yield Finding("model", True, f"EasyAnimate {facts['family']} {facts['size']}, {model}")
    yield Finding("plan", True, f"{facts['plan']}, {facts['dtype']}, {facts['device']}")
    yield Finding("attention", True, f"{facts['attention']} ({facts['mode']})")
    yield from _speed(records, texts)


def driver_finding(driver: str, facts: Facts) -> Iterator[Finding]:
    """Whether the GPU's driver can run the CUDA that the model's PyTorch was built with.

    Nothing where there is no driver, or no PyTorch to ask.
    """
    cuda = facts.get("cuda")
    if not driver or cuda is None:
        return
    if cuda == NO_CUDA:
        yield Finding("driver", False, f"torch {facts['torch']}", "doctor-torch-for-cpu")
        return
    needed = driver_needed(cuda)
    ok = is_new_enough(driver, needed)
    args = {"cuda": cuda, "needed": needed, "driver": driver}
    found = f"{driver}, CUDA {cuda}, torch {facts['torch']}"
    yield Finding("driver", ok, found, None if ok else "doctor-old-driver", args)


def _unusable(model: str, facts: Facts) -> Finding:
    if "problem" in facts:
        return Finding("model", False, model, "error-model", {"reason": facts["problem"]})
    return Finding("model", False, model, "model-broken")


def _speed(records: Sequence[UsageRecord], texts: Texts) -> Iterator[Finding]:
    """From what was rendered and nothing else: an untried machine is not guessed about."""
    said = [_speed_of(res, records, texts) for res in RESOLUTIONS]
    usual = estimate_run(UsualClip.of(Renderer.MODEL, USUAL_RES), records)
    if usual is None:
        yield Finding("speed", False, "–", "doctor-not-measured", needed=False)
        return
    yield Finding("speed", True, " · ".join(said))
    clips = round(DAY_S / ((usual.low_s + usual.high_s) / 2))
    yield Finding("clips-a-day", True, f"{clips} ({USUAL_RES})")


def _speed_of(res: int, records: Sequence[UsageRecord], texts: Texts) -> str:
    clip = UsualClip.of(Renderer.MODEL, res)
    span = estimate_run(clip, records)
    if span is None:
        return "–"
    clips = len(witnesses(clip, records))
    key = "doctor-speed-measured" if clips else "doctor-speed-scaled"
    return texts.say(key, res=str(res), span=say_span(texts, span), clips=clips)
