"""Prompts: the reference's tokens and embeddings, and encoders that are loaded once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.easyanimate import prompt_cache
from engine.easyanimate import text as text_module
from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.encoders import encoders_of
from engine.easyanimate.errors import BrokenLatentsError, CheckpointError
from engine.easyanimate.text import PromptEmbeds, TextEncoders
from engine.easyanimate.tokens import Tokenizer
from tests.engine.easyanimate import cases
from tests.engine.easyanimate.cases import case
from tests.engine.easyanimate.variants import change_weights, copied

CPU = torch.device("cpu")
HEAD = {"lm_head.weight": torch.zeros(3)}
PLAIN = ["v5-start", "v5-start_end", "v5.1-start", "v5.1-start_end"]


def encoders(path: Path, cache_dir: Path | None = None, **changes: torch.dtype) -> TextEncoders:
    dtype = changes.get("dtype", torch.float32)
    return TextEncoders(read_checkpoint(path), CPU, dtype, cache_dir)


def tokenizers(path: Path) -> list[Tokenizer]:
    return [one.tokenizer(one.tokenizer_folder) for one in encoders_of(read_checkpoint(path))]


@pytest.mark.parametrize("name", PLAIN)
def test_token_ids_are_the_references(name: str) -> None:
    one = case(name)
    for tokenizer, group in zip(tokenizers(one.checkpoint), ("text", "text2"), strict=False):
        for which in ("prompt", "negative_prompt"):
            tokens = tokenizer(getattr(one.request, which))
            assert torch.equal(tokens.ids, one.expected[f"{group}/{which}_ids"])
            assert not tokens.cut


@pytest.mark.parametrize("name", PLAIN)
def test_embeddings_are_the_references(name: str) -> None:
    """To the last bits: T5's fused attention would be 1e-5 to 1e-4 away."""
    one = case(name)
    told = encoders(one.checkpoint).encode(one.request.prompt, one.request.negative_prompt)
    for embeds, group in zip(told.prompt, ("text", "text2"), strict=False):
        expected = one.expected[f"{group}/prompt_embeds"]
        assert (embeds[:, : expected.shape[1]] - expected).abs().max() < 2e-6
    assert len(told.prompt) == len(told.negative) == (2 if name.startswith("v5-") else 1)


@pytest.mark.parametrize(
    ("dtype", "kept"), [(torch.bfloat16, torch.bfloat16), (torch.float16, torch.float32)]
)
def test_only_float16_is_too_narrow_for_a_part_of_t5(dtype: torch.dtype, kept: torch.dtype) -> None:
    """In bfloat16 the reference rounds that part like the rest."""
    _, t5 = encoders_of(read_checkpoint(cases.V5))
    for name, tensor in t5.load(CPU, dtype).named_parameters():
        assert tensor.dtype is (kept if ".wo." in name else dtype)


def test_t5_spells_what_it_does_not_know_in_bytes() -> None:
    """Where transformers 5 says "unknown" (2)."""
    _, t5 = tokenizers(cases.V5)
    tokens = t5("눈 😀")
    assert 2 not in tokens.ids
    assert int(tokens.mask.sum()) > 6


def test_t5_takes_marks_of_its_own_for_marks() -> None:
    """Each stretch between them is a text of its own, as transformers' slow tokenizer has it."""
    _, t5 = tokenizers(cases.V5)

    def ids(prompt: str) -> list[int]:
        told = t5(prompt)
        return told.ids[0, : int(told.mask.sum())].tolist()

    assert ids("</s>") == [1]
    assert ids("a<pad>b") == [*ids("a")[:-1], 0, *ids("b")]
    assert ids("<unk> a </s> b") == [2, *ids(" a ")[:-1], 1, *ids(" b")]


def test_qwen_reads_one_users_turn_padded_on_the_right() -> None:
    (qwen,) = tokenizers(cases.V5_1)
    short, long = qwen("a"), qwen("a wink")
    count = int(short.mask.sum())
    assert short.mask[0, :count].all()
    assert not short.mask[0, count:].any()
    assert int(long.mask.sum()) > count


@pytest.mark.parametrize("path", [cases.V5, cases.V5_1], ids=["V5", "V5.1"])
@pytest.mark.parametrize(
    "prompt", ["", "a\nb", "😀 眨眼", "<|im_end|></s>[SEP]", "x" * 1000, "好 " * 500]
)
def test_whatever_is_typed_becomes_tokens(path: Path, prompt: str) -> None:
    for tokenizer in tokenizers(path):
        tokens = tokenizer(prompt)
        assert tokens.ids.shape == tokens.mask.shape
        assert tokens.ids.shape[1] in (77, 256)


@pytest.mark.parametrize("path", [cases.V5, cases.V5_1], ids=["V5", "V5.1"])
def test_a_prompt_beyond_what_is_read_is_cut_and_says_so(path: Path) -> None:
    told = encoders(path)
    long = told.encode("eyes " * 400, "")
    longer = told.encode("eyes " * 500, "")
    assert long.cut
    assert all(map(torch.equal, long.prompt, longer.prompt))
    assert not told.encode("eyes", "").cut
    assert told.encode("", "eyes " * 400).cut


def test_what_only_bert_cuts_is_read_by_t5() -> None:
    told = encoders(cases.V5)
    one, other = told.encode("eyes " * 20 + "a", ""), told.encode("eyes " * 20 + "b", "")
    assert not one.cut
    assert torch.equal(one.prompt[0], other.prompt[0])
    assert not torch.equal(one.prompt[1], other.prompt[1])


@pytest.mark.parametrize("path", [cases.V5, cases.V5_1], ids=["V5", "V5.1"])
def test_a_known_prompt_loads_no_encoder(path: Path, tmp_path: Path) -> None:
    first = encoders(path, tmp_path / "prompts")
    told = first.encode("a wink", "blurry")
    assert first.loads == 1
    second = encoders(path, tmp_path / "prompts")
    again = second.encode("a wink", "blurry")
    assert second.loads == 0
    assert same(again, told)
    second.encode("a nod", "blurry")
    assert second.loads == 1


def test_one_prompt_on_both_sides_is_encoded_once() -> None:
    told = encoders(cases.V5).encode("", "")
    assert all(map(torch.equal, told.prompt, told.negative))


def test_other_weights_another_dtype_and_another_tokenizer_are_other_prompts(
    tmp_path: Path,
) -> None:
    cache = tmp_path / "prompts"
    encoders(cases.V5, cache).encode("a", "a")
    other = copied(cases.V5, tmp_path / "other")
    vocabulary = other / "tokenizer" / "vocab.txt"
    vocabulary.write_text(vocabulary.read_text() + "\n")
    for changed in (encoders(other, cache), encoders(cases.V5, cache, dtype=torch.bfloat16)):
        changed.encode("a", "a")
        assert changed.loads == 1
    weights = copied(cases.V5, tmp_path / "weights")
    change_weights(weights, "text_encoder", moved)
    changed = encoders(weights, cache)
    changed.encode("a", "a")
    assert changed.loads == 1


def test_what_an_older_engine_made_of_a_prompt_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoders(cases.V5, tmp_path).encode("a", "a")
    monkeypatch.setattr(prompt_cache, "WAY", prompt_cache.WAY + 1)
    newer = encoders(cases.V5, tmp_path)
    newer.encode("a", "a")
    assert newer.loads == 1


def test_an_encoder_is_gone_when_its_prompts_are_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen gigabytes must not stay for the sake of a prompt."""
    import gc
    import weakref

    alive: list[weakref.ref[torch.nn.Module]] = []
    load = text_module.Encoder.load

    def watched(*args: object) -> torch.nn.Module:
        model = load(*args)  # type: ignore[arg-type]
        alive.append(weakref.ref(model))
        return model

    monkeypatch.setattr(text_module.Encoder, "load", watched)
    encoders(cases.V5).encode("a", "b")
    gc.collect()
    assert len(alive) == 2
    assert [one() for one in alive] == [None, None]


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("text_encoder", "encoder.layer.1.attention.self.query.weight"),
        ("text_encoder_2", "encoder.block.0.layer.0.SelfAttention.q.weight"),
    ],
)
def test_an_encoder_that_lacks_a_weight_is_refused_by_its_name(
    tmp_path: Path, part: str, key: str
) -> None:
    folder = copied(cases.V5, tmp_path / "model")
    change_weights(folder, part, lambda tensors: tensors.pop(key))
    with pytest.raises(CheckpointError, match=key):
        encoders(folder).encode("a", "b")


def test_heads_towers_and_prefixes_of_other_savings_are_no_matter(tmp_path: Path) -> None:
    folder = copied(cases.V5, tmp_path / "model")
    change_weights(folder, "text_encoder", with_a_head)
    change_weights(folder, "text_encoder_2", lambda tensors: tensors.update(HEAD))
    assert same(encoders(folder).encode("a", "b"), encoders(cases.V5).encode("a", "b"))
    newer = copied(cases.V5_1, tmp_path / "newer")
    change_weights(newer, "text_encoder", renamed("model.", "model.language_model."))
    assert same(encoders(newer).encode("a", "b"), encoders(cases.V5_1).encode("a", "b"))


def test_a_tokenizer_that_is_missing_is_told(tmp_path: Path) -> None:
    folder = copied(cases.V5, tmp_path / "model")
    told = encoders(folder)
    (folder / "tokenizer_2" / "spiece.model").write_bytes(b"no model")
    with pytest.raises(CheckpointError, match="tokenizer_2"):
        told.encode("a", "b")


def test_parts_that_do_not_go_together_are_told_of_by_the_part(tmp_path: Path) -> None:
    folder = copied(cases.V5, tmp_path / "model")
    config = folder / "tokenizer" / "tokenizer_config.json"
    config.write_text(
        config.read_text().replace('"model_max_length": 77', '"model_max_length": 200')
    )
    with pytest.raises(CheckpointError, match="text_encoder can't be used"):  # it has 128 places
        encoders(folder).encode("a", "b")
    config.write_text(
        config.read_text().replace('"model_max_length": 200', '"model_max_length": 0')
    )
    with pytest.raises(CheckpointError, match=r"tokenizer can't be used .model_max_length is 0"):
        encoders(folder).encode("a", "b")
    chat = copied(cases.V5_1, tmp_path / "chat")
    config = chat / "tokenizer" / "tokenizer_config.json"
    config.write_text(config.read_text().replace("{% endfor %}", ""))
    with pytest.raises(CheckpointError, match="tokenizer can't be used"):
        encoders(chat).encode("a", "b")


def test_t5_reads_as_much_as_the_reference_where_its_config_says_nothing(tmp_path: Path) -> None:
    folder = copied(cases.V5, tmp_path / "model")
    config = folder / "tokenizer_2" / "tokenizer_config.json"
    config.write_text('{"model_max_length": null}')
    assert encoders(folder).encode("a", "b").prompt[1].shape[1] == 256


def test_nan_out_of_an_encoder_is_told_and_not_kept(tmp_path: Path) -> None:
    folder, cache = copied(cases.V5, tmp_path / "model"), tmp_path / "prompts"

    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        tensors["encoder.layer.1.output.LayerNorm.bias"].fill_(float("nan"))

    change_weights(folder, "text_encoder", spoil)
    with pytest.raises(BrokenLatentsError, match="text_encoder makes NaN"):
        encoders(folder, cache).encode("a", "b")
    assert not list(cache.glob("*"))


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert encoders(cases.V5).encode("a wink \ud800", "").prompt


def moved(tensors: dict[str, torch.Tensor]) -> None:
    for name, tensor in tensors.items():
        tensors[name] = tensor + 1


def renamed(start: str, to: str) -> Callable[[dict[str, torch.Tensor]], None]:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name in [name for name in tensors if name.startswith(start)]:
            tensors[to + name.removeprefix(start)] = tensors.pop(name)

    return change


def with_a_head(tensors: dict[str, torch.Tensor]) -> None:
    renamed("", "bert.")(tensors)
    tensors["cls.predictions.bias"] = torch.zeros(3)


def same(one: PromptEmbeds, other: PromptEmbeds) -> bool:
    return all(map(torch.equal, one.prompt + one.negative, other.prompt + other.negative))
