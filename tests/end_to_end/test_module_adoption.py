"""A running deployment of the module rds-aurora is imported into the stack that `aurora-serverless adopt` describes."""

from pathlib import Path

import pytest

from cli.main import main
from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.rds_aurora_module import write_configuration
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("adoption")

# What an import does not read from AWS, so that the plan shows it: nothing of the database changes with it.
WITHOUT_EFFECT = {
    "apply_immediately",
    "enable_global_write_forwarding",
    "enable_local_write_forwarding",
    "final_snapshot_identifier",
    "manage_master_user_password",
    "skip_final_snapshot",
}


def test_a_database_of_the_module_is_imported_and_nothing_of_it_is_replaced(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_configuration(tmp_path / "by-module")
    before = Terraform(tmp_path / "by-module", aws, providers)
    before.init()
    before.apply()
    environments, blocks = tmp_path / "environments", tmp_path / "adopt.tf"
    environments.mkdir()
    state = str(tmp_path / "by-module" / "terraform.tfstate")
    assert main(["adopt", "live", state, "--blocks", str(blocks), "--project", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""

    after = terraform_for("live", aws, providers, tmp_path, environments=environments)
    blocks.rename(after.folder / "adopt.tf")
    after.init()
    plan = after.plan()
    assert {address: actions for address, actions in plan.actions.items() if actions != ["create"]} == {
        "aws_db_subnet_group.aurora": ["update"],
        "aws_rds_cluster.aurora": ["update"],
    }, plan.text
    assert plan.changed_arguments("aws_db_subnet_group.aurora") == {"description"}
    insights = {"performance_insights_enabled", "performance_insights_retention_period"}
    assert plan.changed_arguments("aws_rds_cluster.aurora") - WITHOUT_EFFECT == insights, plan.text
    after.apply()
    assert after.plan().actions == {}
