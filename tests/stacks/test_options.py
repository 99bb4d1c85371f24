"""What the options of an environment file make of the stack, and that what is not asked for is not made."""

import json
from datetime import date
from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from aurora_serverless.options.instance import AS_THE_OTHERS
from aurora_serverless.options.section import Section
from stacks.database import DatabaseStack
from stacks.environment import Environment
from tests.conftest import TODAY
from tests.terraform_json import TerraformJson, blocks, synthesize_stack

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:pager"
CLUSTER = "aws_rds_cluster.aurora"


def stack_of(*, today: date = TODAY, **keys: Any) -> TerraformJson:
    keys.setdefault("engine", {"version": "17.7"})
    environment = Environment.model_validate({"name": "shop", "name_prefix": "shop", **keys})
    return synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment, today=today))


def warnings_of(**keys: Any) -> tuple[str, ...]:
    environment = {"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}, **keys}
    return Environment.model_validate(environment).warnings(TODAY)


def actions_of(document: TerraformJson) -> dict[str, Any]:
    policy = json.loads(blocks(document)["aws_iam_role_policy.lambda_aurora_policy"]["policy"])
    return {action: statement["Resource"] for statement in policy["Statement"] for action in statement["Action"]}


@pytest.fixture
def production(synthesized: dict[str, TerraformJson]) -> TerraformJson:
    return synthesized["production"]


def test_production_is_protected(production: TerraformJson) -> None:
    cluster = blocks(production)[CLUSTER]
    assert cluster["deletion_protection"] is True
    assert cluster["lifecycle"]["prevent_destroy"] is True
    assert cluster["skip_final_snapshot"] is False
    assert cluster["final_snapshot_identifier"] == (
        'alex-production-aurora-final-${formatdate("YYYYMMDDhhmmss", plantimestamp())}-${random_id.suffix.hex}'
    )
    assert cluster["copy_tags_to_snapshot"] is True
    assert cluster["backup_retention_period"] == 35


def test_production_is_encrypted_under_one_key_of_its_own(production: TerraformJson) -> None:
    found = blocks(production)
    arn = "${aws_kms_key.aurora.arn}"
    assert found[CLUSTER]["storage_encrypted"] is True
    assert found[CLUSTER]["kms_key_id"] == arn
    assert found[CLUSTER]["performance_insights_kms_key_id"] == arn
    assert found[CLUSTER]["master_user_secret_kms_key_id"] == arn
    assert found["aws_cloudwatch_log_group.postgresql"]["kms_key_id"] == arn
    assert found["aws_sns_topic.alarms"]["kms_master_key_id"] == arn


def test_production_has_no_password_of_terraforms(production: TerraformJson) -> None:
    assert blocks(production)[CLUSTER]["manage_master_user_password"] is True
    assert "random_password" not in production["resource"]
    assert actions_of(production)["secretsmanager:GetSecretValue"] == "${local.managed_secret_arn}"


def test_production_has_a_reader_and_watches_its_lag(production: TerraformJson) -> None:
    found = blocks(production)
    assert found["aws_rds_cluster_instance.reader_1"]["promotion_tier"] == 1
    assert "aws_cloudwatch_metric_alarm.replica_lag" in found


def test_the_log_group_and_the_monitoring_role_come_before_the_cluster(production: TerraformJson) -> None:
    assert set(blocks(production)[CLUSTER]["depends_on"]) >= {
        "aws_cloudwatch_log_group.postgresql",
        "aws_iam_role_policy_attachment.rds_monitoring",
    }


def test_high_scale_has_readers_that_wait_for_the_load_and_its_io_is_not_billed(
    synthesized: dict[str, TerraformJson],
) -> None:
    found = blocks(synthesized["high-scale"])
    assert found[CLUSTER]["storage_type"] == "aurora-iopt1"
    readers = {address: block for address, block in found.items() if "aws_rds_cluster_instance.reader_" in address}
    assert [block["promotion_tier"] for _, block in sorted(readers.items())] == [1, 2, 2, 2]
    assert not any(address.startswith("aws_appautoscaling") for address in found)


def test_scaled_readers_come_after_those_that_are_made() -> None:
    scaling = {"minimum_readers": 2, "maximum_readers": 6}
    target = blocks(stack_of(instances={"readers": 2, "read_scaling": scaling}))["aws_appautoscaling_target.readers"]
    assert (target["min_capacity"], target["max_capacity"]) == (2, 6)
    assert set(target["depends_on"]) == {
        "aws_rds_cluster_instance.aurora",
        "aws_rds_cluster_instance.reader_1",
        "aws_rds_cluster_instance.reader_2",
    }


def test_each_reader_has_the_tier_that_is_named_for_it() -> None:
    found = blocks(stack_of(instances={"readers": 3, "promotion_tiers": (0, 15, 2)}))
    assert [found[f"aws_rds_cluster_instance.reader_{number}"]["promotion_tier"] for number in (1, 2, 3)] == [0, 15, 2]
    assert "promotion_tier" not in found["aws_rds_cluster_instance.aurora"]


@pytest.mark.parametrize("mode", ["random", "write_only", "managed"])
def test_the_role_decrypts_only_where_there_is_a_customer_key(mode: str) -> None:
    credentials = {"mode": mode}
    assert "kms:Decrypt" not in actions_of(stack_of(credentials=credentials))
    assert "kms:Decrypt" not in actions_of(stack_of(credentials=credentials, encryption={"key": "aws-managed"}))
    given = {"key": "given", "key_arn": KEY_ARN}
    assert actions_of(stack_of(credentials=credentials, encryption=given))["kms:Decrypt"] == KEY_ARN
    own = actions_of(stack_of(credentials=credentials, encryption={"key": "own"}))
    assert own["kms:Decrypt"] == "${aws_kms_key.aurora.arn}"


def test_the_key_that_aws_manages_encrypts_without_naming_it() -> None:
    cluster = blocks(stack_of(encryption={"key": "aws-managed"}))[CLUSTER]
    assert cluster["storage_encrypted"] is True
    assert "kms_key_id" not in cluster


def given_key(**more: Any) -> dict[str, Any]:
    return {
        "encryption": {"key": "given", "key_arn": KEY_ARN, **more},
        "monitoring": {"alarms": True, "log_retention_days": 30, "insights": "standard"},
    }


def test_a_given_key_is_used_where_its_policy_need_not_name_cloudwatch() -> None:
    found = blocks(stack_of(**given_key()))
    assert found[CLUSTER]["kms_key_id"] == KEY_ARN
    assert found[CLUSTER]["performance_insights_kms_key_id"] == KEY_ARN
    assert found["aws_secretsmanager_secret.db_credentials"]["kms_key_id"] == KEY_ARN
    assert "kms_key_id" not in found["aws_cloudwatch_log_group.postgresql"]
    assert "kms_master_key_id" not in found["aws_sns_topic.alarms"]
    assert not [address for address in found if address.startswith("aws_kms")]


def test_a_given_key_whose_policy_names_cloudwatch_is_used_for_log_and_topic_too() -> None:
    found = blocks(stack_of(**given_key(key_allows_cloudwatch=True)))
    assert found["aws_cloudwatch_log_group.postgresql"]["kms_key_id"] == KEY_ARN
    assert found["aws_sns_topic.alarms"]["kms_master_key_id"] == KEY_ARN


@pytest.mark.parametrize(
    ("monitoring", "left"),
    [
        ({"log_retention_days": 30}, "the log group is under AWS's own key,"),
        ({"alarms": True}, "the topic of the alarms is not encrypted,"),
        (
            {"alarms": True, "log_retention_days": 30},
            "the log group is under AWS's own key and the topic of the alarms is not encrypted,",
        ),
    ],
)
def test_what_a_given_key_is_not_used_for_is_said(monitoring: dict[str, Any], left: str) -> None:
    (warning,) = warnings_of(encryption=given_key()["encryption"], monitoring=monitoring)
    assert warning.startswith(f'encryption.key = "given": {left}')
    assert warning.endswith("write encryption.key_allows_cloudwatch = true")


@pytest.mark.parametrize(
    "document",
    [
        given_key(key_allows_cloudwatch=True),
        {**given_key(), "monitoring": {}},
        {**given_key(), "monitoring": {"alarms": True, "alarm_topic_arn": TOPIC_ARN}},
        {**given_key(), "encryption": {"key": "own"}},
    ],
    ids=["its policy allows CloudWatch", "nothing that it could encrypt", "a given topic", "a key made here"],
)
def test_nothing_is_said_where_all_that_is_made_is_under_the_key(document: dict[str, Any]) -> None:
    assert warnings_of(**document, capacity={"minimum_acu": 2, "maximum_acu": 8}) == ()


def test_alarms_go_to_a_given_topic() -> None:
    found = blocks(stack_of(monitoring={"alarms": True, "alarm_topic_arn": TOPIC_ARN}))
    assert "aws_sns_topic.alarms" not in found
    assert found["aws_cloudwatch_metric_alarm.cpu"]["alarm_actions"] == [TOPIC_ARN]


def test_events_go_to_the_topic_of_the_alarms_once_rds_may_publish_there() -> None:
    monitoring = {"alarms": True, "cluster_events": ("failover",), "instance_events": ("failure",)}
    found = blocks(stack_of(monitoring=monitoring, instances={"readers": 1}, encryption={"key": "own"}))
    cluster, instances = (found[f"aws_db_event_subscription.{name}"] for name in ("cluster", "instances"))
    for subscription in (cluster, instances):
        assert subscription["sns_topic"] == "${aws_sns_topic.alarms.arn}"
        assert subscription["depends_on"] == ["aws_sns_topic_policy.alarms"]
    assert cluster["source_ids"] == ["${aws_rds_cluster.aurora.cluster_identifier}"]
    assert len(instances["source_ids"]) == 2
    for policy in (found["aws_sns_topic_policy.alarms"], found["aws_kms_key.aurora"]):
        assert "events.rds.amazonaws.com" in policy["policy"]


def test_aws_backup_makes_snapshots_beside_the_backups_of_rds() -> None:
    found = blocks(stack_of(backup={"aws_backup": {}, "retention_days": 9}))
    assert found["aws_backup_selection.aurora"]["resources"] == ["${aws_rds_cluster.aurora.arn}"]
    assert found["aws_backup_vault.aurora"]["name"] == "shop-backups"
    assert found["aws_iam_role.aws_backup"]["name"] == "shop-aurora-backup-role"
    assert found[CLUSTER]["backup_retention_period"] == 9


def test_a_continuous_backup_owns_retention_and_window_of_the_cluster() -> None:
    cluster = blocks(stack_of(backup={"aws_backup": {"continuous": True}, "retention_days": 9}))[CLUSTER]
    assert "backup_retention_period" not in cluster
    assert "preferred_backup_window" not in cluster


def test_the_window_that_aws_backup_chooses_may_meet_that_of_maintenance() -> None:
    windows: dict[str, Any] = {"backup": {"window": "04:00-05:00"}, "maintenance": {"window": "sun:04:00-sun:05:00"}}
    with pytest.raises(ValueError, match=r"maintenance\.window|overlap"):
        stack_of(**windows)
    windows["backup"]["aws_backup"] = {"continuous": True}
    stack_of(**windows)


def test_each_log_has_a_group_before_the_cluster_and_the_key_is_for_all_of_them() -> None:
    monitoring = {"log_retention_days": 7, "more_logs": ("instance",), "log_class": "STANDARD"}
    found = blocks(stack_of(monitoring=monitoring, encryption={"key": "own"}))
    assert found[CLUSTER]["enabled_cloudwatch_logs_exports"] == ["postgresql", "instance"]
    groups = ("aws_cloudwatch_log_group.postgresql", "aws_cloudwatch_log_group.instance")
    assert set(found[CLUSTER]["depends_on"]) >= set(groups)
    assert {found[group]["log_group_class"] for group in groups} == {"STANDARD"}
    assert "log-group:/aws/rds/cluster/shop-aurora/*" in found["aws_kms_key.aurora"]["policy"]


def test_tags_of_others_are_ignored_by_the_provider() -> None:
    provider = stack_of(ignore_tags={"keys": ("CostCenter",), "key_prefixes": ("map-",)})["provider"]["aws"]
    assert provider[0]["ignore_tags"] == [{"keys": ["CostCenter"], "key_prefixes": ["map-"]}]
    assert "ignore_tags" not in stack_of()["provider"]["aws"][0]


def test_the_suffix_keeps_its_address_in_every_mode_of_credentials() -> None:
    protection = {"final_snapshot": True}
    for mode in ("random", "write_only", "managed"):
        found = blocks(stack_of(credentials={"mode": mode}, protection=protection))
        assert "random_id.suffix" in found
        assert found["terraform_data.secret_name"].get("input") == (
            None if mode == "managed" else {"name": "shop-db-credentials"}
        ), "a secret that comes back has another suffix"


def test_moving_between_modes_of_credentials_changes_no_argument_that_replaces_the_cluster() -> None:
    replacing = """availability_zones cluster_identifier database_name db_subnet_group_name engine engine_mode
    kms_key_id master_username snapshot_identifier storage_encrypted""".split()
    clusters = [blocks(stack_of(credentials={"mode": mode}))[CLUSTER] for mode in ("random", "write_only", "managed")]
    for argument in replacing:
        assert len({cluster.get(argument) for cluster in clusters}) == 1, argument


def test_a_write_only_password_asks_for_the_terraform_that_can() -> None:
    assert stack_of(credentials={"mode": "write_only"})["terraform"]["required_version"] == ">= 1.11"
    assert stack_of(credentials={"mode": "managed"})["terraform"]["required_version"] == ">= 1.5"


def test_parameters_make_a_group_that_the_cluster_uses() -> None:
    document = stack_of(
        engine={"version": "17.7", "pgaudit": True, "instance_parameters": {"work_mem": "65536"}},
    )
    found = blocks(document)
    assert found["aws_rds_cluster_parameter_group.aurora"]["family"] == "aurora-postgresql17"
    assert found[CLUSTER]["db_cluster_parameter_group_name"] == "${aws_rds_cluster_parameter_group.aurora.name}"
    instance = found["aws_rds_cluster_instance.aurora"]
    assert instance["db_parameter_group_name"] == "${aws_db_parameter_group.aurora.name}"


def test_a_major_version_is_sent_as_it_is_written() -> None:
    assert blocks(stack_of(engine={"version": "17"}))[CLUSTER]["engine_version"] == "17"


def test_what_is_not_asked_for_is_not_made() -> None:
    made = {address.rpartition(".")[0] for address in blocks(stack_of())}
    assert not [
        type_
        for type_ in made
        if type_.startswith(("aws_kms", "aws_cloudwatch", "aws_sns", "aws_appautoscaling", "aws_rds_cluster_parameter"))
    ]


def tags_of(document: TerraformJson, address: str) -> dict[str, str] | None:
    tags: dict[str, str] | None = blocks(document)[address].get("tags")
    return tags


def test_tags_of_a_type_are_added_to_its_resources_only_and_win() -> None:
    document = stack_of(
        tags={"Team": "orders", "Part": "5"},
        instances={"readers": 1},
        resource_tags={"aws_rds_cluster_instance": {"Part": "6", "Patch": "monthly"}},
    )
    expected = {"Team": "orders", "Part": "6", "Patch": "monthly"}
    assert tags_of(document, "aws_rds_cluster_instance.aurora") == expected
    assert tags_of(document, "aws_rds_cluster_instance.reader_1") == expected
    assert tags_of(document, CLUSTER) == {"Team": "orders", "Part": "5"}


def test_tags_of_a_type_need_no_tags_of_all() -> None:
    document = stack_of(resource_tags={"aws_rds_cluster": {"Backup": "daily"}})
    assert tags_of(document, CLUSTER) == {"Backup": "daily"}
    assert tags_of(document, "aws_iam_role.lambda_aurora_role") is None


def test_tags_of_a_type_that_is_not_made_are_a_warning() -> None:
    environment = Environment.model_validate(
        {
            "name": "shop",
            "name_prefix": "shop",
            "engine": {"version": "17.7"},
            "resource_tags": {"aws_kms_key": {"A": "b"}, "aws_rds_cluster": {"A": "b"}},
        }
    )
    stack = DatabaseStack(App(outdir=gettempdir()), environment, today=TODAY)
    assert stack.warnings == ["resource_tags.aws_kms_key: the environment makes no such resource"]


@pytest.mark.parametrize("mode", ["random", "write_only"])
def test_another_rotation_date_is_another_version_of_the_password(mode: str) -> None:
    document = stack_of(credentials={"mode": mode, "rotation_date": date(2026, 11, 1)})
    if mode == "random":
        assert blocks(document)["random_password.db_password"]["keepers"] == {"version": "20261101"}
    else:
        assert blocks(document)[CLUSTER]["master_password_wo_version"] == 20261101


def test_logical_replication_keeps_a_cluster_awake_that_shall_pause() -> None:
    keys: dict[str, Any] = {
        "name": "shop",
        "name_prefix": "shop",
        "engine": {"version": "17.7", "cluster_parameters": {"rds.logical_replication": "1"}},
    }
    paused = Environment.model_validate({**keys, "capacity": {"minimum_acu": 0}})
    (warning,) = paused.warnings(TODAY)
    assert warning.startswith(
        "capacity.minimum_acu = 0: the cluster never pauses, because rds.logical_replication is on"
    )
    assert Environment.model_validate(keys).warnings(TODAY) == ()


def test_an_allowed_major_upgrade_is_told_until_it_is_taken_out() -> None:
    (warning,) = warnings_of(engine={"version": "17.7", "allow_major_version_upgrade": "17.7"})
    assert warning.startswith('engine.allow_major_version_upgrade = "17.7": ')
    assert warning.endswith("take it out afterwards")
    assert warnings_of(engine={"version": "17.7"}) == ()


def test_a_section_that_is_left_out_is_what_its_defaults_would_be_checked_to() -> None:
    """Defaults are made without a check, which would build the model of each section at every start."""
    left_out = [field.default for field in Environment.model_fields.values() if isinstance(field.default, Section)]
    left_out += [field.default for one in left_out for field in type(one).model_fields.values()]
    sections = [one for one in left_out if isinstance(one, Section)]
    assert len(sections) > 15
    assert [one for one in (*sections, AS_THE_OTHERS) if one != type(one)()] == []
