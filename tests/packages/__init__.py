"""The packages: what their wheels hold, and that they work where nothing else of this repository is."""
