"""Builds the packages that can be installed without the rest of this repository: docs/packages.md."""
