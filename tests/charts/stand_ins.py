"""What a test has drawn in place of charts. It imports next to nothing: each new process reads it."""

import os
import signal
import time

from bot.charts import Chart


def nothing() -> None:
    """There is nothing to make ready."""


def its_own_number(_chart: Chart) -> bytes:
    return str(os.getpid()).encode()


def die(_chart: Chart) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def fail(_chart: Chart) -> bytes:
    raise ValueError("no such colour")


def dawdle(_chart: Chart) -> bytes:
    time.sleep(600)
    return b""


def sleep_long() -> None:
    time.sleep(600)
