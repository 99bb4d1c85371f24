"""Describes a database that another configuration of Terraform made, from its state, so that it can be taken over."""
