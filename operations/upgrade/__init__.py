"""Prepares an engine upgrade, and finishes it; in between, Terraform upgrades the cluster."""
