"""Runs a bot in this process until it is told to end, or until a part of it breaks."""

import asyncio
import signal
import sys

import uvicorn

from bot import logs
from bot.app import Bot, build
from bot.config import Settings

__all__ = ["run"]

_LEAVE_SECONDS = 10  # for requests under way when the process is told to end
_SWITCH_SECONDS = 0.0005  # so long the event loop waits for a thread that computes; by default ten times as long


def run(settings: Settings, host: str, port: int, *, is_web: bool, is_worker: bool, is_socket: bool) -> bool:
    """Run what is asked for; False when it ended because something broke.

    Raises:
        InvalidSetting: a secret is missing.
        StoreError: the database cannot be used.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    logs.set_up(settings.log_number)
    bot = build(settings, is_worker=is_worker, is_socket=is_socket)
    bot.store.migrate()  # before anything listens, so that a wrong address of the database is the first thing said
    return asyncio.run(_run(bot, host, port, is_web=is_web))


async def _run(bot: Bot, host: str, port: int, *, is_web: bool) -> bool:
    return await (_serve(bot, host, port) if is_web else _work(bot))


async def _serve(bot: Bot, host: str, port: int) -> bool:
    """With HTTP: the server enters the bot's lifespan."""
    _told_to_end()  # the server raises the signals that it caught once more when it has ended
    config = uvicorn.Config(
        bot.asgi,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_LEAVE_SECONDS,
    )
    server = uvicorn.Server(config)
    bot.when_broken(lambda: setattr(server, "should_exit", True))
    await server.serve()
    return server.started and not bot.is_broken


async def _work(bot: Bot) -> bool:
    """Without HTTP."""
    end = _told_to_end()
    bot.when_broken(end.set)
    await bot.start()
    await end.wait()
    await bot.stop()
    return not bot.is_broken


def _told_to_end() -> asyncio.Event:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    return end
