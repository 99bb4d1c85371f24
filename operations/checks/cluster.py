"""Checks of the credentials, the cluster, its instances and its endpoints."""

from collections.abc import Iterator
from typing import Final

from operations.aws.cluster import USABLE_STATUSES, has_failed, remedy
from operations.aws.errors import explained
from operations.checks.check import Check, Subject, failed, passed, unknown
from operations.errors import ErrorKind, OperationsError


def credentials(subject: Subject) -> Iterator[Check]:
    """Check that there are credentials, of the account in which the cluster is."""
    try:
        identity = subject.client("sts").get_caller_identity()
    except Exception as error:
        known = explained(error)
        if known is None or known.kind is not ErrorKind.NO_ACCESS:
            raise
        yield failed("credentials", str(known), f"{subject.target.command('check')} again afterwards")
        return
    who = identity["Arn"]
    if identity["Account"] == subject.target.account_id:
        yield passed("credentials", who)
    else:
        yield failed(
            "credentials",
            f"{who} is of another account than the cluster's, {subject.target.account_id}",
            "set AWS_PROFILE to a profile of that account",
        )


def cluster(subject: Subject) -> Iterator[Check]:
    """Check that the cluster is there and usable."""
    try:
        found = subject.cluster
    except OperationsError as error:
        subject.cluster_is_missing = True
        yield failed("cluster", str(error), "or give another environment")
        return
    capacity = ""
    if found.minimum_acu is not None:
        capacity = f", {found.minimum_acu:g} to {found.maximum_acu:g} ACU"
    platform = f", platform version {found.platform_version}" if found.platform_version else ""
    detail = f"{found.identifier} is {found.status}{capacity}{platform}"
    if found.status in USABLE_STATUSES:
        yield passed("cluster", detail)
    elif has_failed(found.status):
        yield failed("cluster", detail, remedy(found.status, found.identifier, subject.target.command("status")))
    else:
        yield failed("cluster", detail, subject.target.command("wait"))


def instances(subject: Subject) -> Iterator[Check]:
    """Check that there is a writer, and that every instance is usable and private."""
    found = subject.cluster
    if not found.instances:
        yield failed("instances", "the cluster has none", "deploy again: the last deploy did not finish")
        return
    states = ", ".join(
        f"{instance.identifier} ({'writer' if instance.is_writer else 'reader'}) {instance.status or 'not there'}"
        for instance in found.instances
    )
    bad = [instance for instance in found.instances if instance.status not in USABLE_STATUSES]
    public = [instance.identifier for instance in found.instances if instance.is_public]
    if bad:
        fix = remedy(bad[0].status, found.identifier, subject.target.command("status"))
        yield failed("instances", states, fix if has_failed(bad[0].status) else subject.target.command("wait"))
    elif found.writer is None:
        yield failed("instances", f"{states}; none is the writer", subject.target.command("wait"))
    elif public:
        yield failed("instances", f"with a public address: {', '.join(public)}", "set publicly_accessible = false")
    else:
        yield passed("instances", states)


def endpoint(subject: Subject) -> Iterator[Check]:
    """Check the Data API's switch, and that the endpoint is the one that was put out."""
    found, target = subject.cluster, subject.target
    if found.data_api_enabled:
        yield passed("Data API", "on")
    elif target.data_api_enabled:
        yield failed("Data API", "off", "set access.data_api = true in the environment's file, and deploy")
    else:
        yield passed("Data API", "off, as its environment says")
    if target.endpoint is None:
        yield unknown("endpoint", f"{found.endpoint}, and no output to compare it with")
    elif target.endpoint == found.endpoint:
        yield passed("endpoint", target.endpoint)
    else:
        yield failed(
            "endpoint",
            f"the cluster's is {found.endpoint}, the deployment's output is {target.endpoint}",
            f"deploy again, then write .env again: {target.command('env')} --output .env",
        )


NEW_CLUSTER: Final = "another key needs a new cluster: docs/upgrading.md has the way through a snapshot"


def encryption(subject: Subject) -> Iterator[Check]:
    """Check that the storage is under a KMS key where the file asks for one, and nowhere else."""
    found, environment = subject.cluster.encryption, subject.target.environment
    if found.type is None:
        yield unknown("encryption", f"{found}", "ask again with botocore 1.44 or newer")
        return
    if environment is not None and environment.encryption.has_kms_key is not found.has_kms_key:
        file, key = f"environments/{environment.name}.toml", environment.encryption.written_key
        word = "the key that it has" if found.has_kms_key else 'key = "aws-owned"'
        yield failed(
            "encryption",
            f"{found}, but {file} says {key}: AWS cannot change the key of a cluster",
            f"write {word} under [encryption]; {NEW_CLUSTER}",
        )
        return
    yield passed("encryption", f"{found}", NEW_CLUSTER if found.is_missing else None)
