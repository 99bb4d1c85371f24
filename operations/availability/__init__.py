"""Waits until a database is there, or is there again."""
