"""What Terraform is told of itself: versions of Terraform and of the providers, and where the state lies."""

from typing import Final

from cdktf import LocalBackend, S3Backend, TerraformStack

from stacks.environment import Environment

TERRAFORM_VERSION: Final = ">= 1.5"
TERRAFORM_VERSION_WITH_LOCK_FILE: Final = ">= 1.10"
"""The S3 backend knows `use_lockfile` from Terraform 1.10 on."""
TERRAFORM_VERSION_WITH_WRITE_ONLY: Final = ">= 1.11"
"""Terraform knows write-only arguments from 1.11 on."""

PROVIDER_VERSIONS: Final = {
    "aws": {"source": "hashicorp/aws", "version": "~> 5.0"},
    "random": {"source": "hashicorp/random", "version": "~> 3.5"},
}


def require_versions(stack: TerraformStack, environment: Environment) -> None:
    """Ask for the Terraform and the providers that the environment's features need."""
    # The prebuilt bindings ask for exactly their own provider version; a deployment may move within the range.
    stack.add_override("terraform.required_providers", PROVIDER_VERSIONS)
    stack.add_override("terraform.required_version", terraform_version(environment))


def build_backend(stack: TerraformStack, environment: Environment) -> None:
    """Say where the state lies."""
    backend = environment.backend
    if backend.type == "s3":
        assert backend.bucket is not None  # noqa: S101 (the model refuses it)
        S3Backend(
            stack,
            bucket=backend.bucket,
            key=environment.backend_key,
            region=environment.backend_region,
            encrypt=True,
        )
        if backend.use_lockfile is not False:
            stack.add_override("terraform.backend.s3.use_lockfile", True)
    else:
        # Relative to cdktf.out/stacks/<name>, where Terraform runs: the state lies beside cdktf.out, never in it.
        LocalBackend(stack, path=f"../../../terraform.{environment.name}.tfstate")


def terraform_version(environment: Environment) -> str:
    """Return the constraint that the environment's features need."""
    if environment.credentials.mode == "write_only":
        return TERRAFORM_VERSION_WITH_WRITE_ONLY
    if environment.backend.type == "s3" and environment.backend.use_lockfile is not False:
        return TERRAFORM_VERSION_WITH_LOCK_FILE
    return TERRAFORM_VERSION
