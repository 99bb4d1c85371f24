"""`aurora-serverless policy`: the least IAM policy with which an environment is planned, deployed and destroyed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.synthesized.synthesis import stack_of, synthesize_project
from cli.arguments.completion import environments
from cli.arguments.options import Json, Project
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import wrong_input
from operations.files import write_file
from operations.target.where import PROJECT

if TYPE_CHECKING:
    from analysis.policy.policy import Document, Policy
    from analysis.synthesized.stack import SynthesizedStack


def run(
    environment: Annotated[
        str,
        typer.Argument(help="The environment: the name of a file in environments/.", autocompletion=environments),
    ],
    *,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Only what a plan needs: reads.")] = False,
    account_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The account, instead of any.", show_default=False),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="For an environment without a Region.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="FILE, or a folder for several documents."),
    ] = None,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Print the least-privilege IAM policy to plan, deploy and destroy an environment.

    From the JSON that main.py synthesizes, without AWS: the actions that Terraform's provider calls, on the resources'
    names. A policy longer than IAM's 6,144 characters is split into a list of documents: attach all of them.
    docs/policy.md says what it leaves out.
    """
    from analysis.policy.policy import policy_of  # noqa: PLC0415 (no other command needs it)
    from aurora_serverless.rules.names import check_account_id  # noqa: PLC0415
    from aurora_serverless.rules.regions import check_region, partition_of  # noqa: PLC0415
    from aurora_serverless.rules.violation import RuleViolation  # noqa: PLC0415

    try:
        if account_id is not None:
            check_account_id(account_id, argument="--account-id")
        if region is not None:
            check_region(region, argument="--region")
    except RuleViolation as violation:
        raise wrong_input(str(violation)) from None
    with terminal.progress("synthesizing"):
        stack = stack_of(synthesize_project(project), environment)
    if region is not None and stack.region not in {None, region}:
        raise wrong_input(f"--region {region}: {environment} is in {stack.region}; leave --region out")
    place = stack.region or region
    policy = policy_of(stack, region=place, account_id=account_id, partition=partition_of(place), plan_only=plan_only)
    if json_output:
        if output is not None:
            raise wrong_input("--json prints the documents: leave out --output")
        terminal.say_json({"documents": policy.documents, "not_known": policy.unknown})
        return ExitStatus.DONE
    if output is None:
        documents = policy.documents
        terminal.say_json(documents[0] if len(documents) == 1 else documents)
    else:
        _write(output, environment, policy.documents)
    _tell(policy, stack)
    return ExitStatus.DONE


def _tell(policy: "Policy", stack: "SynthesizedStack") -> None:
    if policy.unknown:
        addresses = ", ".join(map(terminal.printable, policy.unknown))
        terminal.note(f"not in it, because its actions are not known here: {addresses}", style="yellow")
    if (count := len(policy.documents)) > 1:
        terminal.note(f"{count} documents: a managed policy has 6,144 characters at most; attach all of them")
    if stack.region is None:
        terminal.note("the environment names no Region: --region makes the policy narrower, if it is not given")


def _write(output: Path, environment: str, documents: "Sequence[Document]") -> None:
    paths = [output]
    if output.is_dir():
        count = len(documents)
        paths = [output / f"{environment}{f'-{number}' if count > 1 else ''}.json" for number in range(1, count + 1)]
    elif len(documents) > 1:
        raise wrong_input(f"{output} is one file, and there are {len(documents)} documents: name a folder that exists")
    for path, document in zip(paths, documents, strict=True):
        if write_file(path, f"{terminal.json_text(document)}\n"):
            terminal.say(terminal.printable(str(path)))
