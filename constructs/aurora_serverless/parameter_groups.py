"""The parameter groups of a cluster and of its instances, which survive a major upgrade."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.instance_parameter_group import instance_group
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.parameter_groups import (
    LogStatement,
    ParameterOptions,
    all_cluster_parameters,
    all_instance_parameters,
    apply_method,
    check_name_prefix,
    parameter_group_family,
)


class ParameterGroups(AddressedConstruct):
    """A cluster parameter group and, where instances have parameters of their own, one for them.

    Their names begin alike and end differently each time, and a new group is made before the old one goes: a group
    belongs to one major version, and a cluster on its way from one to the next needs both.

    Attributes: `cluster_group`, `instance_group` (the resources; None where they are not made).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name_prefix: str,
        major_version: int,
        cluster_parameters: Mapping[str, str] | None = None,
        instance_parameters: Mapping[str, str] | None = None,
        pgaudit: bool = False,
        log_statement: LogStatement | None = None,
        log_min_duration_milliseconds: int | None = None,
        makes_cluster_group: bool = True,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the group of the cluster, and that of its instances where it is needed.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            name_prefix: What the names of both groups begin with, before a hyphen; a new one means new groups.
            major_version: Major version of Aurora PostgreSQL, such as 17; a new one means new groups.
            cluster_parameters: Parameters of the cluster, by name; none but AWS's by default. A value of
                `shared_preload_libraries` takes the place of AWS's own, pg_stat_statements: name it there too.
            instance_parameters: Parameters of each instance, by name, which win over the cluster's; none by default.
            pgaudit: Whether the pgAudit extension is loaded and audits, by default changes of schema and of roles.
                Takes effect with a reboot, and needs `CREATE ROLE rds_pgaudit` and `CREATE EXTENSION pgaudit`.
            log_statement: Which statements are logged: `none`, `ddl`, `mod` or `all`; by default PostgreSQL's `none`.
            log_min_duration_milliseconds: Statements that take as long are logged; 0 logs all, -1 none; by default
                PostgreSQL's -1.
            makes_cluster_group: Whether the cluster gets a group here; one that has another makes that of the instances
                only.
            tags: Tags of both groups; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse the name or a parameter, or one is set twice.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_name_prefix(name_prefix)
        family = parameter_group_family(major_version)
        options = ParameterOptions(
            pgaudit=pgaudit,
            log_statement=log_statement,
            log_min_duration_milliseconds=log_min_duration_milliseconds,
        )
        given = cluster_parameters or {}
        for_cluster = all_cluster_parameters(given, major_version=major_version, options=options)
        for_instances = all_instance_parameters(
            instance_parameters or {}, major_version=major_version, cluster_parameters=given, options=options
        )
        self.cluster_group: RdsClusterParameterGroup | None = None
        if makes_cluster_group:
            self.cluster_group = self._build_cluster_group(name_prefix, family, for_cluster, major_version)
        self.instance_group: DbParameterGroup | None = None
        if instance_parameters is not None:
            self.instance_group = self._addressed(
                instance_group(
                    self,
                    "instance-group",
                    name_prefix=name_prefix,
                    whose=f"the instances of {name_prefix}",
                    major_version=major_version,
                    parameters=for_instances,
                    tags=self._tags,
                ),
                "aurora",
            )

    def _build_cluster_group(
        self, name_prefix: str, family: str, parameters: Mapping[str, str], major_version: int
    ) -> RdsClusterParameterGroup:
        return self._addressed(
            RdsClusterParameterGroup(
                self,
                "cluster-group",
                name_prefix=f"{name_prefix}-",
                family=family,
                description=f"Parameters of the cluster {name_prefix}",
                parameter=[
                    RdsClusterParameterGroupParameter(
                        name=name, value=value, apply_method=apply_method(name, value, major_version)
                    )
                    for name, value in parameters.items()
                ],
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            "aurora",
        )

    @property
    def cluster_parameter_group_name(self) -> str | None:
        """Name of the cluster's group; None where it has another."""
        return None if self.cluster_group is None else self.cluster_group.name

    @property
    def instance_parameter_group_name(self) -> str | None:
        """Name of the instances' group; None where they have no parameters of their own."""
        return None if self.instance_group is None else self.instance_group.name
