"""Production and high-scale hold every rule of `production_rules`, and each rule tells the one that does not."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.stacks import production_rules
from tests.stacks.production_rules import RULES, Rule
from tests.terraform_json import TerraformJson

ENVIRONMENTS = ("production", "high-scale")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_holds(name: str, rule: Rule, synthesized: dict[str, TerraformJson]) -> None:
    assert list(rule(synthesized[name])) == []


Change = Callable[[dict[str, Any]], object]


def of(type_: str, change: Change, name: str = "aurora") -> Change:
    """Change a resource."""
    return lambda document: change(document["resource"][type_][name])


def cluster(**arguments: Any) -> Change:
    return of("aws_rds_cluster", lambda block: block.update(arguments))


def older_engine_without_parameters(document: dict[str, Any]) -> None:
    cluster(engine_version="16.8")(document)
    of("aws_rds_cluster_parameter_group", lambda block: block["parameter"].clear())(document)


def ingress(**arguments: Any) -> Change:
    """Put an ingress rule into the security group."""
    port = {"from_port": 5432, "to_port": 5432}
    return of("aws_security_group", lambda block: block.update(ingress=[{**port, **arguments}]))


def statement(type_: str, name: str, argument: str, change: Change) -> Change:
    """Change the first statement of a policy."""

    def changed(block: dict[str, Any]) -> None:
        policy = json.loads(block[argument])
        change(policy["Statement"][0])
        block[argument] = json.dumps(policy)

    return of(type_, changed, name)


def own_rule(**arguments: Any) -> Change:
    """Add an ingress rule that is a resource."""
    return lambda document: document["resource"].update(aws_vpc_security_group_ingress_rule={"one": arguments})


def role_policy(**changed: Any) -> Change:
    return statement("aws_iam_role_policy", "lambda_aurora_policy", "policy", lambda found: found.update(changed))


def key_policy(**changed: Any) -> Change:
    return statement("aws_kms_key", "aurora", "policy", lambda found: found.update(changed))


WEAKENED: list[tuple[str, Change, str]] = [
    ("keeps_a_final_snapshot", cluster(skip_final_snapshot=True), "no final snapshot"),
    ("keeps_a_final_snapshot", cluster(final_snapshot_identifier="final"), "not a new one each time"),
    ("keeps_backups", cluster(backup_retention_period=6), "kept for 6 days"),
    ("keeps_backups", of("aws_rds_cluster", lambda block: block.pop("backup_retention_period")), "kept for 1 days"),
    ("forces_tls", older_engine_without_parameters, "rds.force_ssl is off"),
    (
        "forces_tls",
        of(
            "aws_rds_cluster_parameter_group",
            lambda block: block["parameter"].append({"name": "rds.force_ssl", "value": "0"}),
        ),
        "rds.force_ssl is off",
    ),
    ("never_pauses", lambda document: document["variable"]["min_capacity"].update(default=0), "scales from 0"),
    ("has_a_reader", lambda document: document["resource"]["aws_rds_cluster_instance"].clear(), "fail over"),
    (
        "is_not_public",
        of("aws_rds_cluster_instance", lambda block: block.update(publicly_accessible=True)),
        "publicly accessible",
    ),
    ("is_not_public", ingress(cidr_blocks=["10.0.0.0/8", "0.0.0.0/0"]), "lets in 0.0.0.0/0"),
    ("is_not_public", ingress(ipv6_cidr_blocks=["::/0"]), "lets in ::/0"),
    ("is_not_public", own_rule(cidr_ipv4="0.0.0.0/0"), "lets in 0.0.0.0/0"),
    ("opens_the_port_of_the_database_only", cluster(port=5433), "opens 5432 to 5432"),
    ("opens_the_port_of_the_database_only", ingress(from_port=0), "opens 0 to 5432"),
    ("opens_the_port_of_the_database_only", own_rule(cidr_ipv4="10.0.0.0/8", ip_protocol="-1"), "opens 0 to 65535"),
    ("allows_named_actions_only", role_policy(Action="*"), ": *"),
    ("allows_named_actions_only", role_policy(Action=["rds-data:*"]), "rds-data:*"),
    ("allows_named_actions_only", role_policy(Resource="*"), "every resource"),
    ("allows_named_actions_only", key_policy(Action="kms:*"), "kms:*"),
    ("allows_named_actions_only", key_policy(Principal="*"), "everybody"),
    ("allows_named_actions_only", key_policy(Principal={"AWS": "*"}), "everybody"),
    (
        "trusts_services_for_this_account_only",
        statement("aws_iam_role", "rds_monitoring", "assume_role_policy", lambda found: found.pop("Condition")),
        "aws_iam_role.rds_monitoring: monitoring.rds.amazonaws.com on anybody's behalf",
    ),
    (
        "trusts_services_for_this_account_only",
        key_policy(Principal={"Service": "s3.amazonaws.com"}),
        "aws_kms_key.aurora: s3.amazonaws.com on anybody's behalf",
    ),
    (
        "trusts_services_for_this_account_only",
        statement(
            "aws_iam_role",
            "rds_monitoring",
            "assume_role_policy",
            lambda found: found.update(Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        ),
        "monitoring.rds.amazonaws.com on anybody's behalf",
    ),
    (
        "trusts_services_for_this_account_only",
        key_policy(Principal={"Service": "rds.amazonaws.com"}),
        "aws_kms_key.aurora: rds.amazonaws.com on anybody's behalf",
    ),
    *(
        (
            "uses_keys_through_services_of_its_region_only",
            role_policy(Action=["kms:Decrypt"], Condition=condition),
            "aws_iam_role_policy.lambda_aurora_policy: kms:Decrypt other than through a service",
        )
        for condition in (
            {},
            {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}},
            {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}},
        )
    ),
    (
        "uses_keys_through_services_of_its_region_only",
        key_policy(Action=["kms:Describe*", "kms:GenerateDataKeyPair", "kms:CreateGrant"]),
        "aws_kms_key.aurora: kms:GenerateDataKeyPair, kms:CreateGrant other than",
    ),
    (
        "keeps_the_log",
        of("aws_cloudwatch_log_group", lambda block: block.update(retention_in_days=90), "postgresql"),
        "kept for 90 days",
    ),
    ("keeps_the_log", cluster(enabled_cloudwatch_logs_exports=[]), "exports no log"),
    ("keeps_the_log", cluster(depends_on=[]), "a log group of its own"),
]


@pytest.mark.parametrize(
    ("rule", "weaken", "problem"), WEAKENED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_weakness_is_told(rule: str, weaken: Change, problem: str, synthesized: dict[str, TerraformJson]) -> None:
    document = copy.deepcopy(synthesized["production"])
    weaken(document)
    problems = list(getattr(production_rules, rule)(document))
    assert len(problems) == 1
    assert problem in problems[0]


def test_every_rule_was_broken_once() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, _, _ in WEAKENED}
