"""Fixtures of the local workspace's tests."""

from tests.local.browser import browser

__all__ = ["browser"]
