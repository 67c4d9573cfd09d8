import pytest

from bot.config import SLACK_API_URL, InvalidSetting, Settings

KEY = (
    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="  # a Fernet key, the same in every process that collects these tests
)
NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting) as refusal:
        Settings.read()
    assert refusal.value.name == name
    return str(refusal.value)


def test_an_empty_environment_is_enough_to_import_and_advise() -> None:
    settings = Settings.read()
    assert settings.slack_api_url == SLACK_API_URL
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("gpu-advise.db")


@pytest.mark.parametrize(
    "given", ["http://127.0.0.1:8000/api", "http://127.0.0.1:8000/api/", "http://127.0.0.1:8000/api//"]
)
def test_slack_s_address_may_end_with_a_slash_or_not(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("SLACK_API_URL", given)
    assert Settings.read().slack_api_url == "http://127.0.0.1:8000/api/"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p@h/d")
    assert Settings.read().database_url == "postgresql+psycopg://u:p@h/d"


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_ADVISE_ADMINS", "U1, W2,")
    monkeypatch.setenv("GPU_ADVISE_SECRET_KEYS", f"{KEY},{KEY}")
    settings = Settings.read()
    assert settings.gpu_advise_admins == ("U1", "W2")
    assert [key.get_secret_value() for key in settings.gpu_advise_secret_keys] == [KEY, KEY]


def test_networks_that_webhooks_may_lead_into_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.read().gpu_advise_webhook_networks == ()
    monkeypatch.setenv("GPU_ADVISE_WEBHOOK_NETWORKS", "10.0.0.0/8, fd00::/8")
    assert [str(each) for each in Settings.read().gpu_advise_webhook_networks] == ["10.0.0.0/8", "fd00::/8"]


def test_an_empty_setting_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    settings = Settings.read()
    assert (settings.log_level, settings.slack_bot_token) == ("INFO", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-secret"),
        ("SLACK_BOT_TOKEN", "xoxp-secret"),
        ("SLACK_BOT_TOKEN", "two words secret"),
        ("SLACK_APP_TOKEN", "xoxb-secret"),
        ("SLACK_SIGNING_SECRET", "secret"),
        ("SLACK_SIGNING_SECRET", "xoxb-secret-token"),
        ("SLACK_API_URL", "ftp://secret"),
        ("SLACK_API_URL", "secret"),
        ("SLACK_API_URL", "https://slack.com/api?secret=1"),
        ("DATABASE_URL", "mysql://user:secret@host/name"),
        ("DATABASE_URL", "secret"),
        ("GPU_ADVISE_SECRET_KEYS", "secret"),
        ("GPU_ADVISE_SECRET_KEYS", f"{KEY},secret"),
        ("GPU_ADVISE_ADMINS", "U1,secret"),
        ("SLACK_CLIENT_ID", "a secret"),
        ("SLACK_CLIENT_SECRET", "a secret b"),
        ("GPU_ADVISE_WEBHOOK_NETWORKS", "10.0.0.0/8,secret"),
        ("GPU_ADVISE_WEBHOOK_NETWORKS", "10.0.0.1/8"),
        ("DASK_SCHEDULER_ADDRESS", "secret"),
        ("LOG_LEVEL", "secret"),
    ],
)
def test_a_malformed_setting_is_named_in_one_line_that_keeps_its_value_to_itself(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    line = refused(monkeypatch, name, value)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert value.rpartition("secret")[0] + "secret" not in line.removeprefix("SLACK_SIGNING_SECRET")


def test_serving_names_the_first_secret_that_is_missing() -> None:
    with pytest.raises(InvalidSetting, match="SLACK_BOT_TOKEN: is missing"):
        Settings.read().slack(is_socket=False)
    with pytest.raises(InvalidSetting, match="SLACK_SIGNING_SECRET: is missing"):
        Settings.read(slack_bot_token="xoxb-1").slack(is_socket=False)
    with pytest.raises(InvalidSetting, match="SLACK_APP_TOKEN: is missing"):
        Settings.read(slack_bot_token="xoxb-1", slack_signing_secret="12345678").slack(is_socket=True)


def test_socket_mode_needs_no_signing_secret() -> None:
    secrets = Settings.read(slack_bot_token="xoxb-1", slack_app_token="xapp-1").slack(is_socket=True)
    assert secrets.signing_secret is None
    assert secrets.app_token is not None


def test_settings_can_be_printed_without_giving_a_secret_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hush")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "hush-hush-hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hush@h/d")
    monkeypatch.setenv("GPU_ADVISE_SECRET_KEYS", KEY)
    settings = Settings.read()
    assert "hush" not in f"{settings!r} {settings}"
    assert KEY not in f"{settings!r} {settings}"
    assert "hush" not in repr(settings.slack(is_socket=False))


OAUTH = {"slack_client_id": "1.2", "slack_client_secret": "hush-hush", "gpu_advise_secret_keys": KEY}


def test_a_token_is_needed_unless_workspaces_install_by_oauth() -> None:
    secrets = Settings.read(slack_signing_secret="12345678", **OAUTH).slack(is_socket=False)
    assert secrets.bot_token is None
    assert secrets.oauth is not None
    assert secrets.oauth.client_id == "1.2"
    assert "hush" not in repr(secrets)


def test_who_gave_half_of_what_oauth_needs_is_asked_for_the_other_half() -> None:
    with pytest.raises(InvalidSetting, match=r"^SLACK_CLIENT_SECRET and GPU_ADVISE_SECRET_KEYS: missing, which"):
        Settings.read(slack_signing_secret="12345678", slack_client_id="1.2").slack(is_socket=False)
    with pytest.raises(InvalidSetting, match=r"^SLACK_BOT_TOKEN: is missing$"):
        Settings.read(slack_signing_secret="12345678", gpu_advise_secret_keys=KEY).slack(is_socket=False)


@pytest.mark.parametrize("missing", sorted(OAUTH))
def test_oauth_is_active_only_with_all_that_it_needs(missing: str) -> None:
    given = {name: value for name, value in OAUTH.items() if name != missing}
    settings = Settings.read(slack_signing_secret="12345678", **given)
    assert settings.oauth is None
    assert [name for name, is_given in settings.oauth_settings.items() if not is_given] == [missing.upper()]
    with pytest.raises(InvalidSetting, match=f"{missing.upper()}: missing"):
        settings.slack(is_socket=False)


def test_with_half_of_it_a_token_still_serves_its_one_workspace() -> None:
    settings = Settings.read(slack_bot_token="xoxb-1", slack_signing_secret="12345678", slack_client_id="1.2")
    assert settings.slack(is_socket=False).oauth is None


def test_keys_are_handed_out_newest_first() -> None:
    other = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI="
    assert Settings.read(gpu_advise_secret_keys=f"{other},{KEY}").secret_keys == (other, KEY)
