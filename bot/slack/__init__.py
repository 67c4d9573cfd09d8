"""Slack's requests: shapes, Bolt and its listeners, over HTTP and Socket Mode alike."""
