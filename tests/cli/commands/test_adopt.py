"""The command `adopt`: the file and the imports that it makes of a state, what it says of them, and all it refuses."""

import copy
import io
import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deployed.deployment import PASSWORD, Done, run

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "abcd1234")
ROLE = "arn:aws:iam::123456789012:role/import"
VPC, GROUP = "vpc-0123456789abcdef0", "sg-0123456789abcdef0"
SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

Adopt = Callable[..., Done]
State = dict[str, Any]


def resource(type_: str, *, label: str = "this", key: str | int = 0, module: str = "module.db", **values: Any) -> State:
    """Return a resource of a state with one instance, as Terraform writes it."""
    return {
        "module": module,
        "mode": "managed",
        "type": type_,
        "name": label,
        "instances": [{"index_key": key, "schema_version": 0, "attributes": values}],
    }


def cluster(**values: Any) -> State:
    """Return the module's cluster, with the password in it that version 9 leaves in the state."""
    usual: State = {
        "arn": "arn:aws:rds:us-east-1:123456789012:cluster:orders",
        "cluster_identifier": "orders",
        "engine": "aurora-postgresql",
        "engine_mode": "provisioned",
        "engine_version": "16",
        "engine_version_actual": "16.8",
        "database_name": "shop",
        "master_username": "root",
        "master_password": PASSWORD,
        "serverlessv2_scaling_configuration": [
            {"min_capacity": 0.5, "max_capacity": 10, "seconds_until_auto_pause": None}
        ],
        "db_subnet_group_name": "orders",
        "db_cluster_parameter_group_name": "default.aurora-postgresql16",
        "vpc_security_group_ids": [GROUP],
        "port": 5432,
        "backup_retention_period": 14,
        "preferred_backup_window": "02:00-03:00",
        "preferred_maintenance_window": "sun:05:00-sun:06:00",
        "delete_automated_backups": True,
        "skip_final_snapshot": False,
        "enable_http_endpoint": True,
        "storage_encrypted": False,
        "enabled_cloudwatch_logs_exports": [],
        "tags_all": {"Team": "orders", "aws:cloudformation:stack-name": "not-ours"},
    }
    return resource("aws_rds_cluster", **(usual | values))


def instance(key: str, **values: Any) -> State:
    usual: State = {
        "identifier": f"orders-{key}",
        "instance_class": "db.serverless",
        "promotion_tier": 0,
        "writer": key == "one",
    }
    return resource("aws_rds_cluster_instance", key=key, **(usual | {"tags_all": {"Team": "orders"}} | values))


def in_group(key: str, parameter_group: str) -> State:
    return instance(key, db_parameter_group_name=parameter_group)


def rule_of_9(key: str, **values: Any) -> State:
    usual: State = {
        "type": "ingress",
        "from_port": 5432,
        "to_port": 5432,
        "protocol": "tcp",
        "security_group_id": GROUP,
    }
    return resource("aws_security_group_rule", key=key, **(usual | values))


def rule_of_10(key: str, *, direction: str = "ingress", **values: Any) -> State:
    usual: State = {"from_port": 5432, "to_port": 5432, "ip_protocol": "tcp", "security_group_id": GROUP}
    return resource(f"aws_vpc_security_group_{direction}_rule", key=key, **(usual | values))


NETWORK = (
    resource("aws_db_subnet_group", name="orders", subnet_ids=SUBNETS, vpc_id=VPC, tags_all={"Team": "orders"}),
    resource(
        "aws_security_group",
        id=GROUP,
        name="orders-20260101",
        description="Control traffic to/from RDS Aurora orders",
        vpc_id=VPC,
        tags_all={"Team": "orders", "Name": "orders"},
    ),
)
OUT = rule_of_9("out", type="egress", protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])
USUAL = (cluster(), instance("one"), *NETWORK, rule_of_9("vpc", cidr_blocks=["10.0.0.0/16"]))


def state_of(*resources: State) -> str:
    return json.dumps({"version": 4, "terraform_version": "1.11.4", "resources": list(resources)})


def changed(**values: Any) -> tuple[State, ...]:
    """Return the usual resources with another cluster."""
    return (cluster(**values), *USUAL[1:])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "environments").mkdir()
    return tmp_path


@pytest.fixture
def adopt(project: Path, capsys: pytest.CaptureFixture[str]) -> Adopt:
    """Return a function that runs the command on a state of these resources."""

    def run_it(*resources: State, options: tuple[str, ...] = ()) -> Done:
        (project / "state.json").write_text(state_of(*resources))
        return run(capsys, "adopt", "live", str(project / "state.json"), "--project", str(project), *options)

    return run_it


def document(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "environments" / "live.toml").read_text())


def imports(text: str) -> dict[str, str]:
    return dict(re.findall(r'import \{\n  to = (\S+)\n  id = "(.*)"\n\}', text))


def test_a_usual_database_becomes_a_short_file_and_its_imports(project: Path, adopt: Adopt) -> None:
    done = adopt(*USUAL)
    assert done.status == 0, done.errors
    assert document(project) == {
        "name_prefix": "orders",
        "region": "us-east-1",
        "tags": {"Team": "orders"},
        "resource_tags": {"aws_security_group": {"Name": "orders"}},
        "names": {
            "cluster": "orders",
            "instances": ["orders-one"],
            "subnet_group": "orders",
            "security_group": "orders-20260101",
        },
        "engine": {"version": "16.8"},
        "capacity": {"maximum_acu": 10},
        "database": {"name": "shop", "master_username": "root"},
        "network": {
            "vpc_id": VPC,
            "subnet_ids": SUBNETS,
            "security_group_description": "Control traffic to/from RDS Aurora orders",
            "security_group_rules": "inline",
            "allowed_cidr_blocks": ["10.0.0.0/16"],
            "egress": "closed",
        },
        "protection": {"final_snapshot": True, "final_snapshot_identifier": "orders-final-1"},
        "backup": {"retention_days": 14, "window": "02:00-03:00"},
        "maintenance": {"window": "sun:05:00-sun:06:00", "apply_immediately": False},
    }
    assert imports(done.output) == {
        "aws_db_subnet_group.aurora": "orders",
        "aws_rds_cluster.aurora": "orders",
        "aws_rds_cluster_instance.aurora": "orders-one",
        "aws_security_group.aurora": GROUP,
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"iam_database_authentication_enabled": True}, {"access": {"iam_authentication": True}}),
        ({"network_type": "DUAL"}, {"network.network_type": "DUAL"}),
        ({"enable_http_endpoint": False}, {"access": {"data_api": False}}),
        ({"storage_type": "aurora-iopt1"}, {"storage": {"type": "io_optimized"}}),
        ({"database_name": None}, {"database": {"initial_database": False, "master_username": "root"}}),
        ({"deletion_protection": True}, {"protection.deletion_protection": True}),
        ({"skip_final_snapshot": True}, {"protection": None}),
        ({"final_snapshot_identifier": "last-one"}, {"protection.final_snapshot_identifier": "last-one"}),
        ({"copy_tags_to_snapshot": True}, {"protection.copy_tags_to_snapshots": True}),
        ({"delete_automated_backups": False}, {"backup.delete_automated_backups": False}),
        ({"apply_immediately": True}, {"maintenance": {"window": "sun:05:00-sun:06:00"}}),
        ({"engine_lifecycle_support": "open-source-rds-extended-support-disabled"}, {"engine.extended_support": False}),
        ({"storage_encrypted": True, "kms_key_id": KEY}, {"encryption": {"key": "aws-managed"}}),
        (
            {
                "serverlessv2_scaling_configuration": [
                    {"min_capacity": 0, "max_capacity": 4, "seconds_until_auto_pause": 600}
                ]
            },
            {"capacity": {"minimum_acu": 0, "maximum_acu": 4, "auto_pause_seconds": 600}},
        ),
        (
            {"performance_insights_enabled": True, "database_insights_mode": "advanced"},
            {"monitoring": {"insights": "advanced"}},
        ),
        ({"manage_master_user_password": True, "master_password": None}, {"credentials": {"mode": "managed"}}),
        ({"master_password": None, "master_password_wo_version": 1}, {"credentials": {"mode": "write_only"}}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_the_cluster_has_is_what_the_file_says(
    project: Path, adopt: Adopt, values: dict[str, Any], expected: dict[str, Any]
) -> None:
    done = adopt(*changed(**values))
    assert done.status == 0, done.errors
    written = document(project)
    for path, value in expected.items():
        section, _, key = path.partition(".")
        found = written.get(section)
        assert (found[key] if key and found else found) == value, path


def test_another_port_is_that_of_the_rules_too(project: Path, adopt: Adopt) -> None:
    resources = [*changed(port=5433)[:-1], rule_of_9("vpc", from_port=5433, to_port=5433, cidr_blocks=["10.0.0.0/16"])]
    assert adopt(*resources).status == 0
    network = document(project)["network"]
    assert (network["port"], network["allowed_cidr_blocks"]) == (5433, ["10.0.0.0/16"])


def test_the_writer_is_the_first_instance_and_each_keeps_its_tier_and_class(project: Path, adopt: Adopt) -> None:
    more = (
        instance("three", instance_class="db.r6g.large", promotion_tier=3),
        instance("two", writer=False, promotion_tier=15),
        instance("one", writer=False, promotion_tier=2),
        instance("four", writer=True),
    )
    done = adopt(USUAL[0], *more, *USUAL[2:])
    assert done.status == 0, done.errors
    names = document(project)["names"]["instances"]
    assert names == ["orders-four", "orders-one", "orders-three", "orders-two"]
    assert document(project)["instances"] == {
        "readers": 3,
        "promotion_tiers": [2, 3, 15],
        "each": {"2": {"instance_class": "db.r6g.large"}},
    }
    assert imports(done.output)["aws_rds_cluster_instance.reader_3"] == "orders-two"


def test_a_first_instance_with_a_tier_has_it_beside_those_of_the_readers(project: Path, adopt: Adopt) -> None:
    done = adopt(USUAL[0], instance("one", promotion_tier=1), instance("two", promotion_tier=2), *USUAL[2:])
    assert done.status == 0, done.errors
    each = {"0": {"promotion_tier": 1}, "1": {"promotion_tier": 2}}
    assert document(project)["instances"] == {"readers": 1, "each": each}


@pytest.mark.parametrize(
    "rules",
    [
        (
            rule_of_9("ranges", cidr_blocks=["10.0.0.0/16", "192.168.7.0/24"]),
            rule_of_9("group", source_security_group_id="sg-0fedcba9876543210"),
            OUT,
        ),
        (
            rule_of_10("one", cidr_ipv4="10.0.0.0/16"),
            rule_of_10("two", cidr_ipv4="192.168.7.0/24"),
            rule_of_10("group", referenced_security_group_id="sg-0fedcba9876543210"),
            rule_of_10(
                "out", direction="egress", ip_protocol="-1", cidr_ipv4="0.0.0.0/0", from_port=None, to_port=None
            ),
        ),
    ],
    ids=["version 9", "version 10"],
)
def test_rules_of_both_versions_say_who_is_let_in(project: Path, adopt: Adopt, rules: tuple[State, ...]) -> None:
    done = adopt(*USUAL[:-1], *rules)
    assert done.status == 0, done.errors
    network = document(project)["network"]
    assert network["allowed_cidr_blocks"] == ["10.0.0.0/16", "192.168.7.0/24"]
    assert network["allowed_security_group_ids"] == ["sg-0fedcba9876543210"]
    assert "egress" not in network
    assert "plan removes it" not in done.errors


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (rule_of_9("x", from_port=22, to_port=22, cidr_blocks=["10.0.0.0/16"]), "allows something other than tcp 5432"),
        (rule_of_9("x", cidr_blocks=["0.0.0.0/0"]), "allows 0.0.0.0/0"),
        (rule_of_9("x", ipv6_cidr_blocks=["2001:db8::/32"]), "allows 2001:db8::/32"),
        (rule_of_9("x", prefix_list_ids=["pl-0123"]), "the prefix list pl-0123"),
        (rule_of_9("x", self=True), "allows itself"),
        (
            rule_of_10("x", referenced_security_group_id="123456789012/sg-1"),
            "only groups of this account",
        ),
        (rule_of_10("x", direction="egress", cidr_ipv4="10.0.0.0/8"), "allows only some egress"),
    ],
)
def test_a_rule_without_a_key_is_told_as_one_that_the_plan_takes_out(adopt: Adopt, rule: State, told: str) -> None:
    done = adopt(*USUAL, rule)
    assert done.status == 0, done.errors
    [line] = [line for line in done.errors.splitlines() if "plan removes it" in line]
    assert told in line
    assert '["x"]' in line


def test_that_a_description_goes_is_told(adopt: Adopt) -> None:
    done = adopt(*USUAL[:-1], rule_of_9("vpc", cidr_blocks=["10.0.0.0/16"], description="From the VPC"))
    assert "without its description" in done.errors


def test_that_the_vpc_is_let_in_where_nobody_is_named_is_told(adopt: Adopt) -> None:
    assert "allows the VPC to connect to port 5432" in adopt(*USUAL[:-1]).errors


def test_security_groups_that_are_not_the_modules_stay_beside_its_own(project: Path, adopt: Adopt) -> None:
    other = "sg-0fedcba9876543210"
    done = adopt(*changed(vpc_security_group_ids=[other, GROUP]))
    assert done.status == 0, done.errors
    assert document(project)["network"]["security_group_ids"] == [other]
    assert imports(done.output)["aws_security_group.aurora"] == GROUP


def test_a_database_without_a_security_group_of_the_module_gets_none(project: Path, adopt: Adopt) -> None:
    other = "sg-0fedcba9876543210"
    done = adopt(cluster(vpc_security_group_ids=[other]), *USUAL[1:3])
    assert done.status == 0, done.errors
    network = document(project)["network"]
    assert (network["security_group_ids"], network["own_security_group"]) == ([other], False)
    assert not {"allowed_cidr_blocks", "allowed_security_group_ids", "security_group_rules", "egress"} & set(network)
    assert "aws_security_group.aurora" not in imports(done.output)
    assert "security_group" not in document(project)["names"]


def test_a_subnet_group_of_others_stays_theirs(project: Path, adopt: Adopt) -> None:
    done = adopt(*USUAL[:2], {**USUAL[2], "module": "module.vpc", "name": "database"}, *USUAL[3:])
    assert done.status == 0, done.errors
    assert document(project)["network"]["subnet_group_name"] == "orders"
    assert "subnet_ids" not in document(project)["network"]
    assert "aws_db_subnet_group.aurora" not in imports(done.output)


def test_a_vpc_that_the_state_does_not_have_is_given(project: Path, adopt: Adopt) -> None:
    without = (cluster(), instance("one"))
    assert "give --vpc-id" in adopt(*without).error
    done = adopt(*without, options=("--vpc-id", VPC))
    assert done.status == 0, done.errors
    network = document(project)["network"]
    assert (network["vpc_id"], network["subnet_group_name"]) == (VPC, "orders")


def test_a_key_in_the_state_is_a_given_one(project: Path, adopt: Adopt) -> None:
    key = resource("aws_kms_key", module="module.kms", arn=KEY)
    done = adopt(*changed(storage_encrypted=True, kms_key_id=KEY), key)
    assert done.status == 0, done.errors
    assert document(project)["encryption"] == {"key": "given", "key_arn": KEY}
    assert "is a customer key" not in done.errors


def test_a_managed_secret_under_another_key_than_the_storage_is_refused(adopt: Adopt) -> None:
    secret = [{"secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!x", "kms_key_id": OTHER_KEY}]
    alias = resource("aws_kms_alias", module="module.kms", target_key_arn=KEY)
    done = adopt(*changed(storage_encrypted=True, kms_key_id=KEY, master_user_secret=secret), alias)
    assert done.status == 2
    assert "AWS cannot change the key of a secret that RDS manages" in done.error


def test_rotation_roles_endpoints_log_and_monitoring_are_described_and_imported(project: Path, adopt: Adopt) -> None:
    secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-x"
    rotation_rules = [{"automatically_after_days": None, "schedule_expression": "rate(10 days)", "duration": "3h"}]
    done = adopt(
        cluster(
            manage_master_user_password=True,
            master_user_secret=[{"secret_arn": secret_arn, "kms_key_id": OTHER_KEY}],
            enabled_cloudwatch_logs_exports=["postgresql", "instance"],
        ),
        instance("one", monitoring_interval=60, monitoring_role_arn=ROLE, performance_insights_enabled=True),
        *USUAL[2:],
        OUT,
        resource("aws_secretsmanager_secret_rotation", secret_id=secret_arn, rotation_rules=rotation_rules),
        resource("aws_rds_cluster_role_association", key="s3", feature_name="s3Import", role_arn=ROLE),
        resource("aws_rds_cluster_role_association", key="odd", feature_name="Odd", role_arn=ROLE),
        resource(
            "aws_rds_cluster_endpoint",
            key="reports",
            cluster_endpoint_identifier="orders-sales-reports",
            custom_endpoint_type="ANY",
            static_members=["orders-one"],
        ),
        resource("aws_rds_cluster_endpoint", key="odd", cluster_endpoint_identifier="elsewhere"),
        resource("aws_cloudwatch_log_group", key="postgresql", retention_in_days=7),
        resource("aws_appautoscaling_target"),
        resource("aws_rds_cluster_activity_stream"),
    )
    assert done.status == 0, done.errors
    written = document(project)
    assert written["credentials"] == {
        "mode": "managed",
        "rotation_schedule": "rate(10 days)",
        "rotation_window_hours": 3,
    }
    assert written["cluster_roles"] == {"s3_import": {"role_arn": ROLE}}
    assert written["instances"]["endpoints"] == {"sales-reports": {"type": "ANY", "static_members": ["0"]}}
    assert written["monitoring"] == {
        "insights": "standard",
        "enhanced_monitoring_seconds": 60,
        "enhanced_monitoring_role_arn": ROLE,
        "log_retention_days": 7,
    }
    found = imports(done.output)
    assert found["aws_secretsmanager_secret_rotation.managed_secret"] == secret_arn
    assert found["aws_rds_cluster_role_association.s3_import"] == f"orders,{ROLE}"
    assert found["aws_rds_cluster_endpoint.aurora_sales_reports"] == "orders-sales-reports"
    assert found["aws_cloudwatch_log_group.postgresql"] == "/aws/rds/cluster/orders/postgresql"
    for told in (
        "the logs instance are no longer exported",
        "the role for Odd stays in AWS",
        "the endpoint elsewhere stays in AWS",
        f"the role {ROLE} of enhanced monitoring stays in use",
        "aws_appautoscaling_target.this[0] keeps",
        "aws_rds_cluster_activity_stream.this[0] keeps",
    ):
        assert told in done.errors


def test_a_role_that_nothing_gets_out_to_use_is_left(project: Path, adopt: Adopt) -> None:
    role = resource("aws_rds_cluster_role_association", key="s3", feature_name="s3Import", role_arn=ROLE)
    done = adopt(*USUAL, role)
    assert done.status == 0, done.errors
    assert "cluster_roles" not in document(project)
    assert "its egress is closed" in done.errors


def test_parameter_groups_stay_in_use_whoever_made_them(project: Path, adopt: Adopt) -> None:
    done = adopt(cluster(db_cluster_parameter_group_name="orders-1"), in_group("one", "orders-2"), *USUAL[2:])
    assert done.status == 0, done.errors
    engine = document(project)["engine"]
    assert (engine["cluster_parameter_group"], engine["instance_parameter_group"]) == ("orders-1", "orders-2")
    assert done.errors.count("stays in use, unmanaged") == 2


def test_instances_keep_parameter_groups_of_their_own(project: Path, adopt: Adopt) -> None:
    members = (in_group("one", "default.aurora-postgresql16"), in_group("two", "orders-2"))
    done = adopt(USUAL[0], *members, *USUAL[2:])
    assert done.status == 0, done.errors
    assert document(project)["instances"]["each"] == {"1": {"parameter_group": "orders-2"}}


def test_a_password_that_changes_is_told(adopt: Adopt) -> None:
    assert "the master user gets a new password" in adopt(*USUAL).errors


def test_no_password_of_the_state_is_shown_or_written(project: Path, adopt: Adopt) -> None:
    for options in ((), ("--json",)):
        done = adopt(*USUAL, options=options)  # `run` holds that nothing shows the password
        assert done.status == 0
        written = (project / "environments" / "live.toml").read_text()
        assert PASSWORD not in written
        (project / "environments" / "live.toml").unlink()


def test_json_has_all_of_it_and_the_blocks_go_into_their_file(project: Path, adopt: Adopt) -> None:
    done = adopt(*USUAL, options=("--blocks", str(project / "adopt.tf"), "--json"))
    assert (done.status, done.errors) == (0, "")
    assert done.json["module"] == "module.db"
    assert done.json["imports"] == imports((project / "adopt.tf").read_text()) == imports(done.json["blocks"])
    assert done.json["text"] == (project / "environments" / "live.toml").read_text()
    assert done.json["changes"]


def test_the_next_commands_name_the_program_that_people_run(adopt: Adopt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    commands = adopt(*USUAL, options=("--json",)).json["next"]
    assert [command.partition(" ")[0] for command in commands if "adopt.tf" not in command] == ["make", "tofu", "tofu"]


def test_a_state_comes_through_standard_input_too(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(state_of(*USUAL).encode())))
    assert run(capsys, "adopt", "live", "-", "--project", str(project)).status == 0
    assert document(project)["name_prefix"] == "orders"


def test_one_of_several_modules_is_named(adopt: Adopt) -> None:
    other = copy.deepcopy(list(USUAL))
    for one in other:
        one["module"] = 'module.db["b"]'
    assert (
        'has 2 modules rds-aurora, module.db, module.db["b"]: choose one with --module' in adopt(*USUAL, *other).error
    )
    assert "has no module.x.aws_rds_cluster.this[0]" in adopt(*USUAL, options=("--module", "module.x")).error
    done = adopt(*USUAL, *other, options=("--module", 'module.db["b"]', "--json"))
    assert (done.status, done.json["module"]) == (0, 'module.db["b"]')


@pytest.mark.parametrize(
    ("resources", "told"),
    [
        ((), "has no module.<name>.aws_rds_cluster.this[0]"),
        (changed(engine="aurora-mysql"), "has engine aurora-mysql: only aurora-postgresql can be adopted"),
        (changed(engine_mode="serverless"), "has engine_mode serverless"),
        (changed(cluster_scalability_type="limitless", engine_mode=""), "has engine_mode limitless"),
        (changed(serverlessv2_scaling_configuration=[]), "has no serverlessv2_scaling_configuration"),
        ((USUAL[0], instance("one", instance_class="db.r6g.large"), *USUAL[2:]), "db.serverless, only db.r6g.large"),
        ((USUAL[0], *USUAL[2:]), "has no instance of the class db.serverless"),
        (changed(port="5432"), "port does not have the type"),
        (changed(engine_version_actual="9.6"), "cannot be described: engine.version = "),
        (changed(cluster_identifier=None), "has no cluster_identifier"),
        (({"module": "module.db", "instances": 3},), "its resources have another structure"),
    ],
)
def test_what_cannot_be_taken_over_is_one_line_and_nothing_is_written(
    project: Path, adopt: Adopt, resources: tuple[State, ...], told: str
) -> None:
    done = adopt(*resources, options=("--blocks", str(project / "adopt.tf")))
    assert (done.status, done.output) == (2, "")
    assert told in done.error
    assert {path.name for path in project.iterdir()} == {"environments", "state.json"}
    assert not list((project / "environments").iterdir())


def test_what_is_no_state_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, told in (("{}", "is not a Terraform state of version 4"), ("no", "is not a JSON object")):
        (project / "state.json").write_text(text)
        done = run(capsys, "adopt", "live", str(project / "state.json"), "--project", str(project))
        assert (done.status, told in done.error) == (2, True)


def test_neither_file_is_written_where_the_other_cannot_be(project: Path, adopt: Adopt) -> None:
    done = adopt(*USUAL, options=("--blocks", str(project / "nowhere" / "adopt.tf")))
    assert done.status == 2
    assert not list((project / "environments").iterdir())
    (project / "environments" / "live.toml").write_text("mine")
    done = adopt(*USUAL, options=("--blocks", str(project / "adopt.tf")))
    assert done.status == 2
    assert not (project / "adopt.tf").exists()


def test_blocks_that_are_there_are_not_overwritten(project: Path, adopt: Adopt) -> None:
    (project / "adopt.tf").write_text("mine")
    done = adopt(*USUAL, options=("--blocks", str(project / "adopt.tf")))
    assert done.status == 2
    assert (project / "adopt.tf").read_text() == "mine"
    assert not list((project / "environments").iterdir())


def test_nothing_in_a_name_is_worked_out_by_terraform_or_moves_the_cursor(adopt: Adopt) -> None:
    group = resource(
        "aws_security_group", id='sg-"${file("x")}\n', name="orders", vpc_id=VPC, tags_all={"Team": "orders"}
    )
    odd = resource("aws_rds_cluster_endpoint", key="\x1b[2J", cluster_endpoint_identifier="elsewhere")
    done = adopt(*USUAL[:3], group, odd)
    assert done.status == 0, done.errors
    assert r'id = "sg-\"$${file(\"x\")}\n"' in done.output
    assert "\x1b" not in done.errors
