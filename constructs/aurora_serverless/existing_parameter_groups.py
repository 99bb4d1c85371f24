"""Parameter groups that are there already, looked up and checked before anything uses them."""

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_db_parameter_group import DataAwsDbParameterGroup
from cdktf_cdktf_provider_aws.data_aws_rds_cluster_parameter_group import DataAwsRdsClusterParameterGroup
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.parameter_groups import check_group_name, parameter_group_family
from aurora_serverless.rules.tokens import check_unless_token


class ExistingClusterParameterGroup(AddressedConstruct):
    """A cluster parameter group that others made. Attributes: `group` (the data source), `name`."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, major_version: int, fixed_addresses: bool | None = None
    ) -> None:
        """Look it up: Terraform refuses a group of another family than that of the major version.

        Raises `RuleViolation` for what can be the name of no group, and for an unknown version.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_unless_token(check_group_name, name, argument="name")
        lifecycle = _is_of_family(major_version)
        self.group = self._addressed(
            DataAwsRdsClusterParameterGroup(self, "group", name=name, lifecycle=lifecycle), "existing"
        )
        self.name: str = self.group.name


class ExistingInstanceParameterGroup(AddressedConstruct):
    """A parameter group for instances that others made. Attributes: `group` (the data source), `name`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        major_version: int,
        instance: int | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Look it up, as that of a cluster; `instance` is the number of the instance that alone has it.

        Raises `RuleViolation` for what can be the name of no group, and for an unknown version.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_unless_token(check_group_name, name, argument="name")
        lifecycle = _is_of_family(major_version)
        self.group = self._addressed(
            DataAwsDbParameterGroup(self, "group", name=name, lifecycle=lifecycle),
            "existing" if instance is None else f"existing_{instance}",
        )
        self.name: str = self.group.name


def _is_of_family(major_version: int) -> TerraformResourceLifecycle:
    family = parameter_group_family(major_version)
    return TerraformResourceLifecycle(
        postcondition=[
            Postcondition(
                condition=f'${{self.family == "{family}"}}',
                error_message=f"The parameter group ${{self.name}} is of the family ${{self.family}}, and the engine "
                f"version needs one of {family}: name such a group.",
            )
        ]
    )
