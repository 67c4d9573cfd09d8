"""Asking: by words or by a form, answered where it was asked."""
