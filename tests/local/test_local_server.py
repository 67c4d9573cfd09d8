"""Serving on this machine, and what the tests do where there is no browser."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.local.errors import PortTaken
from bot.local.server import serving
from bot.local.slack import LocalSlack
from tests.local import browser as browser_module
from tests.local.browser import require


def test_only_this_machine_is_served() -> None:
    with serving(LocalSlack().asgi) as address:
        host, port = address.removeprefix("http://").split(":")
    assert (host, int(port) > 0) == ("127.0.0.1", True)


def test_after_the_block_nobody_answers() -> None:
    with serving(LocalSlack().asgi) as address:
        assert httpx.get(address).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} cannot be used") as refused, serving(LocalSlack().asgi, port):
            pass
    assert refused.value.port == port


def test_an_application_that_does_not_start_is_not_served() -> None:
    @asynccontextmanager
    async def broken(_application: Starlette) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    with pytest.raises(RuntimeError, match="did not start"), serving(Starlette(lifespan=broken)):
        pass


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_chromium_tests_skip_with_a_reason_but_fail_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(browser_module, "CHROMIUM", Path("/nowhere/chromium"))
    with pytest.raises(outcome, match="needs /nowhere/chromium"):
        require()
