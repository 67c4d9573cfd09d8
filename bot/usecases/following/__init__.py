"""What follows a decision: hand-off, webhook, trials, receipts."""
