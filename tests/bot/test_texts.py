"""Every sentence exists in both languages, with the same arguments, and is said somewhere."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor
from structlog.testing import capture_logs

import bot.errors
from bot.texts import FOLDER, LANGUAGES, TextError, Texts, _bundle, language_of

ROOT = FOLDER.parents[1]
KEY = re.compile(r"[a-z]+(-[a-z0-9]+)+")
IN_TEMPLATE = re.compile(r"""say\(["']([a-z0-9-]+)["'](\s*~)?""")
ERRORS = {
    name: kind
    for name, kind in inspect.getmembers(bot.errors, inspect.isclass)
    if issubclass(kind, bot.errors.SketchlifeError)
}


@cache
def entries(language: str) -> list[ftl.EntryType]:
    source = (FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    return FluentParser().parse(source).body


@cache
def messages(language: str) -> dict[str, ftl.Message]:
    return {entry.id.name: entry for entry in entries(language) if isinstance(entry, ftl.Message)}


class References(Visitor):
    """The arguments and other messages that a message speaks of."""

    def __init__(self) -> None:
        self.arguments: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
        self.arguments.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802
        self.messages.add(node.id.name)


def references(language: str, key: str) -> References:
    found = References()
    found.visit(messages(language)[key])
    for other in tuple(found.messages):
        found.arguments |= references(language, other).arguments
    return found


class Spoken(ast.NodeVisitor):
    """The keys in our code: `said` must exist, `mentioned` and `beginnings` may be keys."""

    def __init__(self) -> None:
        self.said: set[str] = set()
        self.mentioned: set[str] = set()
        self.beginnings: set[str] = set()

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in {"say", "sentence", "Note", *ERRORS} and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                self.said.add(first.value)
            elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                self.beginnings.add(str(first.values[0].value))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and KEY.fullmatch(node.value):
            self.mentioned.add(node.value)


@cache
def spoken() -> Spoken:
    found = Spoken()
    for folder in ("bot", "engine", "adapters"):
        for module in (ROOT / folder).rglob("*.py"):
            found.visit(ast.parse(module.read_text(encoding="utf-8")))
    for template in (ROOT / "adapters").rglob("*.html"):
        for key, goes_on in IN_TEMPLATE.findall(template.read_text(encoding="utf-8")):
            (found.beginnings if goes_on else found.said).add(key)
    return found


@pytest.fixture
def fresh_bundles() -> Iterator[None]:
    _bundle.cache_clear()
    yield
    _bundle.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_file_holds_nothing_that_fluent_cannot_read(language: str) -> None:
    junk = [entry.content for entry in entries(language) if isinstance(entry, ftl.Junk)]
    assert junk == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_is_written_once(language: str) -> None:
    keys = [entry.id.name for entry in entries(language) if isinstance(entry, ftl.Message)]
    assert sorted(keys) == sorted(set(keys))


def test_no_language_lacks_a_key() -> None:
    assert messages("en").keys() ^ messages("zh").keys() == set()


def test_the_languages_speak_of_the_same_arguments() -> None:
    for key in messages("en"):
        arguments = {language: references(language, key).arguments for language in LANGUAGES}
        assert arguments["en"] == arguments["zh"], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(language: str) -> None:
    for key in messages(language):
        args = dict.fromkeys(references(language, key).arguments, 3)
        assert Texts(language).say(key, **args).strip()


def test_every_sentence_that_the_code_says_exists() -> None:
    assert spoken().said - messages("en").keys() == set()
    unfinished = [
        start
        for start in spoken().beginnings
        if not any(k.startswith(start) for k in messages("en"))
    ]
    assert unfinished == []


def test_every_sentence_that_exists_is_said() -> None:
    referred = {other for key in messages("en") for other in references("zh", key).messages}
    used = spoken().mentioned | spoken().said | referred
    silent = [
        key
        for key in messages("en")
        if key not in used and not key.startswith(tuple(spoken().beginnings))
    ]
    assert silent == []


@pytest.mark.parametrize("kind", ERRORS.values(), ids=ERRORS.keys())
def test_every_error_has_a_sentence_of_its_own_or_of_its_parent(
    kind: type[bot.errors.SketchlifeError],
) -> None:
    assert kind.default_key in messages("en")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("zh-CN", "zh"),
        ("zh-TW", "zh"),
        ("zh_Hant_HK", "zh"),
        ("ZH", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("zh_CN:en", "zh"),
        ("zha", "en"),
        ("de", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
    ],
)
def test_every_chinese_locale_reads_chinese_and_everybody_else_english(
    locale: str, language: str
) -> None:
    assert language_of(locale) == language


def test_arguments_stand_in_the_sentence_without_invisible_marks() -> None:
    said = Texts("en").say("option-unknown-near", name="stpes", nearest="steps")
    assert said == "There is no setting “stpes”. Did you mean “steps”?"


def test_a_seed_is_written_without_separators() -> None:
    said = Texts("zh-CN").say(
        "request-out-of-range", name="seed", low=0, high=2**32 - 1, value="-1"
    )
    assert said == "种子（seed）的范围是 0 到 4294967295，-1 超出了范围。"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_missing_sentence_or_argument_fails_a_test(locale: str) -> None:
    with pytest.raises(TextError):
        Texts(locale).say("no-such-sentence")
    with pytest.raises(TextError):
        Texts(locale).say("option-twice")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_missing_sentence_or_argument_is_logged_and_survived_in_production(
    locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Texts, "strict", False)
    with capture_logs() as logs:
        assert Texts(locale).say("no-such-sentence") == "no-such-sentence"
        assert "name" in Texts(locale).say("option-twice")
    assert [line["event"] for line in logs] == ["text.fault", "text.fault"]


@pytest.mark.usefixtures("fresh_bundles")
def test_a_sentence_that_chinese_lacks_is_said_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en.ftl").write_text("only-here = Hello { $name }\n", encoding="utf-8")
    (tmp_path / "zh.ftl").write_text("", encoding="utf-8")
    monkeypatch.setattr("bot.texts.FOLDER", tmp_path)
    monkeypatch.setattr(Texts, "strict", False)
    with capture_logs() as logs:
        assert Texts("zh").say("only-here", name="Ada") == "Hello Ada"
    assert len(logs) == 1
