"""Finds what a command works on, from what its command line says."""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.synthesized.synthesis import unknown_environment
from operations.aws.session import AwsSession
from operations.errors import ErrorKind, OperationsError, not_deployed, wrong_input
from operations.state.lock import StateLock, lock_of_file, parse_lock
from operations.state.resources import resources_of_state
from operations.target.outputs import StackOutputs, outputs_of_file, outputs_of_state, state_of_bucket, state_of_file
from operations.target.target import Target, check_secret_arn, parse_cluster_arn

if TYPE_CHECKING:
    from analysis.synthesized.stack import SynthesizedStack
    from local_aws.background import BackgroundAws
    from local_aws.process import LocalAws
    from operations.state.deploy_state import DeployState
    from stacks.environment import Environment

_LOCK_SUFFIX: Final = ".tflock"
"""Source: Terraform's documentation of the S3 backend, `use_lockfile`."""

_UNNAMED: Final = re.compile(r"(\./aurora-serverless [a-z ]+) ENVIRONMENT\b")

DEFAULT_ENVIRONMENT: Final = "dev"
"""The one that make takes without ENVIRONMENT."""

PROJECT: Final = Path(__file__).resolve().parents[2]


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
            application_user=None if self.secret_arn is not None else target.application_user,
            database=self.database or target.database,
        )

    def named(self, text: str) -> str:
        """Return a text whose commands name the database: what knows none says `./aurora-serverless … ENVIRONMENT`."""
        if self.environment is not None:
            which = f"{self.environment} --local" if self.local else self.environment
        else:
            which = f"--outputs {self.outputs}" if self.cluster_arn is None else f"--cluster-arn {self.cluster_arn}"
        return _UNNAMED.sub(rf"\1 {which}", text)

    def _by_arn(self, cluster_arn: str) -> Target:
        if self.environment is not None or self.outputs is not None:
            other = f"the environment {self.environment}" if self.environment is not None else "--outputs"
            raise wrong_input(f"give {other} or --cluster-arn, not both")
        return Target(self._session(parse_cluster_arn(cluster_arn).region), cluster_arn)

    def _by_outputs(self, path: Path) -> Target:
        environment = None if self.environment is None else self.environment_file(self.environment)
        return self._target(outputs_of_file(path), environment)

    def _by_environment(self, name: str) -> Target:
        environment = self.environment_file(name)
        if self.local:
            local = self._local_aws()  # a state of a local AWS that has ended says nothing
            if (target := self._up(local, environment)) is not None:
                return target
        text = self._state(environment)
        deploy = deploy_command(name, local=self.local)
        if text is None:
            elsewhere = not self.local and state_of_file(self._local_state(name)) is not None
            hint = "; it is deployed to local AWS: add --local" if elsewhere else ""
            state = self._state_name(environment)
            raise not_deployed(f"{name} is not deployed yet: there is no {state}; {self._begin(name)}{hint}")
        return self._target(outputs_of_state(text, self._state_name(environment), deploy), environment)

    def _up(self, local: "LocalAws", environment: "Environment") -> Target | None:
        """Return the database of `local up`; None where it is not up."""
        from operations.local.record import record_of  # noqa: PLC0415 (only for --local)

        record = record_of(self._background(), environment.name)
        return None if record is None else record.target(local, environment)

    def _target(self, outputs: StackOutputs, environment: "Environment | None") -> Target:
        return Target(
            self._session(parse_cluster_arn(outputs.cluster_arn).region),
            outputs.cluster_arn,
            secret_arn=outputs.secret_arn,
            database=outputs.database,
            endpoint=outputs.endpoint,
            lambda_role_arn=outputs.lambda_role_arn,
            proxy_endpoint=outputs.proxy_endpoint,
            reader_endpoint=outputs.reader_endpoint,
            port=outputs.port,
            user_secret_arns=outputs.user_secret_arns,
            application_user=outputs.application_user,
            bastion_instance_id=outputs.bastion_instance_id,
            data_api_enabled=outputs.data_api_enabled,
            environment=environment,
        )

    def words(self) -> list[str]:
        """Return what says the same on another command line."""
        given = {
            "--outputs": self.outputs,
            "--cluster-arn": self.cluster_arn,
            "--secret-arn": self.secret_arn,
            "--database": self.database,
            "--project": None if self.project == PROJECT else self.project,
        }
        named = [] if self.environment is None else [self.environment]
        options = [word for name, value in given.items() if value is not None for word in (name, str(value))]
        return [*named, *(["--local"] if self.local else []), *options]

    def environments(self) -> "list[Environment]":
        """Return all environments of the project. Raises OperationsError (WRONG_INPUT) where a file is wrong."""
        return [self.environment_file(name) for name in self._names()]

    def deployed_arn(self, environment: "Environment") -> str | None:
        """Return the cluster's ARN in an environment's state; None where there is none. Raises what `find` does."""
        text, name = self._state(environment), self._state_name(environment)
        return None if text is None else outputs_of_state(text, name, "").cluster_arn

    def deploy_state(self) -> "DeployState | None":
        """Return how far the deploys of the environment came; None where none is named. Raises what `find` does."""
        from operations.state.deploy_state import DeployState, stack_folder  # noqa: PLC0415 (only what needs it)

        if self.environment is None or self.cluster_arn is not None or self.outputs is not None:
            return None
        environment = self.environment_file(self.environment)
        text, name = self._state(environment), self._state_name(environment)
        local = self._local_aws() if self.local else None
        region = self.region or environment.region or (local.region if local is not None else None)
        folder = self.project / stack_folder(environment.name, local=self.local)
        return DeployState(
            name=name,
            environment=environment,
            resources=() if text is None else resources_of_state(text, name),
            read_lock=lambda: self._lock(environment),
            read_stack=lambda: self._stack(folder, environment.name),
            folder=folder,
            session=None if region is None else AwsSession(region, local),
            is_local=self.local,
            deploy=deploy_command(environment.name, local=self.local),
        )

    def environment_file(self, name: str) -> "Environment":
        """Read the file of an environment. A name is a name, and no path: another file may lack its protection."""
        from stacks.environment_files import NAME_RULE, EnvironmentFileError, is_name, read_environment  # noqa: PLC0415

        folder = self.project / "environments"
        if not is_name(name):
            raise wrong_input(
                f'"{name}" is not the name of an environment ({NAME_RULE}): {folder.name} has {self._known()}'
            )
        # Not by asking for the file: where a file system ignores capitals, that would find another one's.
        if name not in self._names():
            raise not_deployed(unknown_environment(name, self._names()))
        try:
            return read_environment(folder / f"{name}.toml")
        except EnvironmentFileError as error:
            raise wrong_input(str(error.problems[0])) from None

    def _names(self) -> list[str]:
        return sorted(path.stem for path in (self.project / "environments").glob("*.toml"))

    def _known(self) -> str:
        return ", ".join(self._names()) or "none"

    def _stack(self, folder: Path, name: str) -> "SynthesizedStack":
        """Return the stack as it was deployed from here; where it never was, what the files say now."""
        from analysis.synthesized.stack import STACK_FILE, read_stack  # noqa: PLC0415 (only what needs it)
        from analysis.synthesized.synthesis import stack_of, synthesize_project  # noqa: PLC0415

        path = folder / STACK_FILE
        return read_stack(path) if path.is_file() else stack_of(synthesize_project(self.project), name)

    def _state(self, environment: "Environment") -> bytes | None:
        if self._lies_in_file(environment):
            return state_of_file(self._state_file(environment.name))
        return self._of_bucket(environment, environment.backend_key)

    def _lock(self, environment: "Environment") -> StateLock | None:
        if self._lies_in_file(environment):
            return lock_of_file(self._state_file(environment.name))
        text = self._of_bucket(environment, f"{environment.backend_key}{_LOCK_SUFFIX}")
        return None if text is None else parse_lock(text)

    def _lies_in_file(self, environment: "Environment") -> bool:
        """Whether the state is a file here. Raises OperationsError (NO_ACCESS) where HCP Terraform has it.

        Only Terraform reads that one, with a token of its own. A local deployment has a file in its place.
        """
        if environment.backend.type != "cloud" or self.local:
            return environment.backend.type != "s3"
        folder = Path("cdktf.out") / "stacks" / environment.name
        raise OperationsError(
            f"the state of {environment.name} lies in HCP Terraform, which Terraform alone reads: "
            f"terraform -chdir={folder} output -json > outputs.json, then name it with --outputs outputs.json",
            ErrorKind.NO_ACCESS,
        )

    def _of_bucket(self, environment: "Environment", key: str) -> bytes | None:
        bucket, region = environment.backend.bucket, environment.backend_region
        if bucket is None or region is None:  # the model refuses both
            return None
        return state_of_bucket(partial(self._session(region).client, "s3"), bucket, key)

    def _state_file(self, name: str) -> Path:
        local_state = self._local_state(name)
        return local_state if self.local else self.project / local_state.name

    def _local_state(self, name: str) -> Path:
        return self.project / ".local-aws" / f"terraform.{name}.tfstate"

    def _state_name(self, environment: "Environment") -> str:
        if not self._lies_in_file(environment):
            return f"s3://{environment.backend.bucket}/{environment.backend_key}"
        return f"{'.local-aws/' if self.local else ''}terraform.{environment.name}.tfstate"

    def _session(self, region: str) -> AwsSession:
        return AwsSession(region, self._local_aws() if self.local else None)

    def _local_aws(self) -> "LocalAws":
        running = self._background().running()
        if running is None:
            raise not_deployed(f"no local AWS is running; {self._begin(self.environment)}")
        return running

    def _background(self) -> "BackgroundAws":
        from local_aws.background import BackgroundAws  # noqa: PLC0415 (only for --local)

        return BackgroundAws(self.project / ".local-aws")

    def _begin(self, environment: str | None) -> str:
        """Return what people are told of a database that is not there."""
        deploy = deploy_command(environment, local=self.local)
        if not self.local:
            return f"deploy it: {deploy}"
        return (
            f"start it: ./aurora-serverless local up {environment or DEFAULT_ENVIRONMENT}, or with Terraform: {deploy}"
        )


def deploy_command(environment: str | None, *, local: bool) -> str:
    """Return the command that deploys an environment."""
    name = environment or DEFAULT_ENVIRONMENT
    return f"make local-deploy ENVIRONMENT={name}" if local else f'make cdktf ARGS="deploy {name}"'
