"""Fixtures of the local workspace's tests."""

from browser import browser

__all__ = ["browser"]
