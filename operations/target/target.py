"""What a command works on: one cluster, its secret, its database, and the AWS on which they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aurora_serverless.rules.arns import CLUSTER, SECRET, find_arn
from aurora_serverless.rules.regions import is_missing
from operations.aws.session import AwsSession
from operations.errors import failed, wrong_input

if TYPE_CHECKING:
    from stacks.environment import Environment


@dataclass(frozen=True)
class Target:
    """One database. What nobody told is None; `environment` is None where only ARNs were given."""

    session: AwsSession
    cluster_arn: str
    secret_arn: str | None = None
    database: str | None = None
    endpoint: str | None = None
    lambda_role_arn: str | None = None
    proxy_endpoint: str | None = None
    reader_endpoint: str | None = None
    port: int | None = None
    url: str | None = None
    """Address for programs that speak to PostgreSQL, of a database of `local up`."""
    user_secret_arns: Mapping[str, str] = field(default_factory=dict)
    application_user: str | None = None
    bastion_instance_id: str | None = None
    data_api_enabled: bool = True
    environment: "Environment | None" = None

    @property
    def cluster_identifier(self) -> str:
        """Identifier of the cluster."""
        return self.cluster_arn.rpartition(":")[2]

    @property
    def application_secret_arn(self) -> str | None:
        """ARN of the secret that applications use; None where nobody told it, or they log in with IAM tokens."""
        if self.application_user is None:
            return self.secret_arn
        return self.user_secret_arns.get(self.application_user)

    @property
    def account_id(self) -> str:
        """Account of the cluster."""
        return parse_cluster_arn(self.cluster_arn).account_id

    @property
    def name(self) -> str:
        """What people call it: its environment, or its cluster."""
        return self.environment.name if self.environment is not None else self.cluster_identifier

    def command(self, name: str) -> str:
        """Return the command line of another command on the same database."""
        where = f"--cluster-arn {self.cluster_arn}" if self.environment is None else self.environment.name
        return f"./aurora-serverless {name} {where}{'' if self.session.local is None else ' --local'}"

    def required_secret_arn(self) -> str:
        """Return the secret's ARN. Raises OperationsError (WRONG_INPUT) where nobody told it."""
        if self.secret_arn is None:
            raise wrong_input("SQL needs a secret: give --secret-arn too")
        return self.secret_arn

    def check_data_api(self) -> None:
        """Raise OperationsError (FAILED) where AWS offers no Data API: its name there is unknown to DNS."""
        if is_missing("data_api", self.session.region):
            region = self.session.region
            raise failed(f"AWS does not offer the Data API in {region}: run SQL with psql, from inside the VPC")

    def required_database(self) -> str:
        """Return the database's name. Raises OperationsError (WRONG_INPUT) where nobody told it."""
        if self.database is None:
            raise wrong_input("SQL needs a database: give --database too")
        return self.database


@dataclass(frozen=True)
class ClusterArn:
    """The parts of a cluster's ARN."""

    region: str
    account_id: str
    identifier: str


def parse_cluster_arn(arn: str) -> ClusterArn:
    """Return the parts of a cluster's ARN. Raises OperationsError (WRONG_INPUT)."""
    found = find_arn(arn, CLUSTER)
    if found is None:
        raise wrong_input(f"{arn} is not a cluster's ARN: it looks like {CLUSTER.example}")
    return ClusterArn(found.region, found.account, found.resource.removeprefix("cluster:"))


def check_secret_arn(arn: str) -> None:
    """Raise OperationsError (WRONG_INPUT) unless it is a secret's ARN."""
    if find_arn(arn, SECRET) is None:
        raise wrong_input(f"{arn} is not a secret's ARN: it looks like {SECRET.example}")
