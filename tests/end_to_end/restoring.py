"""A running source and its snapshot, and the files of what is restored from them, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws import process
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.deployments import Deployments
from tests.terraform_providers.finding import TerraformProviders

CLUSTER = "aws_rds_cluster.aurora"
SOURCE = "source-aurora"
SNAPSHOT = "before-upgrade"

LEFT_OFF = {
    "snapshot": {
        "enable_http_endpoint",
        "iam_database_authentication_enabled",
        "database_insights_mode",
        "performance_insights_enabled",
        "performance_insights_kms_key_id",
        "performance_insights_retention_period",
    },
    "point-in-time": {"enable_http_endpoint"},
    "clone": {"enable_http_endpoint"},
}
"""What a second apply turns on, in each way to restore."""


_FILES = Path(__file__).parent / "recovery"


def text_of(name: str) -> str:
    """Return the environment file of the source, or of what is restored from it."""
    return (_FILES / f"{name}.toml").read_text()


def without_database(text: str) -> str:
    """Return a file of the same cluster without an initial database."""
    return text.replace('name = "orders"', 'name = "made-by-hand"\ninitial_database = false')


def without_restore(text: str) -> str:
    """Return a file without what it was restored from."""
    return text.partition("[restore]")[0]


@contextmanager
def running_source(text: str, providers: TerraformProviders, folder: Path) -> Iterator[Deployments]:
    """Give deployments in a local AWS of their own, beside the source that `text` describes and a snapshot of it."""
    called = CalledActions(folder / "requests.log")
    with process.start(log=called.log) as aws:
        made = Deployments(aws, providers, folder, called)
        made.terraform("source", text).apply()
        aws.client("rds").create_db_cluster_snapshot(DBClusterIdentifier=SOURCE, DBClusterSnapshotIdentifier=SNAPSHOT)
        yield made
