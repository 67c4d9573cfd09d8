"""Fixtures that several folders of tests share."""

from local_slack_fixture import fake_slack

__all__ = ["fake_slack"]
