"""Describes a database that another Terraform configuration manages, from its state, so that it can be adopted."""
