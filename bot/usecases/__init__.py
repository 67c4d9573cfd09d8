"""What the bot can do: plain functions that Slack and the command line share."""
