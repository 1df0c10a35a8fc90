"""What the operator decides: one frozen value, read once from the environment and `.env`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

from annotated_types import Ge, Le
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.env_file import line_of
from bot.errors import SettingsError
from bot.queue.hours import Hours

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
LORA_WEIGHT = re.compile(r"-?\d+(\.\d+)?")
SCORE = re.compile(r"0?\.\d+|[01](\.0*)?")
HOME = re.compile(r"[a-z][a-z0-9-]*:[^\s,]+")  # of a place or a person: see `bot.origin`
EVERYWHERE = "*"
HOST_AND_PORT = re.compile(r"[^\s:]+:\d{1,5}")
SHORTEST_TOKEN = 16  # characters: a shorter one could be guessed


def _proxy(url: SecretStr | None) -> SecretStr | None:
    if url is not None and urlsplit(url.get_secret_value()).scheme not in PROXY_SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in PROXY_SCHEMES)
        raise PydanticCustomError("proxy", "it begins with one of {schemes}", {"schemes": schemes})
    return url


def _web_address(url: str | None) -> str | None:
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise PydanticCustomError("address", "it begins with http:// or https://")
    return url


def _https_address(url: str | None) -> str | None:
    if url is not None and urlsplit(url).scheme != "https":
        raise PydanticCustomError("address", "it begins with https://")
    return url


def _host_and_port(text: str) -> str:
    if not HOST_AND_PORT.fullmatch(text):
        raise PydanticCustomError("listen", "it is written like 127.0.0.1:8443")
    return text


def _maybe_listen(text: str) -> str:
    return _host_and_port(text) if text else text


def _token(token: SecretStr | None) -> SecretStr | None:
    if token is not None and len(token.get_secret_value()) < SHORTEST_TOKEN:
        raise PydanticCustomError("token", "it has at least {n} characters", {"n": SHORTEST_TOKEN})
    return token


def _loras(text: str) -> str:
    """As it was, since paths hold nearly anything: "path:weight" with commas in between."""
    for one in filter(str.strip, text.split(",")):
        path, _, weight = one.strip().rpartition(":")
        if not path or not LORA_WEIGHT.fullmatch(weight):
            raise PydanticCustomError("lora", "it is written like path:0.6, other path:0.4")
    return text


def _hours(text: str) -> str:
    try:
        Hours.parse(text)
    except ValueError:
        raise PydanticCustomError("hours", "it is written like 22-07, 12:30-14") from None
    return text


def _labels(text: str) -> str:
    for one in listed(text):
        label, colon, score = one.rpartition(":")
        if colon and not (label and SCORE.fullmatch(score)):
            raise PydanticCustomError("labels", "it is written like nsfw, gore:0.5")
    return text


def listed(text: str) -> tuple[str, ...]:
    """What a setting names with commas in between."""
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _homes(text: str) -> str:
    for one in listed(text):
        if not HOME.fullmatch(one):
            raise PydanticCustomError("homes", "it is written like discord:123, telegram:-456")
    return text


def _places(text: str) -> str:
    return text if EVERYWHERE in listed(text) else _homes(text)


def _home(text: str) -> str:
    if text and not HOME.fullmatch(text):
        raise PydanticCustomError("home", "it is written like discord:123")
    return text


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals; `.env.example`
    explains them. Build it with `read_settings`, whose errors a person can read."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None

    model: str | None = None
    lora: Annotated[str, AfterValidator(_loras)] = ""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    memory: Literal["auto", "device", "vae-swapped", "8-bit", "offloaded"] = "auto"
    attention: str = "auto"
    compile: bool = False
    power_w: float = Field(0, ge=0, le=10_000)
    gpu_hours: Annotated[str, AfterValidator(_hours)] = ""
    model_source: Literal["huggingface", "modelscope"] = "huggingface"
    hf_endpoint: str | None = None
    hf_hub_offline: bool = False
    hf_home: Path | None = None
    proxy: Annotated[SecretStr | None, AfterValidator(_proxy)] = None

    discord_token: SecretStr | None = None
    discord_proxy: Annotated[SecretStr | None, AfterValidator(_proxy)] = None
    telegram_token: SecretStr | None = None
    telegram_proxy: Annotated[SecretStr | None, AfterValidator(_proxy)] = None
    telegram_base_url: Annotated[str | None, AfterValidator(_web_address)] = None
    telegram_webhook_url: Annotated[str | None, AfterValidator(_https_address)] = None
    telegram_webhook_listen: Annotated[str, AfterValidator(_host_and_port)] = "127.0.0.1:8443"

    web_listen: Annotated[str, AfterValidator(_maybe_listen)] = ""
    web_url: Annotated[str | None, AfterValidator(_web_address)] = None
    web_admin_token: Annotated[SecretStr | None, AfterValidator(_token)] = None

    allowed_places: Annotated[str, AfterValidator(_places)] = ""
    operators: Annotated[str, AfterValidator(_homes)] = ""
    operator_place: Annotated[str, AfterValidator(_home)] = ""

    photos: Literal["off", "confirm", "on"] = "confirm"
    blocked_words: str = ""
    safety_model: str | None = None
    safety_labels: Annotated[str, AfterValidator(_labels)] = "nsfw"
    safety_threshold: float = Field(0.8, ge=0, le=1)

    language: str = "en"
    label: Literal["on", "off", "place"] = "on"
    aigc_producer: str = ""
    c2pa_cert: Path | None = None
    c2pa_key: Path | None = None
    operator_contact: str = ""

    log_format: Literal["auto", "json", "console"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    waiting_per_person: int = Field(3, ge=1, le=10_000)
    running_per_person: int = Field(1, ge=1, le=1_000)
    waiting_in_all: int = Field(100, ge=1, le=1_000_000)
    gpu_seconds_per_day: int = Field(1800, ge=1, le=86_400)
    max_age_hours: float = Field(24, ge=0.1, le=8760)
    keep_days: float = Field(30, ge=0.1, le=3650)
    min_free_gb: float = Field(1, ge=0, le=10_000)

    heartbeat_s: float = Field(5, ge=2, le=60)
    stall_s: float = Field(120, ge=1, le=3600)
    lease_s: float = Field(60, ge=1, le=3600)
    grace_s: float = Field(20, ge=0, le=3600)

    @property
    def database(self) -> str:
        """The database's URL, password and all: SQLite in the data folder unless one was given."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{(self.data_dir / 'sketchlife.db').absolute()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: tokens, the URLs of the database and the proxy, and the
        passwords inside them."""
        values = (getattr(self, name) for name in type(self).model_fields)
        secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        for url in (self.database_url, self.proxy, self.discord_proxy, self.telegram_proxy):
            if url is not None:
                secrets.append(urlsplit(url.get_secret_value()).password or "")
        return tuple(secret for secret in secrets if secret)

    @property
    def model_variables(self) -> dict[str, str]:
        """What the model's worker reads from its environment."""
        return {
            "MODEL": self.model or "",
            "LORA": self.lora,
            "DEVICE": self.device,
            "MEMORY": self.memory,
            "ATTENTION": self.attention,
            "COMPILE": "on" if self.compile else "off",
            "PROMPT_CACHE": str((self.data_dir / "prompts").absolute()),
        }

    @property
    def signing_variables(self) -> dict[str, str]:
        """What the worker that makes files reads from its environment."""
        files = {"C2PA_CERT": self.c2pa_cert, "C2PA_KEY": self.c2pa_key}
        return {name: str(path.absolute()) if path else "" for name, path in files.items()}

    @property
    def safety_variables(self) -> dict[str, str]:
        """What the classifier's worker reads from its environment."""
        return {
            "SAFETY_MODEL": self.safety_model or "",
            "SAFETY_LABELS": self.safety_labels,
            "SAFETY_THRESHOLD": str(self.safety_threshold),
        }

    @property
    def hub_variables(self) -> dict[str, str]:
        """What the hub's own library reads from the environment, which `.env` is no part of."""
        said = {"HF_ENDPOINT": self.hf_endpoint, "HF_HOME": self.hf_home and str(self.hf_home)}
        offline = {"HF_HUB_OFFLINE": "1"} if self.hf_hub_offline else {}
        return {name: value for name, value in said.items() if value} | offline

    @property
    def proxy_variables(self) -> dict[str, str]:
        """`PROXY` under the names that HTTP clients know; theirs in small letters win over ours."""
        if self.proxy is None:
            return {}
        names = ("http_proxy", "https_proxy", "all_proxy")
        url = self.proxy.get_secret_value()
        return {each: url for name in names for each in (name, name.upper())}


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Raises `SettingsError`, which names the variable and its line, its value and what is allowed;
    the value of a secret stays unsaid. What else is wrong is told with it."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        wrong = [(str(one["loc"][0]), one["input"], one["msg"]) for one in error.errors()]
        first, *others = [
            _explained(name, line_of(name, env_file), value, reason)
            for name, value, reason in wrong
        ]
        first.others = tuple(others)
        raise first from None


def _explained(name: str, where: str, value: Any, reason: str) -> SettingsError:
    field = Settings.model_fields[name]
    secret = SecretStr in get_args(field.annotation)
    variable = f"{where}{name.upper()}"
    said: dict[str, Any] = {"variable": variable, "value": "***" if secret else str(value)}
    if field.annotation is bool:
        return SettingsError("settings-switch", **said)
    if get_origin(field.annotation) is Literal:
        return SettingsError(
            "settings-choice", **said, allowed=", ".join(get_args(field.annotation))
        )
    if field.annotation in (int, float):
        key = "settings-whole" if field.annotation is int else "settings-number"
        return SettingsError(key, **said, **_range(field))
    return SettingsError("settings-wrong", **said, reason=reason)


def _range(field: FieldInfo) -> dict[str, Any]:
    low = next(bound.ge for bound in field.metadata if isinstance(bound, Ge))
    high = next(bound.le for bound in field.metadata if isinstance(bound, Le))
    return {"low": low, "high": high}
