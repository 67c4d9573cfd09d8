"""Fixtures of the readers' tests."""

import pytest
from written_files import Told


@pytest.fixture
def report() -> Told:
    return Told()
