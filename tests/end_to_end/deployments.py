"""Several deployments in one local AWS, each from a file that may change between two runs, for tests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.process import LocalAws
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Plan, Terraform
from tests.terraform_providers.finding import TerraformProviders


@dataclass(frozen=True)
class Deployments:
    """Deployments by the name of their file; the state of each is kept from run to run, in a folder of its own.

    With `called`, each keeps to the policy of its stack.
    """

    aws: LocalAws
    providers: TerraformProviders
    folder: Path
    called: CalledActions | None = None

    def terraform(self, name: str, text: str, *, region: str | None = None) -> Terraform:
        """Return Terraform, initialized, on the deployment that `text` describes; `region` is by default us-east-1."""
        folder = self.folder / name
        environments = folder / "environments"
        environments.mkdir(parents=True, exist_ok=True)
        (environments / f"{name}.toml").write_text(text)
        terraform = terraform_for(name, self.aws, self.providers, folder, environments=environments, called=self.called)
        if region is not None:
            terraform.variables["aws_region"] = region
        terraform.init()
        return terraform

    def plan(self, name: str, text: str, *, region: str | None = None) -> Plan:
        """Return the plan of the deployment that `text` describes."""
        return self.terraform(name, text, region=region).plan()

    def cluster(self, identifier: str, *, region: str | None = None) -> dict[str, Any]:
        """Return a cluster as RDS describes it."""
        rds = self.aws.client("rds", region=region)
        (found,) = rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
        cluster: dict[str, Any] = found
        return cluster
