"""What production must hold that checkov does not look at: each rule says what breaks it, with the address.

checkov reads no policy that is JSON in a string, knows no default of AWS or Terraform, and has no opinion on capacity.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from aurora_serverless.facts.engine_parameters import parameter_in
from aurora_serverless.rules.service_roles import DETECT_SENTIMENT_ACTIONS
from tests.terraform_json import TerraformJson, blocks

FEWEST_BACKUP_DAYS: Final = 7
FEWEST_LOG_DAYS: Final = 365
POSTGRESQL_PORT: Final = 5432
FORCE_SSL: Final = "rds.force_ssl"

# What takes on a role without saying for which account, so that a condition would lock it out: Lambda's documentation
# knows none, and RDS Proxy "doesn't support any global condition context keys" (Amazon Aurora User Guide, "Quotas and
# limitations for RDS Proxy"); EC2's ("IAM roles for Amazon EC2") has none either. Who may give the role to a function,
# a proxy or an instance is a matter of iam:PassRole.
# AWS Backup's own role (AWSBackupDefaultServiceRole) has none either.
ASSUME_WITHOUT_SOURCE: Final = {
    "backup.amazonaws.com",
    "ec2.amazonaws.com",
    "lambda.amazonaws.com",
    "rds.amazonaws.com",
}
WITHOUT_RESOURCE: Final = [*DETECT_SENTIMENT_ACTIONS]
"""Actions for which AWS knows no resource."""
SOURCE_KEYS: Final = ("aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn")
"""Conditions that say for which account, or which of its resources, a service acts."""
ACCOUNTS: Final = ("${data.aws_caller_identity.current.account_id}", "${aws_sns_topic.alarms.owner}")
USES_A_KEY: Final = re.compile(r"(kms:)?(\*|(Encrypt|Decrypt|ReEncrypt|GenerateDataKey|CreateGrant).*)", re.IGNORECASE)

Rule = Callable[[TerraformJson], Iterator[str]]


def keeps_a_final_snapshot(document: TerraformJson) -> Iterator[str]:
    """A cluster leaves a snapshot, under a name that is new each time."""
    for address, cluster in _of_type(document, "aws_rds_cluster"):
        # Left out, skip_final_snapshot is false, but the deletion then fails for want of a name.
        if cluster.get("skip_final_snapshot", False) is not False:
            yield f"{address}: no final snapshot"
        if "${random_id." not in (cluster.get("final_snapshot_identifier") or ""):
            yield f"{address}: the name of the final snapshot is not a new one each time"


def keeps_backups(document: TerraformJson) -> Iterator[str]:
    """Automated backups are kept for a week at least."""
    for address, cluster in _of_type(document, "aws_rds_cluster"):
        days = cluster.get("backup_retention_period", 1)
        if days < FEWEST_BACKUP_DAYS:
            yield f"{address}: backups are kept for {days} days"


def forces_tls(document: TerraformJson) -> Iterator[str]:
    """The server refuses a connection without TLS: by the parameter, or by AWS's default from 17 on."""
    groups = dict(_of_type(document, "aws_rds_cluster_parameter_group"))
    for address, cluster in _of_type(document, "aws_rds_cluster"):
        named = cluster.get("db_cluster_parameter_group_name") or ""
        group = groups.get(named.strip("${}").removesuffix(".name"), {})
        given = {parameter["name"]: parameter["value"] for parameter in group.get("parameter", [])}
        parameter = parameter_in(FORCE_SSL, int(cluster["engine_version"].partition(".")[0]))
        if given.get(FORCE_SSL, parameter.default if parameter else "0") != "1":
            yield f"{address}: {FORCE_SSL} is off"


def never_pauses(document: TerraformJson) -> Iterator[str]:
    """The capacity has a floor above 0, and room above the floor."""
    minimum, maximum = (document["variable"][f"{end}_capacity"]["default"] for end in ("min", "max"))
    if not 0 < minimum < maximum:
        yield f"variable.min_capacity: scales from {minimum} to {maximum} ACU"


def has_a_reader(document: TerraformJson) -> Iterator[str]:
    """A second instance takes over when the writer fails."""
    if len(list(_of_type(document, "aws_rds_cluster_instance"))) < 2:
        yield "aws_rds_cluster_instance: there is no instance to fail over to"


def is_not_public(document: TerraformJson) -> Iterator[str]:
    """No instance has an address on the internet, and no rule lets the internet in."""
    for address, instance in _of_type(document, "aws_rds_cluster_instance"):
        if instance.get("publicly_accessible", False) is not False:
            yield f"{address}: publicly accessible"
    for address, _, sources in _ingress(document):
        yield from (f"{address}: lets in {source}" for source in sources if source in {"0.0.0.0/0", "::/0"})


def opens_the_port_of_the_database_only(document: TerraformJson) -> Iterator[str]:
    """Whoever is let in is let in on one port: the cluster's."""
    ports = {cluster.get("port", POSTGRESQL_PORT) for _, cluster in _of_type(document, "aws_rds_cluster")}
    for address, opened, _ in _ingress(document):
        if set(opened) != ports:
            yield f"{address}: opens {opened[0]} to {opened[1]}"


def allows_named_actions_only(document: TerraformJson) -> Iterator[str]:
    """No identity policy has a wildcard in an action or is for all resources; no other policy is for everybody."""
    for address, statement in _statements(document):
        of_role = address.startswith("aws_iam_")
        for action in _listed(statement["Action"]):
            # What a key's policy allows is on that key only: there kms:Describe* will do.
            if "*" in action if of_role else action.rpartition(":")[2] == "*":
                yield f"{address}: {action}"
        if of_role and "*" in _listed(statement.get("Resource")) and statement["Action"] != WITHOUT_RESOURCE:
            yield f"{address}: every resource"
        if "*" in [*_listed(statement.get("Principal")), *_listed(_principals(statement).get("AWS"))]:
            yield f"{address}: everybody"


def trusts_services_for_this_account_only(document: TerraformJson) -> Iterator[str]:
    """A service that takes a role on, or that a key or topic lets in, does so for this account's sake only."""
    for address, statement in _statements(document):
        services = set(_listed(_principals(statement).get("Service")))
        if address.startswith("aws_iam_role."):
            services -= ASSUME_WITHOUT_SOURCE
        if services and not _is_for_this_account(statement):
            yield f"{address}: {', '.join(sorted(services))} on anybody's behalf"


def uses_keys_through_services_of_its_region_only(document: TerraformJson) -> Iterator[str]:
    """Whoever uses a key of KMS, by a role's policy or the key's own, does so through a service, and never directly."""
    for address, statement in _statements(document):
        actions = [action for action in _listed(statement["Action"]) if USES_A_KEY.fullmatch(action)]
        if not actions or "Service" in _principals(statement):
            continue
        services = _listed(statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService"))
        # A key of a bucket may be in another Region than the stack, and is used through that Region's S3.
        named = {arn.split(":")[3] for arn in _listed(statement.get("Resource")) if arn.startswith("arn:")}
        regions = {"${var.aws_region}"} if len(named) != 1 else {"${var.aws_region}", *named}
        if not services or not any(
            all(name.removesuffix(".cn").endswith(f".{region}.amazonaws.com") for name in services)
            for region in regions
        ):
            yield f"{address}: {', '.join(actions)} other than through a service of the Region"


def keeps_the_log(document: TerraformJson) -> Iterator[str]:
    """The log goes to a group that keeps it for a year and is there before the cluster exports to it."""
    groups = dict(_of_type(document, "aws_cloudwatch_log_group"))
    for address, group in groups.items():
        if group.get("retention_in_days", 0) < FEWEST_LOG_DAYS:
            yield f"{address}: kept for {group.get('retention_in_days', 0)} days"
    for address, cluster in _of_type(document, "aws_rds_cluster"):
        if "postgresql" not in cluster.get("enabled_cloudwatch_logs_exports", []):
            yield f"{address}: exports no log"
        elif not groups.keys() & set(cluster.get("depends_on", [])):
            yield f"{address}: RDS makes a log group of its own, which never expires"


RULES: Final[tuple[Rule, ...]] = (
    keeps_a_final_snapshot,
    keeps_backups,
    forces_tls,
    never_pauses,
    has_a_reader,
    is_not_public,
    opens_the_port_of_the_database_only,
    allows_named_actions_only,
    trusts_services_for_this_account_only,
    uses_keys_through_services_of_its_region_only,
    keeps_the_log,
)
POLICY_RULES: Final[tuple[Rule, ...]] = (
    trusts_services_for_this_account_only,
    uses_keys_through_services_of_its_region_only,
)
"""Those that hold for every environment, whatever its file says."""


def _of_type(document: TerraformJson, type_: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((address, block) for address, block in blocks(document).items() if address.startswith(f"{type_}."))


def _ingress(document: TerraformJson) -> Iterator[tuple[str, tuple[int, int], list[str]]]:
    """Yield the address, the ports and the sources of each rule, in a group or a resource of its own."""
    for address, group in _of_type(document, "aws_security_group"):
        for rule in group.get("ingress", []):
            sources = (rule.get("cidr_blocks") or []) + (rule.get("ipv6_cidr_blocks") or [])
            yield address, (rule["from_port"], rule["to_port"]), sources
    for address, rule in _of_type(document, "aws_vpc_security_group_ingress_rule"):
        sources = [rule[argument] for argument in ("cidr_ipv4", "cidr_ipv6") if rule.get(argument)]
        yield address, (rule.get("from_port", 0), rule.get("to_port", 65535)), sources


def _statements(document: TerraformJson) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the address and each statement of each policy: of roles, of keys, of topics, and of who takes a role on."""
    for address, block in blocks(document).items():
        for argument in ("policy", "assume_role_policy"):
            if argument in block and not address.startswith("data."):
                yield from ((address, statement) for statement in json.loads(block[argument])["Statement"])


def _is_for_this_account(statement: dict[str, Any]) -> bool:
    """Whether a condition names this account, or what belongs to it."""
    tests = [test for tests in statement.get("Condition", {}).values() for test in tests.items()]
    return any(
        key in SOURCE_KEYS and all(any(account in value for account in ACCOUNTS) for value in _listed(values))
        for key, values in tests
    )


def _principals(statement: dict[str, Any]) -> dict[str, Any]:
    principal = statement.get("Principal", {})
    return principal if isinstance(principal, dict) else {}


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, list) else []
