"""Fixtures of the readers' tests."""

import pytest

from tests.files.written_files import Told


@pytest.fixture
def report() -> Told:
    return Told()
