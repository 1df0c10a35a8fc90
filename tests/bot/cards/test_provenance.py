"""Every file can tell what made it, and nothing about who asked for it."""

from __future__ import annotations

import json

from bot.cards.provenance import provenance
from bot.request import AnimationRequest, Sampler

REQUEST = AnimationRequest(seed=7, sampler=Sampler.DPM_2M_KARRAS, prompt="温柔的微笑", loop=True)


def test_the_aigc_field_has_the_seven_fields_of_the_standard_as_text() -> None:
    aigc = json.loads(provenance(REQUEST, "job1", "preview", "Atelier 工作室")["AIGC"])
    assert aigc == {
        "Label": "1",
        "ContentProducer": "Atelier 工作室",
        "ProduceID": "job1",
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }


def test_model_seed_and_settings_suffice_to_make_the_clip_again() -> None:
    pairs = provenance(REQUEST, "job1", "EasyAnimateV5-7b-zh-InP", "")
    assert (pairs["model"], pairs["seed"]) == ("EasyAnimateV5-7b-zh-InP", "7")
    settings = json.loads(pairs["settings"])
    assert settings["sampler"] == "DPM++ 2M Karras"
    assert settings["prompt"] == "温柔的微笑"
    assert settings["loop"] == "on"


def test_the_comment_says_in_both_languages_that_a_machine_made_it() -> None:
    comment = provenance(REQUEST, "job1", "preview", "")["comment"]
    assert "AI-generated" in comment
    assert "AI生成" in comment
