"""Pipelines of CI services, made from the environments: a module a service."""
