"""Runs SQL that people wrote."""
