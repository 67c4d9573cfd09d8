"""A workspace: its people, rights, settings, installation and state."""
