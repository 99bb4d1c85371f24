"""Finds what a command works on, from what its command line says."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from operations.errors import not_deployed, wrong_input
from operations.outputs import StackOutputs, outputs_of_file, outputs_of_state, state_of_bucket, state_of_file
from operations.session import AwsSession
from operations.target import Target, check_secret_arn, parse_cluster_arn

if TYPE_CHECKING:
    from local_aws.process import LocalAws
    from stacks.environment import Environment

PROJECT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Where:
    """The part of a command line that says which database: an environment, a file of outputs, or ARNs.

    `project` is the folder that holds `environments/` and the local states.
    """

    environment: str | None = None
    local: bool = False
    cluster_arn: str | None = None
    secret_arn: str | None = None
    database: str | None = None
    region: str | None = None
    outputs: Path | None = None
    project: Path = PROJECT

    def find(self) -> Target:
        """Return what it means. Raises OperationsError, and what boto3 does where the state lies in S3."""
        if self.secret_arn is not None:
            check_secret_arn(self.secret_arn)
        if self.cluster_arn is not None:
            target = self._by_arn(self.cluster_arn)
        elif self.outputs is not None:
            target = self._by_outputs(self.outputs)
        elif self.environment is not None:
            target = self._by_environment(self.environment)
        else:
            raise wrong_input(f"name an environment ({self._known()}), or give --cluster-arn or --outputs")
        if self.region is not None and self.region != target.session.region:
            raise wrong_input(
                f"--region {self.region} is not that of the cluster: {target.cluster_arn}; leave --region out"
            )
        return replace(
            target,
            secret_arn=self.secret_arn or target.secret_arn,
            database=self.database or target.database,
        )

    def _by_arn(self, cluster_arn: str) -> Target:
        if self.environment is not None or self.outputs is not None:
            other = f"the environment {self.environment}" if self.environment is not None else "--outputs"
            raise wrong_input(f"give {other} or --cluster-arn, not both")
        return Target(self._session(parse_cluster_arn(cluster_arn).region), cluster_arn)

    def _by_outputs(self, path: Path) -> Target:
        environment = None if self.environment is None else self._environment_file(self.environment)
        return self._target(outputs_of_file(path), environment)

    def _by_environment(self, name: str) -> Target:
        environment = self._environment_file(name)
        if self.local:
            self._local_aws()  # a state of a local AWS that has ended says nothing
        text = self._state(environment)
        deploy = _deploy_command(name, local=self.local)
        if text is None:
            elsewhere = not self.local and state_of_file(self._local_state(name)) is not None
            hint = "; it is deployed to local AWS: add --local" if elsewhere else ""
            state = self._state_name(environment)
            raise not_deployed(f"{name} is not deployed yet: there is no {state}; deploy it: {deploy}{hint}")
        return self._target(outputs_of_state(text, self._state_name(environment), deploy), environment)

    def _target(self, outputs: StackOutputs, environment: "Environment | None") -> Target:
        return Target(
            self._session(parse_cluster_arn(outputs.cluster_arn).region),
            outputs.cluster_arn,
            secret_arn=outputs.secret_arn,
            database=outputs.database,
            endpoint=outputs.endpoint,
            lambda_role_arn=outputs.lambda_role_arn,
            proxy_endpoint=outputs.proxy_endpoint,
            data_api_enabled=outputs.data_api_enabled,
            environment=environment,
        )

    def _environment_file(self, name: str) -> "Environment":
        from stacks.environment_files import EnvironmentFileError, read_environment  # noqa: PLC0415 (slow)

        path = self.project / "environments" / f"{name}.toml"
        if not path.is_file():
            raise not_deployed(f"there is no environment {name}: {path.parent.name} has {self._known()}")
        try:
            return read_environment(path)
        except EnvironmentFileError as error:
            raise wrong_input(str(error.problems[0])) from None

    def _known(self) -> str:
        return ", ".join(sorted(path.stem for path in (self.project / "environments").glob("*.toml"))) or "none"

    def _state(self, environment: "Environment") -> bytes | None:
        backend = environment.backend
        if backend.type == "local":
            local_state = self._local_state(environment.name)
            return state_of_file(local_state if self.local else self.project / local_state.name)
        if backend.bucket is None or environment.backend_region is None:  # the model refuses both
            return None
        client = partial(self._session(environment.backend_region).client, "s3")
        return state_of_bucket(client, backend.bucket, environment.backend_key)

    def _local_state(self, name: str) -> Path:
        return self.project / ".local-aws" / f"terraform.{name}.tfstate"

    def _state_name(self, environment: "Environment") -> str:
        if environment.backend.type == "s3":
            return f"s3://{environment.backend.bucket}/{environment.backend_key}"
        return f"{'.local-aws/' if self.local else ''}terraform.{environment.name}.tfstate"

    def _session(self, region: str) -> AwsSession:
        return AwsSession(region, self._local_aws() if self.local else None)

    def _local_aws(self) -> "LocalAws":
        from local_aws.background import BackgroundAws  # noqa: PLC0415 (only for --local)

        running = BackgroundAws(self.project / ".local-aws").running()
        if running is None:
            raise not_deployed(f"no local AWS is running; start it: {_deploy_command(self.environment, local=True)}")
        return running


def _deploy_command(environment: str | None, *, local: bool) -> str:
    name = environment or "dev"
    return f"make local-deploy ENVIRONMENT={name}" if local else f'make cdktf ARGS="deploy {name}"'
