"""Connects this machine to a database in a VPC, through its bastion."""
