"""Fixtures of the command line's tests."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands of this test keep what they remember; nothing of the caller's environment is used."""
    slack = ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET")
    for name in (*(f"SLACK_{name}" for name in slack), "GPU_ADVISE_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "state" / "gpu-advise.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("COLUMNS", "220")
    return path
