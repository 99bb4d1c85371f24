"""What `check`, `status` and the other commands say after a deploy that did not end, with the command that fixes it."""

import fcntl
import json
import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from hypothesis import given, settings

from analysis.errors import FileError
from operations.errors import ErrorKind, OperationsError
from operations.state.lock import lock_of_file, parse_lock
from operations.state.resources import StateResource, resources_of_state
from tests.deployed.any_json import ANY
from tests.deployed.deployment import PASSWORD, Deployment, Done, run
from tests.deployed.empty_aws import TAG_LIST, EmptyAws

CLUSTER, INSTANCE = "aws_rds_cluster.aurora", "aws_rds_cluster_instance.aurora"
UNTAINT = "terraform -chdir=cdktf.out/stacks/production untaint"
DEPLOY = 'make cdktf ARGS="deploy production"'


def resource(address: str, *, tainted: bool = False, **attributes: Any) -> dict[str, Any]:
    type_, _, name = address.partition(".")
    instance = {"attributes": {"id": "x", "master_password": PASSWORD} | attributes}
    return {
        "mode": "managed",
        "type": type_,
        "name": name,
        "instances": [instance | ({"status": "tainted"} if tainted else {})],
    }


def state(*resources: Any, outputs: Any = None) -> str:
    return json.dumps({"version": 4, "outputs": outputs or {}, "resources": list(resources)})


TAINTED = resource(CLUSTER, tainted=True, cluster_identifier="alex-production-aurora")
KNOWN = resource(CLUSTER, cluster_identifier="alex-production-aurora")


def rds(aws: EmptyAws, status: str, *instances: str) -> None:
    """Let AWS have a cluster of this status, and instances."""
    cluster = {"DBClusterIdentifier": "alex-production-aurora", "Status": status, "TagList": TAG_LIST}
    aws.has("rds", "describe_db_clusters", {"DBClusters": [cluster]})
    found = [{"DBInstanceIdentifier": name, "TagList": TAG_LIST} for name in instances]
    aws.has("rds", "describe_db_instances", {"DBInstances": found})


def remedies(done: Done) -> list[str]:
    return [check["remedy"] for check in done.json["checks"] if check["outcome"] == "failed"]


def details(done: Done) -> str:
    return " | ".join(check["detail"] for check in done.json["checks"])


def test_a_tainted_cluster_is_untainted_before_the_next_deploy(empty_aws: EmptyAws, check: Callable[..., Done]) -> None:
    rds(empty_aws, "available")
    done = check(state(TAINTED), "--json")
    assert (done.status, done.json["passed"], done.json["target"]) == (3, False, "production")
    assert remedies(done) == [f"{UNTAINT} {CLUSTER} && {DEPLOY}"]
    assert "aws_rds_cluster.aurora is tainted" in details(done)
    assert "which prevent_destroy refuses; alex-production-aurora is available" in details(done)


def test_a_tainted_cluster_that_is_being_created_is_waited_for(empty_aws: EmptyAws, check: Callable[..., Done]) -> None:
    rds(empty_aws, "creating")
    [remedy] = remedies(check(state(TAINTED), "--json"))
    wait = "aws rds wait db-cluster-available --db-cluster-identifier alex-production-aurora --region us-east-1"
    assert remedy == f"{wait} && {UNTAINT} {CLUSTER} && {DEPLOY}"


@pytest.mark.usefixtures("empty_aws")
def test_a_tainted_cluster_that_is_gone_is_deployed_again(check: Callable[..., Done]) -> None:
    assert remedies(check(state(TAINTED), "--json")) == [f"deploy again: {DEPLOY}"]


def test_a_tainted_cluster_that_has_failed_is_not_kept(empty_aws: EmptyAws, check: Callable[..., Done]) -> None:
    rds(empty_aws, "incompatible-network")
    [remedy] = remedies(check(state(TAINTED), "--json"))
    assert "untaint" not in remedy


def test_without_credentials_the_state_alone_says_what_to_do(check: Callable[..., Done]) -> None:
    done = check(state(TAINTED), "--json")
    assert remedies(done) == [f"{UNTAINT} {CLUSTER} && {DEPLOY}"]
    assert "there are no AWS credentials" in details(done)


@pytest.mark.parametrize("text", [None, state(), state(resource("random_id.suffix", hex="00"))])
def test_a_cluster_that_terraform_never_saw_is_imported(
    empty_aws: EmptyAws, check: Callable[..., Done], text: str | None
) -> None:
    rds(empty_aws, "available")
    done = check(text, "--json")
    assert done.status == 3
    terraform = "terraform -chdir=cdktf.out/stacks/production"
    assert remedies(done) == [f"if it is this one's: {terraform} import {CLUSTER} alex-production-aurora && {DEPLOY}"]
    assert "the cluster alex-production-aurora (available) is in AWS, and terraform.production.tfstate" in details(done)


def test_an_instance_that_terraform_never_saw_is_imported(empty_aws: EmptyAws, check: Callable[..., Done]) -> None:
    rds(empty_aws, "available", "alex-production-aurora-0", "alex-production-aurora-1", "made-by-hand")
    known = resource(INSTANCE, identifier="alex-production-aurora-0")
    [remedy] = remedies(check(state(KNOWN, known), "--json"))
    assert " import aws_rds_cluster_instance.reader_1 alex-production-aurora-1 && " in remedy


@pytest.mark.usefixtures("empty_aws")
def test_what_is_nowhere_is_not_deployed(check: Callable[..., Done]) -> None:
    done = check(None)
    assert (done.status, done.output) == (3, "")
    assert done.error.startswith("error: production is not deployed yet")


def plan(kind: str) -> dict[str, str]:
    return {"accountId": "123456789012", "accountPlanType": kind, "accountPlanStatus": "ACTIVE"}


@pytest.mark.parametrize("text", [None, state(), state(resource("random_id.suffix", hex="00"))])
def test_a_deploy_that_the_free_plan_refuses_is_told(
    empty_aws: EmptyAws, check: Callable[..., Done], text: str | None
) -> None:
    empty_aws.has("freetier", "get_account_plan_state", plan("FREE"))
    done = check(text, "--json")
    assert done.status == 3
    assert remedies(done) == [
        "a paid plan: aws freetier upgrade-account-plan --account-plan-type PAID --region us-east-1"
    ]
    assert "the account 123456789012 is on AWS's Free plan" in details(done)
    assert "express configuration only, and no Terraform provider supports that" in details(done)


@pytest.mark.parametrize("answer", [plan("PAID"), "ResourceNotFoundException", "AccessDeniedException"])
def test_no_other_account_is_told_of_the_free_plan(
    empty_aws: EmptyAws, check: Callable[..., Done], answer: dict[str, str] | str
) -> None:
    empty_aws.has("freetier", "get_account_plan_state", answer)
    done = check(None)
    assert (done.status, done.output) == (3, "")
    assert done.error.startswith("error: production is not deployed yet")


def test_an_account_with_a_cluster_is_not_asked_for_its_plan(empty_aws: EmptyAws, check: Callable[..., Done]) -> None:
    rds(empty_aws, "available")
    check(state(TAINTED), "--json")
    assert "get_account_plan_state" not in [operation for operation, _ in empty_aws.asked]


def test_another_environment_that_does_not_exist_is_told_as_before(project: Path, capsys: Any) -> None:
    done = run(capsys, "check", "staging", "--project", str(project))
    assert (done.status, "there is no environment staging" in done.error) == (3, True)


SUFFIX = resource("random_id.suffix", hex="0a1b2c3d")


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_secret_that_blocks_its_name_is_had_back(
    empty_aws: EmptyAws, check: Callable[..., Done], is_deleted: bool
) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alex-dev-db-credentials-0a1b2c3d-AbCdEf"
    deleted = {"DeletedDate": datetime(2026, 11, 1, tzinfo=UTC)} if is_deleted else {}
    empty_aws.has("secretsmanager", "describe_secret", {"ARN": arn} | deleted)
    done = check(state(SUFFIX), "--json", environment="dev")
    assert ("describe_secret", {"SecretId": "alex-dev-db-credentials-0a1b2c3d"}) in empty_aws.asked
    restore = "aws secretsmanager restore-secret --secret-id alex-dev-db-credentials-0a1b2c3d --region us-east-1 && "
    assert remedies(done) == [
        f"if it is this one's: {restore if is_deleted else ''}terraform -chdir=cdktf.out/stacks/dev import "
        f'aws_secretsmanager_secret.db_credentials {arn} && make cdktf ARGS="deploy dev"'
    ]


@pytest.mark.parametrize("command", ["status", "wait", "env", "restart"])
def test_other_commands_lead_to_check(project: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    (project / "terraform.production.tfstate").write_text(state(TAINTED))
    done = run(capsys, command, "production", "--project", str(project))
    assert done.status == 3
    assert "aws_rds_cluster.aurora is tainted: ./aurora-serverless check production says how to go on" in done.error


def test_in_a_deployment_that_runs_what_is_tainted_is_told(
    deployed: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    path = deployed.project / ".local-aws/terraform.dev.tfstate"
    before = path.read_text()
    document = json.loads(before)
    document["resources"] += [
        resource(CLUSTER, cluster_identifier="alex-dev-aurora"),
        resource(INSTANCE, tainted=True, identifier="alex-dev-aurora-0"),
    ]
    path.write_text(json.dumps(document))
    try:
        checked, shown = (deployed.run(capsys, command) for command in ("check", "status"))
        found = deployed.run(capsys, "status", "--json").json
    finally:
        path.write_text(before)
    assert checked.status == 1
    untaint = f"terraform -chdir=.local-aws/cdktf.out/stacks/dev untaint {INSTANCE}"
    assert f"→ to keep it: {untaint} && make local-deploy ENVIRONMENT=dev" in checked.output
    assert f"{INSTANCE} tainted → ./aurora-serverless check dev --local" in shown.output
    assert found["tainted"] == [INSTANCE]


def test_only_names_are_read_of_a_state() -> None:
    counted = resource("aws_rds_cluster_instance.more", identifier="b") | {"module": "module.database"}
    counted["instances"][0]["index_key"] = 0
    named = resource("aws_sns_topic.t", tainted=True)
    named["instances"][0]["index_key"] = "a"
    deposed = resource("aws_db_parameter_group.g", tainted=True)
    deposed["instances"][0]["deposed"] = "0123abcd"
    looked_up = resource("aws_vpc.v") | {"mode": "data"}
    found = resources_of_state(state(TAINTED, counted, named, deposed, looked_up), "state")
    assert found == (
        StateResource(CLUSTER, "aws_rds_cluster", None, is_tainted=True),
        StateResource(
            "module.database.aws_rds_cluster_instance.more[0]", "aws_rds_cluster_instance", None, is_tainted=False
        ),
        StateResource('aws_sns_topic.t["a"]', "aws_sns_topic", None, is_tainted=True),
    )
    assert PASSWORD not in repr(found)


@settings(max_examples=200, deadline=None)
@given(document=ANY)
def test_resources_of_any_form_are_read_or_refused(document: Any) -> None:
    for text in (json.dumps(document), json.dumps({"version": 4, "resources": document}), state(document)):
        assert _is_read_or_refused(text)


def _is_read_or_refused(text: str) -> bool:
    try:
        resources_of_state(text, "state")
    except FileError:
        return True
    except OperationsError as error:
        return error.kind is ErrorKind.WRONG_INPUT
    return True


LOCK = json.dumps(
    {
        "ID": "9db590f1-b6fe-c5f2-2678-8804f089deba",
        "Operation": "OperationTypeApply",
        "Who": "me@laptop",
        "Created": "2026-11-29T21:00:04Z",
    }
)


def _hold(path: str, held: Any, done: Any) -> None:
    with Path(path).open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        held.set()
        done.wait(60)


def test_a_lock_of_a_file_counts_while_a_process_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "terraform.dev.tfstate"
    path.write_text(state())
    (tmp_path / ".terraform.dev.tfstate.lock.info").write_text(LOCK)
    assert lock_of_file(path) is None, "a killed run leaves the file, and the lock went with it"
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(path), held, done))
    holder.start()
    try:
        assert held.wait(60)
        lock = lock_of_file(path)
    finally:
        done.set()
        holder.join()
    assert lock is not None
    assert lock.text == "OperationTypeApply by me@laptop since 2026-11-29T21:00:04Z"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"ID": 5}', '{"ID": null}'])
def test_a_lock_of_any_form_is_a_lock(text: str) -> None:
    assert parse_lock(text).text == "a run of Terraform"


@pytest.mark.usefixtures("empty_aws")
@pytest.mark.parametrize("may_read_the_lock", [True, False])
def test_a_lock_that_a_killed_run_left_in_s3_is_told_with_its_id(
    answering: Callable[[str, Any], None],
    project: Path,
    capsys: pytest.CaptureFixture[str],
    may_read_the_lock: bool,
) -> None:
    class Bucket:
        def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803 (boto3's)
            assert Bucket == "states"
            if Key.endswith(".tflock") and not may_read_the_lock:
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")
            texts = {"dev/terraform.tfstate": state(TAINTED), "dev/terraform.tfstate.tflock": LOCK}
            return {"Body": _Body(texts[Key])}

    path = project / "environments/dev.toml"
    text = path.read_text()
    path.unlink()
    path.write_text(f'{text}\n[backend]\ntype = "s3"\nbucket = "states"\n')
    answering("s3", Bucket())
    done = run(capsys, "check", "dev", "--json", "--project", str(project))
    unlock = "terraform -chdir=cdktf.out/stacks/dev force-unlock 9db590f1-b6fe-c5f2-2678-8804f089deba"
    assert 'deploy again: make cdktf ARGS="deploy dev"' in remedies(done)
    if not may_read_the_lock:
        assert "access denied to GetObject" in details(done)
        return
    assert f"wait until it is released; once you are sure that nobody is deploying: {unlock}" in remedies(done)
    assert "s3://states/dev/terraform.tfstate is locked: OperationTypeApply by me@laptop" in details(done)


class _Body:
    def __init__(self, text: str) -> None:
        self._text = text

    def read(self) -> bytes:
        return self._text.encode()
