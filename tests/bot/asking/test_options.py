"""Settings as people type them, on English and on Chinese keyboards."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.asking.asking import make_request
from bot.asking.option_words import NAMES, VALUES
from bot.asking.options import name_options, parse_options
from bot.errors import RequestError
from bot.request import Sampler


def refusal(text: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(RequestError) as caught:
        parse_options(text)
    return caught.value.key, caught.value.args_of_text


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        ("steps:60 res:768", {"steps": "60", "res": "768"}),
        ("STEPS=60, Res = 768", {"steps": "60", "res": "768"}),
        ("steps: 60\nres :768", {"steps": "60", "res": "768"}),
        ("--num-inference-steps=60", {"steps": "60"}),
        ("seed:7;loop:on", {"seed": "7", "loop": "on"}),
    ],
)
def test_pairs_are_read_however_they_are_spaced(text: str, options: dict[str, str]) -> None:
    assert parse_options(text) == options


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("步数:60 分辨率:768", {"steps": "60", "res": "768"}),
        ("步数：６０，分辨率：７６８", {"steps": "60", "res": "768"}),
        ("步数：60分辨率：768", {"steps": "60", "res": "768"}),
        ("步数＝60、引导＝４．５；帧数:33", {"steps": "60", "cfg": "4.5", "frames": "33"}),
        ("ＳＴＥＰＳ：60", {"steps": "60"}),
        ("表情：微笑 循环：开 格式：动图", {"expression": "smile", "loop": "on", "format": "gif"}),
        ("模式：快速 风格：卡通 种子：7", {"mode": "fast", "style": "cartoon", "seed": "7"}),
        ("提示词：「微笑，点头」循环：关", {"prompt": "微笑，点头", "loop": "off"}),
        ("提示词：“温柔的微笑”，表情：眨眼", {"prompt": "温柔的微笑", "expression": "blink"}),
        ("提示词：微笑分辨率：768", {"prompt": "微笑", "res": "768"}),
        ("\u200b反向提示词：『模糊』", {"negative": "模糊"}),
    ],
)
def test_a_chinese_keyboard_is_understood(text: str, options: dict[str, str]) -> None:
    assert parse_options(text) == options


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ('prompt:"gentle smile"', "gentle smile"),
        ("prompt:'it's fine'", "it's fine"),
        ("prompt:“she says ‘hi’, softly”", "she says ‘hi’, softly"),
        ('prompt:"ratio 3:1, steps:2"', "ratio 3:1, steps:2"),
        ('prompt:"smile"', "smile"),
        ('prompt:""', ""),
        ("prompt:'tis a smile", "'tis a smile"),
        ("prompt:gentle smile, soft light", "gentle smile, soft light"),
        ('prompt:"全角，标点：不变！"', "全角，标点：不变！"),
    ],
)
@pytest.mark.parametrize("after", ["", " loop:on", "，循环：开"])
def test_a_prompt_keeps_its_words_as_they_were_written(text: str, prompt: str, after: str) -> None:
    options = parse_options(text + after)
    assert options["prompt"] == prompt
    assert options.get("loop") == ("on" if after else None)


@pytest.mark.parametrize(
    ("typed", "sampler"),
    [
        ("dpm++2m karras", Sampler.DPM_2M_KARRAS),
        ("DPM++ 2M Karras", Sampler.DPM_2M_KARRAS),
        ("dpmpp_2m-karras", Sampler.DPM_2M_KARRAS),
        ("dpm++", Sampler.DPM),
        ("euler a", Sampler.EULER_A),
        ("EulerA", Sampler.EULER_A),
        ("euler", Sampler.EULER),
        ("flow", Sampler.FLOW),
        ("ｄｄｉｍ", Sampler.DDIM),
        ("自动", Sampler.AUTO),
    ],
)
@pytest.mark.parametrize("text", ["sampler:{} seed:7", 'sampler:"{}" seed:7', "seed:7 采样器：{}"])
def test_a_sampler_goes_by_its_loose_name(typed: str, sampler: Sampler, text: str) -> None:
    assert parse_options(text.format(typed)) == {"sampler": sampler, "seed": "7"}


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("stpes:60", "steps"),
        ("resolutoin:768", "resolution"),
        ("frame:33", "frames"),
        ("stéps:60", "steps"),
        ("步树:60", "步数"),
        ("分辩率：768", "分辨率"),
        ("反向提示：模糊", "反向提示词"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_in_the_same_script(
    text: str, nearest: str
) -> None:
    key, args = refusal(text)
    assert (key, args["nearest"]) == ("option-unknown-near", nearest)


def test_a_name_like_no_other_is_answered_with_all_of_them_in_the_same_script() -> None:
    key, args = refusal("colour:blue")
    assert key == "option-unknown"
    assert args["names"] == ", ".join(NAMES)
    assert refusal("🎨:blue")[1]["names"] == ", ".join(NAMES), "a smile is no Chinese"
    key, args = refusal("蓝色：多")
    assert key == "option-unknown"
    assert str(args["names"]).startswith("表情, 帧数, 分辨率")


def test_an_unknown_value_is_answered_with_those_that_there_are() -> None:
    assert refusal("mode:turbo") == (
        "request-not-one-of",
        {"name": "mode", "value": "turbo", "allowed": "auto, fast, exact"},
    )


def test_a_setting_is_set_once_whatever_it_is_called() -> None:
    assert refusal("steps:60 步数:50") == ("option-twice", {"name": "steps"})


@pytest.mark.parametrize("text", ["seed:", "seed: steps:60", 'seed:""', "种子：，步数：60"])
def test_a_name_without_a_value_is_named(text: str) -> None:
    assert refusal(text) == ("option-no-value", {"name": "seed"})


def test_an_empty_prompt_may_be_asked_for() -> None:
    assert parse_options("negative: prompt:") == {"negative": "", "prompt": ""}


@pytest.mark.parametrize(
    ("text", "words"),
    [("make it smile", "make it smile"), ("steps:60 please", "please"), (":60", ":60")],
)
def test_words_without_a_name_are_quoted_back(text: str, words: str) -> None:
    assert refusal(text) == ("option-words-left", {"words": words})


@pytest.mark.parametrize("text", ['prompt:"gentle', "prompt:“gentle smile", "提示词：「微笑"])
def test_a_quotation_that_never_ends_is_named(text: str) -> None:
    assert refusal(text)[0] == "option-quote-open"


def test_a_platforms_own_fields_are_read_by_the_same_words() -> None:
    fields = {"--steps": "60", "sampler": "euler a", "loop": "yes", "prompt": " hi "}
    assert name_options(fields.items()) == {
        "steps": "60",
        "sampler": "Euler A",
        "loop": "on",
        "prompt": "hi",
    }


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in VALUES.items() for value in values]
)
def test_every_value_can_be_typed_by_its_own_name_and_makes_a_request(
    name: str, value: str
) -> None:
    options = parse_options(f'{name}:"{value}"')
    assert options == {name: value}
    make_request(options)


PIECES = st.sampled_from(
    [*"\"“”「」'：:=，, ;\n", "steps", "步数", "60", "６０", "prompt", "loop", "开"]
)


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join)))
@example("prompt:" + " " * 50_000 + "x")
@example("prompt:" + "a " * 20_000)
@example("a:" * 20_000)
@example('prompt:"' * 5_000)
@example("步数" * 20_000)
def test_no_text_does_more_than_be_read_or_refused(text: str) -> None:
    try:
        options = parse_options(text)
    except RequestError as error:
        assert error.key.startswith(("option-", "request-"))
    else:
        assert options.keys() <= NAMES.keys()
