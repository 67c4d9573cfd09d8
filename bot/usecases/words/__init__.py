"""What people type, read into values: numbers, keys, schedules, settings."""
