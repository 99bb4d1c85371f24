"""Values that AWS takes and that a rule might refuse by mistake: each file is read without an error."""

import tempfile
from pathlib import Path

import pytest

from stacks.environment import Environment
from stacks.environment_files import environment_of
from tests.conftest import TODAY
from tests.stacks.wrong_environment_files.wrong import GOOD, engine, top, with_

_ACCOUNT = "123456789012"
_KEY = f"arn:aws:kms:us-east-1:{_ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab"


def read(text: str) -> Environment:
    return environment_of(Path(tempfile.gettempdir()) / "shop.toml", text.encode())


def _secrets(count: int) -> str:
    return ", ".join(f'"arn:aws:secretsmanager:us-east-1:{_ACCOUNT}:secret:u{i}-AbCdEf"' for i in range(count))


@pytest.mark.parametrize(
    "value",
    ["Databases (prod)", "core, eu", "db-*", "a?", r"a\\*", "a\u00a0b", "50% & <more>", "数据库", ""],
)
def test_a_vpc_is_looked_for_by_any_tag_that_ec2_has(value: str) -> None:
    environment = read(with_(f'[network]\nvpc_tags = {{ "Name (full), *" = "{value}" }}'))
    assert environment.network.vpc_tags == {"Name (full), *": value.replace("\\\\", "\\")}


def test_subnets_are_looked_for_by_a_tag_of_aws() -> None:
    tags = '"aws:cloudformation:stack-name" = "net (eu)"'
    assert read(with_(f"[network]\nsubnet_tags = {{ {tags} }}")).network.subnet_tags


@pytest.mark.parametrize("value", ["two\u00a0words", "Jürgen", "数据库 1", "a.b:c/d=e+f-g@h_i", "", "x" * 256, "²"])
def test_a_tag_holds_letters_digits_and_white_space_of_any_script(value: str) -> None:
    assert read(with_(f'[tags]\nOwner = "{value}"\n"Kosten\u00a0Stelle" = "1"')).tags


@pytest.mark.parametrize("user", ["orders-app", "Orders", "jane.doe@example.com", "2app", "app$"])
def test_a_database_user_may_need_quotes(user: str) -> None:
    assert read(with_(f'[access]\niam_authentication = true\niam_users = ["{user}"]')).access.iam_users == (user,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)"),
        ("autovacuum_vacuum_cost_limit", "GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)"),
        ("effective_cache_size", "SUM({DBInstanceClassMemory/12038},-50003)"),
        ("autovacuum_work_mem", "-1"),
        ("maintenance_work_mem", "GREATEST({DBInstanceClassMemory*1024/63963136},65536)"),
        ("max_worker_processes", "GREATEST({DBInstanceVCPU*2},8)"),
        ("work_mem", "64"),
        ("work_mem", "2147483647"),
        ("statement_timeout", "0"),
        ("rds.force_ssl", "on"),
        ("rds.logical_replication", "1"),
        ("random_page_cost", "1.1"),
        ("log_temp_files", "-1"),
        ("log_min_messages", "WARNING"),
        ("pg_stat_statements.track", "all"),
        ("ssl_min_protocol_version", "TLSv1.3"),
        ("shared_preload_libraries", "pg_stat_statements, pg_cron"),
        ("shared_preload_libraries", "pg_stat_statements,some_new_library"),
        ("search_path", "$user, public"),
        ("timezone", "Europe/Berlin"),
        ("aurora_compute_plan_id", "on"),
    ],
)
def test_a_parameter_takes_what_aws_takes(name: str, value: str) -> None:
    assert read(engine("17.7", f'cluster_parameters = {{ "{name}" = "{value}" }}')).warnings(TODAY) == ()


@pytest.mark.parametrize("name", ["rds.some_new_parameter", "apg_new", "new_extension.limit", "lock_timeout"])
def test_a_parameter_that_aws_may_have_passes_with_a_warning(name: str) -> None:
    (warning,) = read(engine("17.7", f'instance_parameters = {{ "{name}" = "1" }}')).warnings(TODAY)
    assert warning.startswith(f"engine.instance_parameters.{name}: is not among the parameters that are known")


@pytest.mark.parametrize("value", ["16384", "SUM({DBInstanceClassMemory/12038},-50003)"])
def test_a_value_that_aurora_serverless_does_not_use_is_told(value: str) -> None:
    (warning,) = read(engine("17.7", f'instance_parameters = {{ shared_buffers = "{value}" }}')).warnings(TODAY)
    assert warning == (
        f'engine.instance_parameters.shared_buffers = "{value}": Aurora Serverless sizes this itself as it scales, and '
        "uses no value that is given; leave it out"
    )


@pytest.mark.parametrize("name", ["max_connections", "maintenance_work_mem", "autovacuum_vacuum_cost_limit"])
def test_a_fixed_value_of_what_follows_the_capacity_is_told(name: str) -> None:
    (warning,) = read(engine("17.7", f'cluster_parameters = {{ {name} = "2048" }}')).warnings(TODAY)
    assert warning.startswith(
        f'engine.cluster_parameters.{name} = "2048": stays the same whatever capacity.maximum_acu'
    )


@pytest.mark.parametrize(
    ("version", "value"), [("17.7", "on"), ("17.7", "1"), ("18.4", "authentication,setup_durations"), ("18.4", "ALL")]
)
def test_connections_are_logged_in_the_words_of_the_version(version: str, value: str) -> None:
    assert read(engine(version, f'cluster_parameters = {{ log_connections = "{value}" }}'))


def test_an_instance_parameter_that_wins_over_the_cluster_s_is_told() -> None:
    lines = 'cluster_parameters = { work_mem = "64" }\ninstance_parameters = { work_mem = "128" }'
    (warning,) = read(engine("17.7", lines)).warnings(TODAY)
    assert 'engine.instance_parameters.work_mem = "128" wins over engine.cluster_parameters.work_mem = "64"' in warning


def test_an_instance_may_load_pgaudit_beside_other_libraries() -> None:
    parameters = '{ shared_preload_libraries = "pgaudit,pg_cron", "pgaudit.log_rows" = "1" }'
    assert read(engine("17.7", f"pgaudit = true\ninstance_parameters = {parameters}"))


@pytest.mark.parametrize("table", ["cluster_parameters", "instance_parameters"])
@pytest.mark.parametrize("value", ["pg_cron", "pgaudit,pg_hint_plan"])
def test_libraries_that_take_the_place_of_aws_s_own_are_told(table: str, value: str) -> None:
    lines = f'{table} = {{ shared_preload_libraries = "{value}" }}'
    (warning,) = read(engine("17.7", lines)).warnings(TODAY)
    assert f'engine.{table}.shared_preload_libraries = "{value}": takes the place of AWS\'s own' in warning
    assert f'write "pg_stat_statements,{value}"' in warning


@pytest.mark.parametrize(
    "lines",
    [
        'cluster_parameters = { shared_preload_libraries = "pg_cron", "pg_stat_statements.track" = "none" }',
        'cluster_parameters = { shared_preload_libraries = "pg_cron,pg_stat_statements" }',
        'cluster_parameters = { shared_preload_libraries = "pg_cron", "pg_stat_statements.track" = "NONE" }\n'
        'instance_parameters = { shared_preload_libraries = "pg_cron" }',
        "pgaudit = true",
    ],
)
def test_nobody_is_told_of_aws_s_libraries_who_keeps_them_or_says_that_they_are_not_wanted(lines: str) -> None:
    assert read(engine("17.7", lines)).warnings(TODAY) == ()


def test_libraries_of_the_instances_are_those_that_count() -> None:
    lines = (
        'cluster_parameters = { shared_preload_libraries = "pg_stat_statements,pg_cron" }\n'
        'instance_parameters = { shared_preload_libraries = "pg_cron" }'
    )
    lost, wins = read(engine("17.7", lines)).warnings(TODAY)
    assert lost.startswith('engine.instance_parameters.shared_preload_libraries = "pg_cron": takes the place')
    assert "wins over" in wins


_SCALED = "[instances.read_scaling]\nminimum_readers = 1\nmaximum_readers = 3\n"


def test_what_aws_says_of_scaled_readers_is_told() -> None:
    (warning,) = read(with_(_SCALED)).warnings(TODAY)
    assert warning.startswith(
        "instances.read_scaling: AWS does not support Aurora Auto Scaling for serverless instances"
    )
    assert "write more instances.readers, and leave it out" in warning


def test_readers_are_scaled_by_the_processor_with_a_warning_that_names_the_capacity() -> None:
    _, warning = read(with_(_SCALED + 'metric = "cpu"')).warnings(TODAY)
    assert warning.startswith('instances.read_scaling.metric = "cpu": ')
    assert warning.endswith('write "capacity"')


def test_readers_that_are_made_beforehand_are_told_nothing() -> None:
    assert read(with_("[instances]\nreaders = 3\npromotion_tiers = [1, 2, 2]")).warnings(TODAY) == ()


@pytest.mark.parametrize("mode", ["standard", "advanced"])
@pytest.mark.parametrize("minimum", ["0", "1.5"])
def test_insights_below_the_capacity_that_aws_recommends_are_told(mode: str, minimum: str) -> None:
    lines = f'[capacity]\nminimum_acu = {minimum}\nmaximum_acu = 8\n[monitoring]\ninsights = "{mode}"'
    (warning,) = read(with_(lines)).warnings(TODAY)
    assert warning.startswith(f'monitoring.insights = "{mode}": AWS recommends a minimum capacity of 2 ACU')
    assert warning.endswith(f"capacity.minimum_acu is {minimum}")


@pytest.mark.parametrize(("mode", "minimum"), [("off", "0"), ("standard", "2"), ("advanced", "8")])
def test_insights_are_told_of_nothing_else(mode: str, minimum: str) -> None:
    lines = f'[capacity]\nminimum_acu = {minimum}\nmaximum_acu = 8\n[monitoring]\ninsights = "{mode}"'
    assert read(with_(lines)).warnings(TODAY) == ()


def test_a_version_newer_than_those_known_passes() -> None:
    assert read(engine("18.6")).engine.version == "18.6"


@pytest.mark.parametrize(
    "lines",
    [
        f'[encryption]\nkey = "given"\nkey_arn = "{_KEY}"',
        f'[monitoring]\nalarms = true\nalarm_topic_arn = "arn:aws:sns:us-east-1:{_ACCOUNT}:pager.fifo"',
        # A role reads secrets in other Regions too: they are under AWS's own key there.
        f'[access.lambda_role]\nsecret_arns = ["arn:aws:secretsmanager:eu-west-1:{_ACCOUNT}:secret:mail-AbCdEf"]',
        '[access.lambda_role]\npermissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"',
        '[instances]\navailability_zones = ["us-east-1a", "us-east-1f"]',
        f"[proxy]\nsecret_arns = [{_secrets(140)}]",
        f"[access.lambda_role]\nsecret_arns = [{_secrets(125)}]",
    ],
)
def test_what_is_in_the_region_and_short_enough_is_accepted(lines: str) -> None:
    in_region = top(f'region = "us-east-1"\nallowed_account_ids = ["{_ACCOUNT}"]')
    assert read(in_region + lines + "\n").region == "us-east-1"
    assert read(GOOD + lines + "\n").region is None


def test_a_key_may_be_of_another_account() -> None:
    lines = f'[encryption]\nkey = "given"\nkey_arn = "{_KEY}"\n'
    assert read(top('allowed_account_ids = ["111111111111"]') + lines).encryption.key_arn == _KEY


@pytest.mark.parametrize("version", [1, 2**53 - 1])
def test_a_password_has_any_version_that_is_counted_exactly(version: int) -> None:
    assert read(with_(f"[credentials]\nversion = {version}")).credentials.password_version == version


@pytest.mark.parametrize("moment", ["2014-01-01T00:00:00Z", "9998-12-31T23:59:59-12:00", "2026-10-31T12:00:00+14:00"])
def test_a_moment_is_any_that_can_be_written(moment: str) -> None:
    source = f'[restore]\ntype = "point_in_time"\nsource_cluster_identifier = "orders"\ntime = {moment}'
    assert read(with_(source)).restore is not None


@pytest.mark.parametrize("key", ["x", "a/b.tfstate", "a/..b/c", "x" * 1017, ".hidden/state", "a b/ä"])
def test_a_state_has_any_key_that_terraform_takes(key: str) -> None:
    lines = f'[backend]\ntype = "s3"\nbucket = "state-1.example"\nregion = "us-east-1"\nkey = "{key}"'
    assert read(with_(lines)).backend_key == key


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("readers = 1", None),
        ("readers = 2\npromotion_tiers = [2, 1]", None),
        ("readers = 2\npromotion_tiers = [2, 3]", "instances.promotion_tier: no reader is in a tier below 2"),
        ("readers = 1\npromotion_tier = 1\n[instances.each.1]\npromotion_tier = 2", "no reader is in a tier below 2"),
        ("readers = 2\n[instances.each.1]\npromotion_tier = 15", None),
    ],
)
def test_a_reader_that_takes_over_with_less_capacity_is_told(lines: str, told: str | None) -> None:
    found = read(with_(f"[instances]\n{lines}")).warnings(TODAY)
    assert [told is not None and told in warning for warning in found] == ([] if told is None else [True])


_CLASSES = """[instances]
readers = 2
[instances.each.0]
instance_class = "db.r7g.2xlarge"
[instances.each.1]
instance_class = "db.r7g.large"
[instances.each.2]
instance_class = "{other}"
promotion_tier = {tier}
"""


@pytest.mark.parametrize(
    ("other", "tier", "is_told"),
    [
        ("db.r7g.2xlarge", 0, False),
        ("db.r7g.2xlarge", 1, True),
        ("db.r7g.2xlarge", 2, True),
        ("db.serverless", 0, False),
    ],
)
def test_a_reader_of_another_class_that_may_take_over_is_told(other: str, tier: int, is_told: bool) -> None:
    found = read(with_(_CLASSES.format(other=other, tier=tier))).warnings(TODAY)
    told = "instances.each: a reader of the class db.r7g.large may take over from a writer of db.r7g.2xlarge"
    assert any(warning.startswith(told) for warning in found) is is_told
