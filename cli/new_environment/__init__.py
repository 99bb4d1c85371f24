"""Writes a new environment file: answers to a few questions, checked by the model that checks every file."""
