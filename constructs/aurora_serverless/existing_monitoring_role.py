"""A role for enhanced monitoring that is there already, looked up and checked."""

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.monitoring_role import MONITORING_SERVICE
from aurora_serverless.rules.insights import check_monitoring_role_arn


class ExistingMonitoringRole(AddressedConstruct):
    """A role for `monitoring_role_arn` that others made. Attributes: `role` (the data source)."""

    def __init__(self, scope: Construct, id_: str, *, role_arn: str, fixed_addresses: bool | None = None) -> None:
        """Look it up: Terraform refuses one that RDS may not assume, or that another ARN belongs to.

        Raises `RuleViolation` for what is not the ARN of a role.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_monitoring_role_arn(role_arn)
        self.role = self._addressed(
            DataAwsIamRole(
                self,
                "role",
                name=role_arn.rpartition("/")[2],
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition=f'${{self.arn == "{role_arn}"}}',
                            error_message=f"The role of that name is ${{self.arn}}, and not {role_arn}: name that one.",
                        ),
                        Postcondition(
                            condition=f'${{strcontains(self.assume_role_policy, "{MONITORING_SERVICE}")}}',
                            error_message=f"RDS may not assume the role ${{self.arn}}: its trust policy must name "
                            f"{MONITORING_SERVICE}.",
                        ),
                    ]
                ),
            ),
            "rds_monitoring",
        )

    @property
    def arn(self) -> str:
        """ARN of the role, for `monitoring_role_arn`."""
        return self.role.arn
