"""Compares two synthesized stacks: what a deploy of the second would do to what the first has made."""
