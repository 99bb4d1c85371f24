"""Draws into a terminal or a PNG."""
