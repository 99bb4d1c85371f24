"""Reads Terraform's state: what it manages, and who holds it."""
