"""The local workspace: a stand-in for Slack on this machine, which the bot is tried and tested against."""
