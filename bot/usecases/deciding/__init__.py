"""Deciding about an advice: approve, choose, snooze, dismiss, undo."""
