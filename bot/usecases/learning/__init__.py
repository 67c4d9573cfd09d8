"""From files to what the model knows."""
