"""What Terraform is told of itself: versions, where the state lies, and how and as whom it works in AWS."""

from typing import Final

import cdktf
from cdktf import (
    CloudBackend,
    LocalBackend,
    NamedCloudWorkspace,
    S3Backend,
    TaggedCloudWorkspaces,
    TerraformStack,
)
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole, AwsProviderIgnoreTags

from stacks.environment import Environment
from stacks.ignore_tags import IgnoreTags

TERRAFORM_VERSION: Final = ">= 1.5"
TERRAFORM_VERSION_WITH_BACKEND_ENDPOINTS: Final = ">= 1.6"
"""The S3 backend knows `use_fips_endpoint` and `use_dualstack_endpoint` from Terraform 1.6 on."""
TERRAFORM_VERSION_WITH_LOCK_FILE: Final = ">= 1.10"
"""The S3 backend knows `use_lockfile` from Terraform 1.10 on."""
TERRAFORM_VERSION_WITH_WRITE_ONLY: Final = ">= 1.11"
"""Terraform knows write-only arguments from 1.11 on."""

PROVIDER_VERSIONS: Final = {
    # Version 5 ended with CDKTF; cdktn, which may be imported by its name (`cdktn_names`), comes with 6.
    "aws": {"source": "hashicorp/aws", "version": "~> 6.0" if cdktf.__name__ == "cdktn" else "~> 5.0"},
    "random": {"source": "hashicorp/random", "version": "~> 3.5"},
}


def require_versions(stack: TerraformStack, environment: Environment) -> None:
    """Ask for the Terraform and the providers that the environment's features need."""
    version = terraform_version(environment)
    # What cdktn checks write-only arguments against. OpenTofu, which counts on from Terraform 1.5, has from the same
    # versions on what an environment may need.
    stack.node.set_context("targetVersions", {"terraform": version, "opentofu": version})
    # The prebuilt bindings ask for exactly their own provider version; a deployment may move within the range.
    stack.add_override("terraform.required_providers", PROVIDER_VERSIONS)
    stack.add_override("terraform.required_version", version)


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
        for name, value in environment.provider.endpoints.items():
            stack.add_override(f"terraform.backend.s3.{name}", value)
    elif backend.type == "cloud":
        assert backend.organization is not None  # noqa: S101 (the model refuses it)
        CloudBackend(
            stack,
            organization=backend.organization,
            hostname=backend.hostname,
            workspaces=TaggedCloudWorkspaces(list(backend.workspace_tags), backend.project)
            if backend.workspace_tags
            else NamedCloudWorkspace(environment.workspace, backend.project),
        )
    else:
        # Relative to cdktf.out/stacks/<name>, where Terraform runs: the state lies beside cdktf.out, never in it.
        LocalBackend(stack, path=f"../../../terraform.{environment.name}.tfstate")


def build_provider(stack: TerraformStack, environment: Environment, *, region: str) -> None:
    """Say how and as whom the AWS provider works."""
    keys = environment.provider
    role = keys.assume_role
    AwsProvider(
        stack,
        "aws",
        region=region,
        allowed_account_ids=list(environment.allowed_account_ids) or None,
        forbidden_account_ids=list(keys.forbidden_account_ids) or None,
        ignore_tags=_ignored(environment.ignore_tags),
        max_retries=keys.max_retries,
        retry_mode=keys.retry_mode,
        assume_role=None
        if role is None
        else [
            AwsProviderAssumeRole(
                role_arn=role.role_arn,
                session_name=role.session_name,
                external_id=role.external_id,
                duration=None if role.duration_seconds is None else f"{role.duration_seconds}s",
                tags=role.tags,
                transitive_tag_keys=list(role.transitive_tag_keys) or None,
                source_identity=role.source_identity,
                policy=role.policy,
                policy_arns=list(role.policy_arns) or None,
            )
        ],
        **keys.endpoints,
    )


def _ignored(tags: IgnoreTags | None) -> list[AwsProviderIgnoreTags] | None:
    if tags is None:
        return None
    return [AwsProviderIgnoreTags(keys=list(tags.keys) or None, key_prefixes=list(tags.key_prefixes) or None)]


def terraform_version(environment: Environment) -> str:
    """Return the constraint that the environment's features need."""
    passwords = {environment.credentials.mode, environment.user_passwords if environment.users.names else None}
    if passwords & {"write_only", "existing"}:
        return TERRAFORM_VERSION_WITH_WRITE_ONLY
    if environment.backend.type == "s3" and environment.backend.use_lockfile is not False:
        return TERRAFORM_VERSION_WITH_LOCK_FILE
    if environment.backend.type == "s3" and environment.provider.endpoints:
        return TERRAFORM_VERSION_WITH_BACKEND_ENDPOINTS
    return TERRAFORM_VERSION
