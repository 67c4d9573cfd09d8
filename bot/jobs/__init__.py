"""What happens later: the outbox sender, the digests' clock, and the requests that nobody finished."""
