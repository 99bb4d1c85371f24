"""Reads what is written on the command line."""
