"""One environment as a Terraform stack: constructs, variables, outputs, providers and backend, wired together."""

from datetime import date
from typing import Final

from cdktf import LocalBackend, S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct

from aurora.cluster import AuroraServerlessCluster
from aurora.credentials import DatabaseCredentials
from aurora.lambda_role import LambdaRole
from aurora.network import DatabaseNetwork
from stacks.environment import Environment
from stacks.setup_instructions import setup_instructions
from stacks.variables import maximum_capacity_variable, minimum_capacity_variable, region_variable

TERRAFORM_VERSION: Final = ">= 1.5"
TERRAFORM_VERSION_WITH_LOCK_FILE: Final = ">= 1.10"
"""The S3 backend knows `use_lockfile` from Terraform 1.10 on."""

WARNING: Final = "@cdktf/warn"
"""The kind of construct metadata that the cdktf CLI prints as a warning."""

PROVIDER_VERSIONS: Final = {
    "aws": {"source": "hashicorp/aws", "version": "~> 5.0"},
    "random": {"source": "hashicorp/random", "version": "~> 3.5"},
}


class DatabaseStack(TerraformStack):
    """The deployment that an environment file describes.

    The stack has the environment's name. Its constructs are `network`, `credentials`, `cluster` and `lambda_role`.
    """

    def __init__(self, scope: Construct, environment: Environment, *, today: date) -> None:
        """Make the stack; `today` decides whether the engine version is retired, which only warns."""
        super().__init__(scope, environment.name)
        self._warn(environment, today)
        self._require_versions(environment)
        self._build_backend(environment)
        self._build_variables(environment)
        self._build_providers(environment)
        self.network = self._build_network(environment)
        self.credentials = self._build_credentials(environment)
        self.cluster = self._build_cluster(environment)
        self.lambda_role = self._build_lambda_role(environment)
        self._build_outputs(environment)

    def _warn(self, environment: Environment, today: date) -> None:
        # Not through Annotations: it records a stack trace, with paths of this machine, in the manifest.
        for warning in environment.engine_version.warnings(today):
            self.node.add_metadata(WARNING, warning)

    def _require_versions(self, environment: Environment) -> None:
        # The prebuilt bindings ask for exactly their own provider version; a deployment may move within the range.
        self.add_override("terraform.required_providers", PROVIDER_VERSIONS)
        with_lock_file = environment.backend.type == "s3" and environment.backend.use_lockfile is not False
        self.add_override(
            "terraform.required_version", TERRAFORM_VERSION_WITH_LOCK_FILE if with_lock_file else TERRAFORM_VERSION
        )

    def _build_backend(self, environment: Environment) -> None:
        backend = environment.backend
        if backend.type == "s3":
            assert backend.bucket is not None  # noqa: S101 (the model refuses it)
            S3Backend(
                self,
                bucket=backend.bucket,
                key=environment.backend_key,
                region=environment.backend_region,
                encrypt=True,
            )
            if backend.use_lockfile is not False:
                self.add_override("terraform.backend.s3.use_lockfile", True)
        else:
            # Relative to cdktf.out/stacks/<name>, where Terraform runs: the state lies beside cdktf.out, never in it.
            LocalBackend(self, path=f"../../../terraform.{environment.name}.tfstate")

    def _build_variables(self, environment: Environment) -> None:
        engine_version, capacity = environment.engine_version, environment.capacity
        self.aws_region = region_variable(self, default=environment.region)
        self.min_capacity = minimum_capacity_variable(self, default=capacity.minimum_acu, engine_version=engine_version)
        self.max_capacity = maximum_capacity_variable(self, default=capacity.maximum_acu, engine_version=engine_version)

    def _build_providers(self, environment: Environment) -> None:
        AwsProvider(
            self,
            "aws",
            region=self.aws_region.string_value,
            allowed_account_ids=list(environment.allowed_account_ids) or None,
        )
        RandomProvider(self, "random")
        self.caller_identity = DataAwsCallerIdentity(self, "current")

    def _build_network(self, environment: Environment) -> DatabaseNetwork:
        return DatabaseNetwork(
            self,
            "network",
            subnet_group_name=environment.subnet_group_name,
            security_group_name=environment.security_group_name,
            security_group_description=environment.security_group_description,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_credentials(self, environment: Environment) -> DatabaseCredentials:
        return DatabaseCredentials(
            self,
            "credentials",
            master_username=environment.master_username,
            secret_name=environment.secret_name,
            recovery_window_days=0,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_cluster(self, environment: Environment) -> AuroraServerlessCluster:
        return AuroraServerlessCluster(
            self,
            "cluster",
            cluster_identifier=environment.cluster_identifier,
            instance_identifier=environment.instance_identifier,
            engine_version=environment.engine_version,
            minimum_acu=self.min_capacity.number_value,
            maximum_acu=self.max_capacity.number_value,
            auto_pause_seconds=environment.capacity.auto_pause_seconds,
            database_name=environment.database_name,
            master_username=environment.master_username,
            master_password=self.credentials.master_password,
            subnet_group_name=self.network.subnet_group_name,
            security_group_ids=[self.network.security_group_id],
            backup_retention_days=environment.backup.retention_days,
            backup_window=environment.backup.window,
            maintenance_window=environment.maintenance.window,
            apply_immediately=True,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_lambda_role(self, environment: Environment) -> LambdaRole:
        return LambdaRole(
            self,
            "lambda-role",
            role_name=environment.lambda_role_name,
            policy_name=environment.lambda_policy_name,
            cluster_arn=self.cluster.arn,
            secret_arn=self.credentials.secret_arn,
            region=self.aws_region.string_value,
            account_id=self.caller_identity.account_id,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_outputs(self, environment: Environment) -> None:
        instructions = setup_instructions(
            environment_name=environment.name,
            engine_version=environment.engine_version,
            cluster_arn=self.cluster.arn,
            cluster_endpoint=self.cluster.endpoint,
            cluster_identifier=self.cluster.identifier,
            database_name=self.cluster.database_name,
            secret_arn=self.credentials.secret_arn,
            lambda_role_arn=self.lambda_role.arn,
            region=self.aws_region.string_value,
        )
        for name, value, description in (
            ("aurora_cluster_arn", self.cluster.arn, "ARN of the Aurora cluster"),
            ("aurora_cluster_endpoint", self.cluster.endpoint, "Writer endpoint of the Aurora cluster"),
            ("aurora_secret_arn", self.credentials.secret_arn, "ARN of the secret with the database credentials"),
            ("database_name", self.cluster.database_name, "Name of the database"),
            ("lambda_role_arn", self.lambda_role.arn, "ARN of the IAM role for Lambda functions"),
            ("data_api_enabled", self.cluster.data_api_state, "Whether the Data API is enabled"),
            ("setup_instructions", instructions, "What to do after the deploy"),
        ):
            TerraformOutput(self, name, value=value, description=description)
