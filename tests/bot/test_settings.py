"""What an operator can set, and what is said about a value that can't be used."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.__main__ import main
from bot.errors import SettingsError
from bot.settings import Settings, listed, read_settings
from bot.texts import Texts

EXAMPLE = Path(__file__).parents[2] / ".env.example"
LINE = re.compile(r"^#([A-Z0-9_]+)=(.*)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests reaches them."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings()
    return Texts("en").say(caught.value.key, **caught.value.args_of_text)


def test_without_any_setting_the_defaults_of_the_product_hold() -> None:
    settings = read_settings()
    assert (settings.waiting_per_person, settings.running_per_person) == (3, 1)
    assert (settings.waiting_in_all, settings.keep_days) == (100, 30)
    assert (settings.label, settings.photos, settings.allowed_places) == ("on", "confirm", "")
    assert (settings.gpu_seconds_per_day, settings.max_age_hours) == (1800, 24)
    assert settings.model is settings.discord_token is settings.telegram_token is None


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("KEEP_DAYS=7\nWAITING_IN_ALL=5\n")
    monkeypatch.setenv("KEEP_DAYS", "8")
    settings = read_settings()
    assert (settings.keep_days, settings.waiting_in_all) == (8, 5)


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "")
    monkeypatch.setenv("KEEP_DAYS", "")
    assert read_settings() == Settings(_env_file=None)


def test_settings_do_not_change_once_read() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.keep_days = 1


def test_the_database_lies_in_the_data_folder_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", "somewhere")
    assert read_settings().database == f"sqlite+aiosqlite:///{tmp_path}/somewhere/sketchlife.db"
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://me:hunter2@host/base")
    assert read_settings().database == "postgresql+asyncpg://me:hunter2@host/base"


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("KEEP_DAYS", "0", "a number from 0.1 to 3650"),
        ("WAITING_IN_ALL", "1.5", "a whole number from 1 to 1000000"),
        ("GRACE_S", "soon", "a number from 0 to 3600"),
        ("COMPILE", "perhaps", "on or off"),
        ("LABEL", "perhaps", "one of on, off, place"),
        ("LOG_FORMAT", "xml", "one of auto, json, console"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable_and_what_is_allowed(
    variable: str, value: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert refusal() == f"{variable} is “{value}”. It must be {allowed}."


def test_a_wrong_value_in_the_file_is_named_with_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of two lines the last one counts; what the environment says comes from no line."""
    (tmp_path / ".env").write_text(
        "# mine\nKEEP_DAYS=7\n\nexport keep_days = never\n#KEEP_DAYS=1\n"
    )
    assert refusal() == ".env:4: KEEP_DAYS is “never”. It must be a number from 0.1 to 3650."
    monkeypatch.setenv("KEEP_DAYS", "0")
    assert refusal() == "KEEP_DAYS is “0”. It must be a number from 0.1 to 3650."
    monkeypatch.delenv("KEEP_DAYS")
    (tmp_path / ".env").write_text("LABEL=on\nTELEGRAM_PROXY=ftp://me:hunter2@host\n")
    assert refusal().startswith(".env:2: TELEGRAM_PROXY is “***”.")


def test_all_that_is_wrong_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").write_text("WEB_LISTEN=nowhere\nDISCORD_TOKEN=t\nKEEP_DAYS=-4\nGRACE_S=soon\n")
    assert main(["usage"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert sorted(line.partition(" is ")[0] for line in told) == [
        ".env:1: WEB_LISTEN",
        ".env:3: KEEP_DAYS",
        ".env:4: GRACE_S",
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALLOWED_PLACES", "1234"),
        ("ALLOWED_PLACES", "discord:1 telegram:2"),
        ("OPERATORS", "*"),
        ("OPERATOR_PLACE", "discord:1, discord:2"),
    ],
)
def test_a_place_that_names_no_platform_is_refused_with_an_example(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert "it is written like discord:123" in refusal()


@pytest.mark.parametrize(
    ("variable", "value", "example"),
    [
        ("TELEGRAM_BASE_URL", "localhost:8081", "it begins with http:// or https://"),
        ("TELEGRAM_WEBHOOK_URL", "http://example.org", "it begins with https://"),
        ("TELEGRAM_WEBHOOK_LISTEN", "8443", "it is written like 127.0.0.1:8443"),
        ("WEB_LISTEN", "8080", "it is written like 127.0.0.1:"),
        ("WEB_URL", "sketches.example", "it begins with http:// or https://"),
        ("WEB_ADMIN_TOKEN", "hunter2", "it has at least 16 characters"),
    ],
)
def test_an_address_or_a_token_is_refused_with_how_it_is_written(
    variable: str, value: str, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert example in refusal()


def test_places_are_written_with_commas_or_as_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_PLACES", "discord:123, telegram:-456,")
    assert listed(read_settings().allowed_places) == ("discord:123", "telegram:-456")
    monkeypatch.setenv("ALLOWED_PLACES", "*")
    assert listed(read_settings().allowed_places) == ("*",)


def test_every_number_has_a_range_that_a_refusal_can_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = [n for n, field in Settings.model_fields.items() if field.annotation in (int, float)]
    assert numbers
    for name in numbers:
        with monkeypatch.context() as patch:
            patch.setenv(name.upper(), "-5")
            assert f"{name.upper()} is “-5”" in refusal()


def test_a_secret_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:very-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://me:hunter2@host/base")
    settings = read_settings()
    assert "very-secret" not in repr(settings)
    assert "hunter2" not in repr(settings)
    assert set(settings.secrets) == {
        "123:very-secret",
        "postgresql+asyncpg://me:hunter2@host/base",
        "hunter2",
    }


def test_the_example_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    shown = LINE.findall(EXAMPLE.read_text(encoding="utf-8"))
    names = [name for name, _ in shown]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)
    every = tmp_path / "every.env"
    every.write_text("\n".join(f"{name}={value}" for name, value in shown))
    assert read_settings(every) == Settings(_env_file=None)


def test_the_example_as_it_stands_changes_nothing() -> None:
    assert read_settings(EXAMPLE) == Settings(_env_file=None)


def test_what_the_hubs_library_reads_is_handed_on_from_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "HF_ENDPOINT=https://hf-mirror.com\nHF_HUB_OFFLINE=on\nHF_HOME=/models\n"
    )
    assert read_settings().hub_variables == {
        "HF_ENDPOINT": "https://hf-mirror.com",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": "/models",
    }


def test_without_a_setting_the_hubs_library_keeps_its_own_defaults() -> None:
    settings = read_settings()
    assert settings.hub_variables == settings.proxy_variables == {}


def test_the_proxy_goes_by_every_name_that_clients_look_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PROXY", "socks5h://me:hunter2@localhost:1080")
    settings = read_settings()
    assert set(settings.proxy_variables.values()) == {"socks5h://me:hunter2@localhost:1080"}
    assert {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} <= set(settings.proxy_variables)
    assert "hunter2" in settings.secrets
    assert "hunter2" not in repr(settings)


def test_a_proxy_of_another_kind_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PROXY", "ftp://me:hunter2@localhost")
    said = refusal()
    assert "begins with one of http://, https://, socks5://, socks5h://" in said
    assert "hunter2" not in said
