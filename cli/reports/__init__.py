"""Shows people what was found: a report a module."""
