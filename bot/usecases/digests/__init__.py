"""Digests: who gets which, when, and what is new in it."""
