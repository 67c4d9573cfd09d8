"""Settings: read once from the environment; a wrong one stops the start with one line that names it."""

import logging
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["SLACK_API_URL", "InvalidSetting", "OAuthSecrets", "Settings", "SlackSecrets"]

SLACK_API_URL = "https://slack.com/api/"
_TOKEN_KINDS = {"xoxb": "a bot token", "xoxp": "a user token", "xapp": "an app-level token", "xoxe": "a refresh token"}
Network: TypeAlias = IPv4Network | IPv6Network
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class InvalidSetting(Exception):
    """A setting that is missing or malformed: its `name` and the `reason`, never its value."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"{name}: {reason}")


def _token(prefix: str) -> Any:
    """A check that a token holds no space and is not plainly a token of another kind."""

    def check(secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if not re.fullmatch(r"[!-~]+", text):
            raise ValueError("must be printable characters without spaces")
        kind = _TOKEN_KINDS.get(text[:4])
        if kind and not text.startswith(prefix):
            raise ValueError(f"this is {kind}; what belongs here begins with {prefix}-")
        return secret

    return AfterValidator(check)


def _client_id(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.]{1,100}", text):
        raise ValueError("must be digits and dots; it stands under Basic Information of the Slack app")
    return text


def _client_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]{8,}", secret.get_secret_value()):
        raise ValueError("must be at least 8 printable characters without spaces")
    return secret


def _signing_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not re.fullmatch(r"[!-~]{8,}", text):
        raise ValueError("must be at least 8 printable characters without spaces")
    if text[:4] in _TOKEN_KINDS:
        raise ValueError("this is a token; the signing secret stands under Basic Information of the Slack app")
    return secret


def _api_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    if parts.query or parts.fragment:
        raise ValueError("must have no query and no fragment")
    return text.rstrip("/") + "/"


def _database_url(text: str) -> str:
    """Spellings that hosts hand out (`postgres://`) become the one that SQLAlchemy reads."""
    text = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)
    if not re.match(r"(sqlite|postgresql\+psycopg)://", text):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return text


def _fernet_key(secret: SecretStr) -> SecretStr:
    try:
        Fernet(secret.get_secret_value())
    except ValueError:
        raise ValueError("must be Fernet keys, separated by commas, newest first") from None
    return secret


def _listed(value: Any) -> Any:
    return tuple(item.strip() for item in value.split(",") if item.strip()) if isinstance(value, str) else value


def _user_id(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]+", text):
        raise ValueError("must be Slack user ids, separated by commas")
    return text


def _networks(value: Any) -> Any:
    try:
        return tuple(ip_network(text) for text in _listed(value))
    except ValueError:
        raise ValueError("must be networks such as 10.0.0.0/8, separated by commas") from None


def _scheduler(text: str) -> str:
    if not re.fullmatch(r"(tcp|tls|ws|wss|ucx)://[^/\s]+:\d+", text):
        raise ValueError("must look like tcp://host:8786")
    return text


def _level(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _default_database() -> str:
    return f"sqlite:///{user_data_path('gpu-advise', appauthor=False) / 'gpu-advise.db'}"


class OAuthSecrets(BaseModel):
    """What installing in several workspaces needs besides keys to encrypt their tokens with."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: SecretStr


class SlackSecrets(BaseModel):
    """What serving Slack needs, complete: `app_token` is set exactly when Socket Mode was asked for.

    `bot_token` is set unless `oauth` is: then each workspace gives a token of its own.
    """

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr | None
    signing_secret: SecretStr | None
    app_token: SecretStr | None
    oauth: OAuthSecrets | None = None


class Settings(BaseSettings):
    """Everything the environment says. Slack's secrets are optional here, because importing and advising need none."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True)

    slack_bot_token: Annotated[SecretStr, _token("xoxb")] | None = None
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_signing_secret)] | None = None
    slack_app_token: Annotated[SecretStr, _token("xapp")] | None = None
    slack_client_id: Annotated[str, AfterValidator(_client_id)] | None = None
    slack_client_secret: Annotated[SecretStr, AfterValidator(_client_secret)] | None = None
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = SLACK_API_URL
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default_factory=_default_database,
        repr=False,  # it may hold a password
    )
    gpu_advise_secret_keys: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_fernet_key)], ...], NoDecode, BeforeValidator(_listed)
    ] = ()
    gpu_advise_admins: Annotated[
        tuple[Annotated[str, AfterValidator(_user_id)], ...], NoDecode, BeforeValidator(_listed)
    ] = ()
    gpu_advise_webhook_networks: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    """Private networks that webhooks may lead into, such as 10.0.0.0/8; public addresses need none."""
    dask_scheduler_address: Annotated[str, AfterValidator(_scheduler)] | None = None
    log_level: Annotated[LogLevel, BeforeValidator(_level)] = "INFO"

    @classmethod
    def read(cls, **overrides: Any) -> Self:
        """The settings of this process's environment, `overrides` first.

        Raises:
            InvalidSetting: the first one that is malformed.
        """
        try:
            return cls(**overrides)
        except ValidationError as invalid:
            raise _first(invalid) from None

    def slack(self, *, is_socket: bool) -> SlackSecrets:
        """What serving needs.

        Raises:
            InvalidSetting: the first one that is missing.
        """
        oauth = self.oauth
        needed: Mapping[str, SecretStr | None] = {
            **({} if oauth else {"SLACK_BOT_TOKEN": self.slack_bot_token}),
            **({"SLACK_APP_TOKEN": self.slack_app_token} if is_socket else {}),
            **({} if is_socket else {"SLACK_SIGNING_SECRET": self.slack_signing_secret}),
        }
        for name, value in needed.items():
            if value is None:
                raise InvalidSetting(*self._lacking(name))
        return SlackSecrets(
            bot_token=self.slack_bot_token,
            signing_secret=self.slack_signing_secret,
            app_token=self.slack_app_token if is_socket else None,
            oauth=oauth,
        )

    def _lacking(self, name: str) -> tuple[str, str]:
        """What to ask for: who gave a part of what OAuth needs instead of a token means the rest of it."""
        given = self.slack_client_id is not None or self.slack_client_secret is not None
        if name == "SLACK_BOT_TOKEN" and given:
            missing = [each for each, is_there in self.oauth_settings.items() if not is_there]
            return " and ".join(missing), "missing, which installing by OAuth needs (or set SLACK_BOT_TOKEN)"
        return name, "is missing"

    @property
    def oauth(self) -> OAuthSecrets | None:
        """What OAuth installs need; None unless all three settings of `oauth_settings` are there."""
        if self.slack_client_id is None or self.slack_client_secret is None or not self.gpu_advise_secret_keys:
            return None
        return OAuthSecrets(client_id=self.slack_client_id, client_secret=self.slack_client_secret)

    @property
    def oauth_settings(self) -> Mapping[str, bool]:
        """The settings that OAuth installs need, by name, and whether each is there."""
        return {
            "SLACK_CLIENT_ID": self.slack_client_id is not None,
            "SLACK_CLIENT_SECRET": self.slack_client_secret is not None,
            "GPU_ADVISE_SECRET_KEYS": bool(self.gpu_advise_secret_keys),
        }

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys that secrets at rest are encrypted with, newest first."""
        return tuple(key.get_secret_value() for key in self.gpu_advise_secret_keys)

    @property
    def log_number(self) -> int:
        """`log_level` as the standard library counts it."""
        return logging.getLevelNamesMapping()[self.log_level]


def _first(invalid: ValidationError) -> InvalidSetting:
    """The first complaint; pydantic's own text would quote the value, which may be a secret."""
    error = invalid.errors(include_url=False, include_input=False)[0]
    name = str(error["loc"][0]).upper()
    return InvalidSetting(name, error["msg"].removeprefix("Value error, "))
