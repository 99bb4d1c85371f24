"""A custom endpoint of a cluster, which leads to some of its instances."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.rds_cluster_endpoint import RdsClusterEndpoint
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.custom_endpoints import EndpointType, check_members
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.tokens import check_unless_token


class CustomEndpoint(AddressedConstruct):
    """An endpoint that spreads its connections over the instances behind it.

    Attributes: `resource` (the resource).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identifier: str,
        cluster_identifier: str,
        type_: EndpointType = "READER",
        static_members: Sequence[str] = (),
        excluded_members: Sequence[str] = (),
        short_name: str = "endpoint",
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the endpoint.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            identifier: Identifier of the endpoint, the beginning of its address; a new one means a new endpoint.
            cluster_identifier: Identifier of the cluster, or better its `id`, which is not known while it is replaced.
            type_: `READER` leads to the readers among its instances, `ANY` to the writer too.
            static_members: Identifiers of its instances, best as attributes of the resources; all by default.
            excluded_members: Identifiers of those that are not, instead of `static_members`.
            short_name: The end of its address where addresses are fixed.
            tags: Its tags; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse the identifier, or both lists name instances.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_identifier, identifier, argument="identifier")
        check_members(static_members, excluded_members)
        self.resource = self._addressed(
            RdsClusterEndpoint(
                self,
                "endpoint",
                cluster_endpoint_identifier=identifier,
                cluster_identifier=cluster_identifier,
                custom_endpoint_type=type_,
                static_members=list(static_members) or None,
                excluded_members=list(excluded_members) or None,
                tags=self._tags,
            ),
            f"aurora_{short_name.replace('-', '_')}",
        )

    @property
    def endpoint(self) -> str:
        """DNS name of the endpoint."""
        return self.resource.endpoint
