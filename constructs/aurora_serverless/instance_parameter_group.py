"""The parameter group of one instance, which has parameters that the others have not."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.parameter_groups import (
    apply_method,
    check_instance_parameters,
    check_name_prefix,
    parameter_group_family,
)


class InstanceParameterGroup(AddressedConstruct):
    """A parameter group for `InstanceSettings.parameter_group_name`.

    Attributes: `group` (the resource).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name_prefix: str,
        instance: int,
        major_version: int,
        parameters: Mapping[str, str],
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the group.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            name_prefix: What its name begins with, before a hyphen; a new one means a new group.
            instance: Number of the instance, 0 of the first one.
            major_version: Major version of Aurora PostgreSQL, such as 17; a new one means a new group.
            parameters: Its parameters, by name: an instance has no other group, so those that all have are among them.
            tags: Tags of the group; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse the name or a parameter.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_name_prefix(name_prefix)
        check_instance_parameters(parameters, major_version=major_version)
        self.group = self._addressed(
            instance_group(
                self,
                "group",
                name_prefix=name_prefix,
                whose=f"instance {instance} of {name_prefix}",
                major_version=major_version,
                parameters=parameters,
                tags=self._tags,
            ),
            f"aurora_{instance}",
        )

    @property
    def name(self) -> str:
        """Name of the group."""
        return self.group.name


def instance_group(
    scope: Construct,
    id_: str,
    *,
    name_prefix: str,
    whose: str,
    major_version: int,
    parameters: Mapping[str, str],
    tags: Mapping[str, str] | None,
) -> DbParameterGroup:
    """Return a parameter group of instances, which are told by `whose`, and whose family follows the major version."""
    return DbParameterGroup(
        scope,
        id_,
        name_prefix=f"{name_prefix}-",
        family=parameter_group_family(major_version),
        description=f"Parameters of {whose}",
        parameter=[
            DbParameterGroupParameter(name=name, value=value, apply_method=apply_method(name, value, major_version))
            for name, value in sorted(parameters.items())
        ],
        tags=tags,
        lifecycle=removed_last(),
    )
