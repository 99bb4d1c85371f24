"""Reads and writes the files that people name: one rule for each, whatever lies at the path."""
