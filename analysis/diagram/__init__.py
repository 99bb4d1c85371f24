"""Draws a synthesized stack: what it makes, and who may reach what."""
