"""Finds the deployment that a command is for, and what is known of it."""
