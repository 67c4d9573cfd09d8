"""The Slack bot around the engine: store, schedule, messages and command line."""
