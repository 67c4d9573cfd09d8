"""Serves an application on a loopback port from a thread of this process."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.local.errors import PortTaken

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

__all__ = ["serving"]

START_SECONDS = 30.0


@contextlib.contextmanager
def serving(application: "ASGIApp", port: int = 0) -> Iterator[str]:
    """Serve on 127.0.0.1 (port 0: a free one) inside the block; yields the address without a slash at the end.

    Raises PortTaken, or RuntimeError when the application does not start.
    """
    with _bound(port) as listener:
        server = _server(application)
        thread = threading.Thread(target=_run, args=(server, listener), name="local-server", daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise PortTaken(port, error.strerror or str(error)) from None
    return listener


def _run(server: "uvicorn.Server", listener: socket.socket) -> None:
    # An application that cannot start makes uvicorn end its process; here `started`, which stays false, tells it.
    with contextlib.suppress(SystemExit):
        asyncio.run(server.serve(sockets=[listener]))


def _server(application: "ASGIApp") -> "uvicorn.Server":
    """Return uvicorn without its log lines; connections still open at the end get one second."""
    import uvicorn  # noqa: PLC0415 - 0.2 s that only a server needs

    quiet: dict[str, Any] = {"log_config": None, "access_log": False}
    return uvicorn.Server(uvicorn.Config(application, timeout_graceful_shutdown=1, **quiet))


def _wait_until_started(server: "uvicorn.Server", thread: threading.Thread) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up_at:
            raise RuntimeError("the local server did not start")
        time.sleep(0.005)
