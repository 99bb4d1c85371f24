"""What is drawn of a stack: its parts in words, and an arrow for each way in."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from analysis.diagram.picture import Area, Arrow, Edge, Picture
from analysis.diagram.reading import picture_of
from analysis.synthesized.stack import SynthesizedStack
from tests.analysis.diagram.made_up import small

CLUSTER = "aws_rds_cluster.aurora"
GROUP = "aws_security_group.aurora"
ROLE = "aws_iam_role.lambda_aurora_role"
KEY = "aws_kms_key.aurora"
MANAGED = f"{CLUSTER}/master_user_secret"


@pytest.fixture(scope="module")
def pictures(stacks: Mapping[str, SynthesizedStack]) -> Mapping[str, Picture]:
    return {name: picture_of(stack) for name, stack in stacks.items()}


def arrows(picture: Picture, kind: Arrow | None = None) -> set[tuple[str, str, str]]:
    return {(e.source, e.target, e.label) for e in picture.edges if kind in (None, e.arrow)}


def within(picture: Picture, id_: str | None) -> list[Area]:
    """Return the kinds of groups that a group stands in, the outermost first."""
    found: list[Area] = []
    while id_ is not None:
        found.insert(0, picture.group[id_].area)
        id_ = picture.group[id_].parent
    return found


def test_dev_is_drawn_with_all_that_it_is(pictures: Mapping[str, Picture]) -> None:
    dev = pictures["dev"]
    assert dev.group["region"].title == "AWS Region us-east-1"
    assert dev.group[CLUSTER].title == "Aurora PostgreSQL 17.7 cluster alex-dev-aurora"
    assert dev.group[CLUSTER].lines == (
        "Serverless v2, 0 to 1 ACU, pauses after 5 min idle",
        "database alex",
        "Standard storage, AWS's default encryption",
        "backups of 7 days",
        "not protected against deletion",
    )
    assert dev.group[GROUP].lines == (
        "in: 5432/tcp from the VPC's addresses",
        "out: everything to anywhere (0.0.0.0/0)",
    )
    secret = "aws_secretsmanager_secret.db_credentials"
    assert dev.node[secret].title == "alex-dev-db-credentials-*"
    assert arrows(dev) == {
        ("data.aws_vpc.default/addresses", GROUP, "5432/tcp"),
        ("data-api", CLUSTER, ""),
        ("data-api", secret, "reads"),
        (ROLE, "data-api", "SQL"),
        (ROLE, secret, "GetSecretValue"),
    }


def test_boxes_stand_in_boxes_as_in_aws(pictures: Mapping[str, Picture]) -> None:
    for name in ("dev", "production", "access", "network"):
        assert within(pictures[name], CLUSTER) == [
            Area.REGION,
            Area.VPC,
            Area.SUBNETS,
            Area.SECURITY_GROUP,
            Area.CLUSTER,
        ]


def test_production_shows_instances_key_alarms_log_and_monitoring(pictures: Mapping[str, Picture]) -> None:
    production = pictures["production"]
    assert [(node.title, node.lines) for node in production.nodes_in(CLUSTER)] == [
        ("alex-production-aurora-0", ("writer, 2 to 8 ACU",)),
        ("alex-production-aurora-1", ("reader, 2 to 8 ACU", "promotion tier 1")),
    ]
    assert production.node[MANAGED].lines == ("RDS makes it and rotates it", "not in Terraform's state")
    assert production.node["alarms"].title == "7 alarms"
    assert "acu-utilization" in production.node["alarms"].lines
    assert arrows(production, Arrow.ENCRYPTION) == {
        (what, KEY, "") for what in (CLUSTER, MANAGED, "aws_cloudwatch_log_group.postgresql", "aws_sns_topic.alarms")
    }
    assert arrows(production, Arrow.USE) >= {
        (CLUSTER, "aws_cloudwatch_log_group.postgresql", "its log"),
        (CLUSTER, "alarms", "metrics"),
        (CLUSTER, "aws_iam_role.rds_monitoring", "monitoring"),
        ("alarms", "aws_sns_topic.alarms", "notify"),
    }
    assert (ROLE, KEY, "Decrypt") in arrows(production, Arrow.PERMISSION)


def test_a_key_says_through_which_services_it_is_used(pictures: Mapping[str, Picture]) -> None:
    assert pictures["access"].node[KEY].lines == ("AWS renews it each year", "used through logs, rds, secretsmanager")
    used = pictures["production"].node[KEY].lines[1]
    assert {"rds", "secretsmanager", "logs"} <= set(used.removeprefix("used through ").split(", "))


def test_what_has_no_place_in_a_line_is_a_space() -> None:
    picture = picture_of(small(aws_iam_role={"r": {"name": "one\x00two\nthree\u202efour"}}))
    assert picture.node["aws_iam_role.r"].title == "one two three four"


def test_readers_that_aws_adds_are_shown_as_not_there_yet(pictures: Mapping[str, Picture]) -> None:
    added = pictures["tuned"].node["aws_appautoscaling_target.readers"]
    assert (added.title, added.lines) == (
        "Up to 2 more readers",
        ("2 to 4 readers in all", "added at 60 % of capacity"),
    )
    assert added.is_elsewhere


def test_what_keeps_a_cluster_awake_is_said(pictures: Mapping[str, Picture]) -> None:
    facts = pictures["tuned"].group[CLUSTER].lines
    assert facts[0] == (
        "Serverless v2, 0 to 4 ACU, never pauses: "
        "rds.logical_replication is on; one of its instances is not Serverless v2"
    )


def test_roles_that_may_do_the_same_are_one_box(pictures: Mapping[str, Picture]) -> None:
    access = pictures["access"]
    [roles] = [node for node in access.nodes_in("roles") if node.title == "3 roles that may do the same"]
    assert roles.lines[:3] == (
        "access-monthly-reports-aurora-role",
        "access-worker-aurora-role",
        "access-lambda-aurora-role",
    )
    labels = sorted((target, label) for source, target, label in arrows(access) if source == roles.id)
    assert (CLUSTER, "IAM login as orders_app") in labels
    assert ("aws_db_proxy.aurora", "IAM login as orders_app") in labels
    assert ("arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf", "GetSecretValue") in labels


def test_a_proxy_stands_between_with_a_role_of_its_own(pictures: Mapping[str, Picture]) -> None:
    access = pictures["access"]
    assert access.node["aws_db_proxy.aurora"].lines == ("RDS Proxy", "TLS only", "logs in with IAM")
    role = "aws_iam_role.database_proxy"
    assert arrows(access) >= {
        ("aws_db_proxy.aurora", CLUSTER, ""),
        ("aws_db_proxy.aurora", role, "assumes"),
        (role, "aws_secretsmanager_secret.db_credentials", "GetSecretValue"),
        (role, KEY, "Decrypt"),
    }
    assert "in: 5433/tcp from access-aurora-proxy-sg" in access.group[GROUP].lines


def test_a_bastion_is_drawn_with_its_role(pictures: Mapping[str, Picture]) -> None:
    network = pictures["network"]
    assert network.node["aws_instance.bastion"].lines == ("t4g.micro", "no public address")
    assert ("aws_instance.bastion", "aws_iam_role.bastion", "assumes") in arrows(network)


def test_endpoints_lead_to_their_services(pictures: Mapping[str, Picture]) -> None:
    network = pictures["network"]
    assert network.node["aws_vpc_endpoint.rds_data"].lines == ("interface endpoint", "lets this account through")
    assert arrows(network) >= {
        ("aws_vpc_endpoint.rds_data", "data-api", ""),
        ("aws_vpc_endpoint.secretsmanager", "secrets", ""),
    }
    assert network.group[GROUP].lines[-1] == "out: nothing"


def test_a_copy_of_data_is_drawn_with_its_direction(pictures: Mapping[str, Picture]) -> None:
    assert arrows(pictures["primary"], Arrow.COPY) == {(CLUSTER, "aws_rds_global_cluster.aurora", "replicated")}
    assert arrows(pictures["secondary"], Arrow.COPY) == {("global", CLUSTER, "replicated")}
    assert arrows(pictures["snapshot"], Arrow.COPY) == {("snapshot", CLUSTER, "restored")}
    assert arrows(pictures["clone"], Arrow.COPY) == {("source", CLUSTER, "cloned")}
    [instance] = pictures["secondary"].nodes_in(CLUSTER)
    assert instance.lines == ("reader, 0.5 to 1 ACU",)


def test_without_the_data_api_nothing_leads_to_it(pictures: Mapping[str, Picture]) -> None:
    assert "data-api" not in pictures["no-data-api"].node


def test_everybody_is_told_first_and_marked(pictures: Mapping[str, Picture]) -> None:
    crowded = pictures["crowded"]
    lines = crowded.group[GROUP].lines
    assert lines[0] == "in: 5432/tcp from anywhere (0.0.0.0/0)"
    assert lines[-2:] == ("in: 2 rules more", "out: everything to anywhere (0.0.0.0/0)")
    assert [node.title for node in crowded.nodes if node.warns] == ["Anywhere (0.0.0.0/0)"]
    ranges = next(node for node in crowded.nodes if node.title == "20 address ranges")
    assert ranges.lines[:3] == ("10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16")


def test_rules_inside_a_group_are_read_as_those_beside_it(pictures: Mapping[str, Picture]) -> None:
    assert pictures["reference"].group[GROUP].lines == pictures["dev"].group[GROUP].lines


def test_a_rule_of_another_group_is_not_drawn_in_this_one(pictures: Mapping[str, Picture]) -> None:
    assert "in: 443/tcp from the VPC's addresses" not in pictures["network"].group[GROUP].lines
    assert any("443/tcp" in line for group in pictures["network"].groups for line in group.lines)


def role(policy: object, **more: Any) -> SynthesizedStack:
    text = policy if isinstance(policy, str) else json.dumps({"Version": "2012-10-17", "Statement": policy})
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "sts:AssumeRole"}]
    }
    return small(
        aws_iam_role={"reader": {"name": "reader", "assume_role_policy": json.dumps(trust)}},
        aws_iam_role_policy={"reader": {"name": "read", "role": "${aws_iam_role.reader.id}", "policy": text}},
        **more,
    )


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        ([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}], "GetObject on *"),
        ([{"Effect": "Allow", "Action": ["a:B", "a:C", "a:D"], "Resource": "x"}], "B and 2 actions more on x"),
        ([{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}], "policy read also denies"),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "policy read allows all but some"),
        (
            [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}],
            "GetSecretValue on *",
        ),
        ("${data.aws_iam_policy_document.x.json}", "policy read"),
    ],
)
def test_what_has_no_box_to_point_at_is_a_line_of_the_role(policy: object, line: str) -> None:
    picture = picture_of(role(policy))
    assert line in picture.node["aws_iam_role.reader"].lines
    assert picture.edges == ()


def test_a_secret_of_another_stack_is_drawn_with_its_region() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf"
    picture = picture_of(role([{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}]))
    assert picture.node[arn].lines == ("not of this stack", "in eu-west-1")
    assert picture.edges == (Edge("aws_iam_role.reader", arn, Arrow.PERMISSION, "GetSecretValue"),)


def test_existing_roles_are_named() -> None:
    policy = {"name": "read", "role": "${each.value}", "for_each": '${toset(["night", "day"])}', "policy": "{}"}
    picture = picture_of(small(aws_iam_role_policy={"existing_roles": policy}))
    [node] = picture.nodes_in("roles")
    assert node.lines[:2] == ("night", "day")
    assert node.is_elsewhere


@pytest.mark.parametrize("document", [{}, {"resource": {}}, {"resource": {"aws_s3_bucket": {"b": {}}}}])
def test_a_stack_without_a_database_is_an_empty_picture(document: dict[str, Any]) -> None:
    picture = picture_of(SynthesizedStack("empty", document))
    assert (picture.groups, picture.nodes, picture.edges) == ((), (), ())


def test_a_cluster_with_hardly_an_argument_is_drawn() -> None:
    picture = picture_of(small(aws_rds_cluster={"bare": {"engine": "aurora-postgresql"}}))
    assert picture.group["aws_rds_cluster.bare"].title == "Aurora PostgreSQL cluster bare"


def test_no_arrow_hangs_in_the_air(pictures: Mapping[str, Picture]) -> None:
    for picture in pictures.values():
        for edge in picture.edges:
            assert {edge.source, edge.target} <= {*picture.group, *picture.node}


def test_no_expression_of_terraform_is_shown(pictures: Mapping[str, Picture]) -> None:
    for picture in pictures.values():
        assert "${" not in json.dumps(picture.as_json()["groups"]) + json.dumps(
            [(node.title, node.lines) for node in picture.nodes]
        )


def test_no_secret_is_in_a_picture() -> None:
    stack = small(
        aws_rds_cluster={"aurora": {"master_password": "hunter22hunter22", "master_username": "admin"}},
        aws_secretsmanager_secret={"s": {"name": "s"}},
        aws_secretsmanager_secret_version={
            "s": {"secret_id": "${aws_secretsmanager_secret.s.id}", "secret_string": "hunter22hunter22"}
        },
        aws_db_proxy={"p": {"name": "p", "auth": [{"client_password_auth_type": "hunter22hunter22"}]}},
    )
    picture = picture_of(stack)
    assert "also in Terraform's state" in picture.node["aws_secretsmanager_secret.s"].lines
    assert "hunter22" not in json.dumps(picture.as_json())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "AWS's default encryption"),
        ({"storage_encrypted": False}, "AWS's default encryption"),
        ({"storage_encrypted": True}, "encrypted with the AWS-managed key"),
        ({"storage_encrypted": True, "kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/1"}, "encrypted"),
        ({"snapshot_identifier": "yesterday"}, "encrypted with its snapshot's key or AWS's"),
        ({"restore_to_point_in_time": [{"source_cluster_identifier": "a"}]}, "encrypted as what it is made from"),
        ({"global_cluster_identifier": "world", "source_region": "us-east-1"}, "encrypted as what it is made from"),
    ],
    ids=["nothing said", "said to be off", "AWS-managed", "customer key", "snapshot", "copy", "secondary"],
)
def test_a_cluster_says_whose_key_encrypts_it_and_never_that_none_does(
    arguments: dict[str, Any], expected: str
) -> None:
    document = {"resource": {"aws_rds_cluster": {"aurora": {"cluster_identifier": "a", **arguments}}}}
    lines = picture_of(SynthesizedStack("made-up", document)).group[CLUSTER].lines
    assert f"Standard storage, {expected}" in lines
