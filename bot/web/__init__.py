"""The HTTP door: a guard in front of Slack's requests, and the routes that operators look at."""
