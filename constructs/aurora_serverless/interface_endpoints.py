"""Interface endpoints: the Data API, Secrets Manager and Systems Manager, reached from a VPC without the internet."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.data_aws_vpc_endpoint_service import DataAwsVpcEndpointService
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.ingress_rules import IngressRules
from aurora_serverless.lifecycles import security_group_lifecycle
from aurora_serverless.rules.database_policy import policy
from aurora_serverless.rules.names import check_security_group_description, check_security_group_name
from aurora_serverless.rules.network import DATA_API, SESSION_SERVICES, EndpointService, check_services
from aurora_serverless.rules.regions import check_offered
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.sources import Source, allowed_sources
from aurora_serverless.subnet_zones import SubnetZones

HTTPS_PORT: Final = 443


class InterfaceEndpoints(AddressedConstruct):
    """Endpoints for services that functions in a VPC need, with a security group of their own.

    With its private DNS an endpoint takes over the service's name in the whole VPC, for whatever runs there. So the
    VPC's range is always let in, and the policy lets through this account's identities to this account's resources
    (those of Systems Manager to AWS's too), not only those of one database: what each may do, IAM says as before. A VPC
    has one such endpoint a service; a second deployment in the VPC uses the first one's.

    Attributes: `security_group`, `services` (data sources), `endpoints` (the resources), both by service.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        services: Sequence[EndpointService],
        region: str,
        account_id: str,
        vpc: DataAwsVpc,
        subnet_zones: SubnetZones,
        security_group_name: str,
        security_group_description: str,
        allowed_cidr_blocks: Sequence[str] = (),
        allowed_security_group_ids: Sequence[str] | Mapping[str, str] = (),
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make an endpoint for each service, and their security group, which lets nothing out.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            services: `rds-data` (the Data API), `secretsmanager`, and those of Session Manager: `ssm`, `ssmmessages`
                and `ec2messages`.
            region: Region of the VPC, or a token.
            account_id: Account of the VPC, twelve digits or a token.
            vpc: The VPC, for example `DatabaseNetwork.vpc`. Its DNS support and DNS host names must be on.
            subnet_zones: Subnets of the VPC, for example `DatabaseNetwork.subnet_zones`. Each endpoint, whose hours are
                billed by zone, gets one in each zone that its service is offered in: AWS takes no second one.
            security_group_name: Name of the security group. A new name means a new group.
            security_group_description: Description of the security group; a new text means a new group.
            allowed_cidr_blocks: IPv4 ranges that reach the endpoints beside the VPC's own, none by default.
            allowed_security_group_ids: Groups whose members reach the endpoints beside the VPC's range, none by
                default. Ids that are tokens need names of their own: `{"functions": group.id}`.
            tags: Tags of the endpoints, the security group and its rules; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: No service is named or one twice, or the Region does not have it, AWS would refuse a name,
                or a source is everybody or a range of IPv6 addresses.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_services(services, argument="services")
        if DATA_API in services:
            check_offered("data_api", region, argument="services", value=DATA_API, remedy="leave it out")
        check_unless_token(check_security_group_name, security_group_name)
        check_unless_token(check_security_group_description, security_group_description)
        check_tags(self._tags or {})
        self.security_group = self._addressed(
            SecurityGroup(
                self,
                "security-group",
                name=security_group_name,
                description=security_group_description,
                vpc_id=vpc.id,
                tags=self._tags,
                lifecycle=security_group_lifecycle(),
            ),
            "interface_endpoints",
        )
        self.ingress_rules = IngressRules(
            self,
            "ingress",
            security_group_id=self.security_group.id,
            service="HTTPS",
            port=HTTPS_PORT,
            sources=[
                Source.vpc(vpc.cidr_block),
                *allowed_sources(allowed_cidr_blocks, allowed_security_group_ids),
            ],
        )
        self.services = {
            service: self._addressed(
                DataAwsVpcEndpointService(
                    self,
                    f"{service}-service",
                    # In China the same: only other services begin with cn.com.amazonaws there.
                    service_name=f"com.amazonaws.{region}.{service}",
                    service_type="Interface",
                ),
                _terraform_name(service),
            )
            for service in services
        }
        self.endpoints = {service: self._build_endpoint(service, vpc, subnet_zones, account_id) for service in services}

    def _build_endpoint(
        self,
        service: EndpointService,
        vpc: DataAwsVpc,
        subnet_zones: SubnetZones,
        account_id: str,
    ) -> VpcEndpoint:
        offered = self.services[service]
        zones = f"{offered.fqn}.availability_zones"
        return self._addressed(
            VpcEndpoint(
                self,
                service,
                vpc_id=vpc.id,
                service_name=offered.service_name,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=subnet_zones.one_in_each(zones),
                security_group_ids=[self.security_group.id],
                policy=_policy(service, account_id),
                tags=self._tags,
                lifecycle=TerraformResourceLifecycle(
                    precondition=[_resolves_names(vpc), subnet_zones.reach(zones, service=service)]
                ),
            ),
            _terraform_name(service),
        )


def _terraform_name(service: EndpointService) -> str:
    return service.replace("-", "_")


def _policy(service: EndpointService, account_id: str) -> str:
    """Return who may call what through the endpoint.

    Source: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies"; AWS's data perimeter
    guidance for the Data API and Secrets Manager: no exception for either condition key. Documents, parameters and
    patches of Systems Manager may be AWS's, and the channels of a session are no resources.
    """
    account = {"aws:PrincipalAccount": account_id}
    if service not in SESSION_SERVICES:
        account["aws:ResourceAccount"] = account_id
    statement = {
        "Sid": "ThisAccountOnly",
        "Effect": "Allow",
        "Principal": "*",
        "Action": f"{service}:*",
        "Resource": "*",
        "Condition": {"StringEquals": account},
    }
    return policy(statement)


def _resolves_names(vpc: DataAwsVpc) -> Precondition:
    # Source: AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint", prerequisites.
    return Precondition(
        condition=f"${{{vpc.fqn}.enable_dns_support && {vpc.fqn}.enable_dns_hostnames}}",
        error_message=f"The private DNS names of interface endpoints need both enableDnsSupport and enableDnsHostnames "
        f"of {vpc.id}: switch them on.",
    )
