"""Reads what `main.py` writes: all that is known of a deployment before it is deployed."""
