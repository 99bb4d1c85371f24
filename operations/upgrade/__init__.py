"""Prepares an upgrade of the engine, and finishes it: Terraform is what changes the cluster in between."""
