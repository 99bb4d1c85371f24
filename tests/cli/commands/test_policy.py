"""`aurora-serverless policy`: what it writes where, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.policy.policy import LONGEST, size
from analysis.synthesized.stack import SynthesizedStack
from cli.exit_status import ExitStatus
from tests.deployed.deployment import Done, run
from tests.terraform_json import TerraformJson

PolicyOf = Callable[..., Done]


@pytest.fixture
def policy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, synthesized: dict[str, TerraformJson]
) -> PolicyOf:
    """Return a function that runs the command on stacks that are synthesized already."""
    shipped = {name: SynthesizedStack(name, document) for name, document in synthesized.items()}
    monkeypatch.setattr("cli.commands.policy.synthesize_project", lambda _: shipped)
    return lambda *arguments: run(capsys, "policy", *map(str, arguments))


def test_one_document_is_printed_as_iam_takes_it(policy: PolicyOf) -> None:
    done = policy("dev", "--account-id", "123456789012")
    document = json.loads(done.output)
    assert (done.status, document["Version"]) == (ExitStatus.DONE, "2012-10-17")
    assert size(document) <= LONGEST
    assert "arn:aws:iam::123456789012:role/alex-dev-lambda-aurora-role" in done.output
    assert "rds:CreateDBCluster" not in policy("dev", "--plan-only").output


def test_more_documents_are_a_list_and_a_file_each(policy: PolicyOf, tmp_path: Path) -> None:
    done = policy("production")
    documents = json.loads(done.output)
    assert len(documents) == 2
    assert "2 documents: a managed policy has 6,144 characters at most; attach all of them" in done.error
    done = policy("production", "--output", tmp_path)
    paths = [tmp_path / "production-1.json", tmp_path / "production-2.json"]
    assert done.output.split() == [str(path) for path in paths]
    assert [json.loads(path.read_text()) for path in paths] == documents
    one = policy("production", "--output", tmp_path / "policy.json")
    assert one.status == ExitStatus.WRONG_INPUT
    assert "is one file, and there are 2 documents: name a folder that exists" in one.error


def test_for_a_script_the_documents_are_a_list_however_many_there_are(policy: PolicyOf, tmp_path: Path) -> None:
    done = policy("dev", "--json")
    assert json.loads(done.output) == {"documents": [json.loads(policy("dev").output)], "not_known": []}
    assert policy("dev", "--json", "--output", tmp_path).status == ExitStatus.WRONG_INPUT


def test_one_document_is_one_file(policy: PolicyOf, tmp_path: Path) -> None:
    assert policy("dev", "--output", tmp_path / "dev.json").status == ExitStatus.DONE
    assert policy("dev", "--output", tmp_path).output.strip() == str(tmp_path / "dev.json")
    assert json.loads((tmp_path / "dev.json").read_text()) == json.loads(policy("dev").output)


def test_the_region_is_that_of_the_command_where_the_environment_names_none(policy: PolicyOf) -> None:
    done = policy("reference")
    assert "arn:aws:rds:*:*:cluster:" in done.output
    assert "--region makes the policy narrower" in done.error
    assert "arn:aws-us-gov:rds:us-gov-west-1:*:cluster:" in policy("reference", "--region", "us-gov-west-1").output


@pytest.mark.parametrize(
    ("arguments", "said", "status"),
    [
        (("dev", "--account-id", "12"), '--account-id = "12": an account id is twelve digits', ExitStatus.WRONG_INPUT),
        (("dev", "--region", "eu-west-1"), "--region eu-west-1: dev is in us-east-1", ExitStatus.WRONG_INPUT),
        (("reference", "--region", "mars-1"), '--region = "mars-1"', ExitStatus.WRONG_INPUT),
        (("shop",), "there is no environment shop", ExitStatus.NOT_DEPLOYED),
    ],
)
def test_what_is_wrong_is_one_line(policy: PolicyOf, arguments: tuple[str, ...], said: str, status: ExitStatus) -> None:
    done = policy(*arguments)
    assert (done.status, done.output) == (status, "")
    assert said in done.error  # which is one line
