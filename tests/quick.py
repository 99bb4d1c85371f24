"""What `make test-quick` leaves out: Terraform, and what takes longer than a person waits while working."""

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent

LEFT_OUT: Final = {
    "aurora_serverless_data_api": "statements on a local PostgreSQL",
    "cdktf_fast_start": "programs that start Node and synthesize",
    "cli/commands/test_local.py": "local AWSs that are started and stopped",
    "cli/arguments/test_completion.py": "commands by the dozen, each a process",
    "cli/commands/test_shell.py": "commands by the dozen, each a process",
    "cli/output/test_streams.py": "commands by the dozen, each a process",
    "cli/test_after_local_deploy.py": "deployments by the cdktf CLI",
    "cli/test_command_line.py": "commands by the dozen, each a process",
    "end_to_end": "Terraform",
    "local_aws/data_api": "statements on a local PostgreSQL",
    "local_aws/test_background.py": "local AWSs that are started and stopped",
    "local_aws/test_deployment.py": "deployments by the cdktf CLI",
    "local_aws/test_first_query.py": "statements on a local PostgreSQL",
    "local_aws/test_interruptions.py": "deployments by the cdktf CLI",
    "local_aws/test_local_deploy.py": "deployments by the cdktf CLI",
    "local_aws/test_reboots.py": "statements on a local PostgreSQL",
    "local_aws/test_serve.py": "local AWSs that are started and stopped",
    "operations/migrations": "migrations of a local PostgreSQL, and their kills",
    "operations/upgrade": "statements on a local PostgreSQL",
    "operations/users": "statements on a local PostgreSQL",
    "packages": "programs that start Node and synthesize",
    "stacks/test_engines.py": "made-up environment files by the hundred",
    "stacks/test_environment_properties.py": "made-up environment files by the hundred",
    "stacks/test_main.py": "programs that start Node and synthesize",
    "terraform_providers/test_random_stand_in.py": "Terraform",
    "test_checkov.py": "Checkov",
    "test_examples.py": "programs that start Node and synthesize",
}
"""Folders and files of tests, and what they do that takes so long."""


def is_left_out(path: Path) -> bool:
    """Whether `make test-quick` leaves out a file or a folder of tests."""
    return path.is_relative_to(TESTS) and str(path.relative_to(TESTS)) in LEFT_OUT


def summary() -> str:
    """Return what is left out, in one line."""
    return f"left out, make test runs it: {'; '.join(sorted(set(LEFT_OUT.values())))}"
