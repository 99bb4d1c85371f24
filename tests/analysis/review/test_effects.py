"""What a review says of the running database: upgrades, downgrades, restarts, and what waits."""

import inspect
from importlib import import_module
from typing import Any

import pytest

from analysis.review.comparison import NO_STACK, Comparison
from analysis.review.effects import effects
from analysis.review.effects.table import argument_effects
from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.replacement import forcing_in_provider_6, resource_type
from analysis.review.review import review
from cli.arguments.fail_on import parse_conditions, what_happened
from local_aws.programs import engine
from tests.analysis.review.stacks import Bodies, stack

CLUSTER, INSTANCE = "aws_rds_cluster.aurora", "aws_rds_cluster_instance.aurora"
GROUP, GLOBAL = "aws_rds_cluster_parameter_group.aurora", "aws_rds_global_cluster.aurora"
WORDS = tuple(kind.value for kind in EffectKind)


def felt(before: Bodies | None, after: Bodies, **sections: Any) -> list[Effect]:
    """Return the effects; None is an environment that was not there."""
    old = NO_STACK if before is None else stack(before, **sections)
    return list(effects(Comparison("dev", old, stack(after, **sections))))


def failing(before: Bodies, after: Bodies) -> list[str]:
    """Return the words of `--fail-on` that a change makes fail."""
    found = review({"dev": stack(before)}, {"dev": stack(after)}, base="main")
    return [word for word in (*WORDS, "open") if what_happened(found, parse_conditions(word))]


def cluster(version: Any = None, **more: Any) -> dict[str, Any]:
    """Return a stack of one cluster, with changes made at once."""
    arguments = {"engine": "aurora-postgresql", "apply_immediately": True} | more
    return {CLUSTER: arguments if version is None else arguments | {"engine_version": version}}


@pytest.mark.parametrize(
    ("before", "after", "words", "severity"),
    [
        ("17.7", "16.8", ["downgrade"], Severity.CRITICAL),
        ("17.7", "17.4", ["downgrade"], Severity.CRITICAL),
        ("18", "17.9", ["downgrade"], Severity.CRITICAL),
        ("18.3", "17", ["downgrade"], Severity.CRITICAL),
        ("17.10", "17.9", ["downgrade"], Severity.CRITICAL),
        ("17", "17.7", ["downgrade", "restart"], Severity.MEDIUM),
        ("17.7", "18.3", ["major-upgrade", "restart"], Severity.HIGH),
        ("17", "18", ["major-upgrade", "restart"], Severity.HIGH),
        ("16.8", "17.7", ["major-upgrade", "restart"], Severity.HIGH),
        ("9.6", "17.7", ["major-upgrade", "restart"], Severity.HIGH),
        ("17.7", "17.9", ["restart"], Severity.MEDIUM),
        ("17.7", "17", ["restart"], Severity.LOW),
        ("17", "17.99", ["restart"], Severity.LOW),
    ],
)
def test_another_version_is_told_by_its_direction(
    before: str, after: str, words: list[str], severity: Severity
) -> None:
    [found] = felt(cluster(before), cluster(after))
    assert found.severity is severity
    assert f"engine_version {before} → {after}" in found.what
    assert failing(cluster(before), cluster(after)) == words


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (cluster("17.7"), cluster("17.7")),
        (cluster("17"), cluster("17")),
        (cluster("17.7"), cluster()),
        (cluster(), cluster("17.7")),
        (cluster("17.7"), cluster("${var.version}")),
        (cluster("${var.version}"), cluster("16.8")),
        (None, cluster("16.8")),
        (cluster("17.7"), {}),
        (cluster("17.7", engine="aurora-mysql"), cluster("16.8")),
        (cluster("17.7", database_name="a"), cluster("16.8", database_name="b")),
        (cluster("17.7"), cluster("16.8", lifecycle={"ignore_changes": ["engine_version"]})),
        (cluster("17.7"), cluster("16.8", lifecycle={"ignore_changes": "all"})),
        (cluster("8.0.mysql_aurora.3.04.0"), cluster("5.7.mysql_aurora.2.11.1")),
    ],
)
def test_a_version_that_is_not_known_or_of_a_new_cluster_says_nothing(before: Bodies | None, after: Bodies) -> None:
    assert felt(before, after) == []


def test_the_default_of_a_variable_is_the_version() -> None:
    before = stack(cluster("${var.v}"), variable={"v": {"default": "17.7"}})
    after = stack(cluster("${var.v}"), variable={"v": {"default": "16.8"}})
    [found] = effects(Comparison("dev", before, after))
    assert found.kind is EffectKind.DOWNGRADE


def test_a_version_of_a_cluster_that_was_restored_counts_as_of_any() -> None:
    restored = {"snapshot_identifier": "old", "lifecycle": {"ignore_changes": ["snapshot_identifier"]}}
    [found] = felt(cluster("17.7", **restored), cluster("16.8", **restored))
    assert found.kind is EffectKind.DOWNGRADE


def test_a_cluster_that_is_moved_keeps_its_version() -> None:
    moved = [{"from": "aws_rds_cluster.aurora", "to": "aws_rds_cluster.other"}]
    after = {"aws_rds_cluster.other": cluster("16.8")[CLUSTER]}
    [found] = effects(Comparison("dev", stack(cluster("17.7")), stack(after, moved=moved)))
    assert (found.kind, found.address) == (EffectKind.DOWNGRADE, "aws_rds_cluster.other")


def test_a_major_upgrade_says_what_it_needs() -> None:
    [found] = felt(cluster("16.8"), cluster("17.7"))
    for needed in (
        'engine.allow_major_version_upgrade = "17.7", without which AWS refuses it',
        "take a manual snapshot first",
        "an outage at once",
        "ANALYZE after it",
        "there is no downgrade",
    ):
        assert needed in found.why
    [allowed] = felt(cluster("16.8"), cluster("17.7", allow_major_version_upgrade=True))
    assert "without which" not in allowed.why


def test_statistics_stay_from_18_on() -> None:
    [found] = felt(cluster("17.7"), cluster("18.3"))
    assert "ANALYZE" not in found.why


@pytest.mark.parametrize(("after", "word"), [("17.9", "pending-window"), ("18.3", "major-upgrade")])
def test_an_upgrade_that_waits_for_the_window_restarts_nothing_now(after: str, word: str) -> None:
    sides = [cluster(version, apply_immediately=False) for version in ("17.7", after)]
    [found] = felt(*sides)
    assert "in the next maintenance window" in found.why
    assert failing(*sides) == [word]


def test_members_of_a_global_database_are_upgraded_in_its_order() -> None:
    source = {GLOBAL: {"source_db_cluster_identifier": f"${{{CLUSTER}.arn}}"}}
    [major] = felt(cluster("16.8") | source, cluster("17.7") | source)
    assert "its members are upgraded together, by the global cluster" in major.why
    secondary = {"global_cluster_identifier": "alex-global", "lifecycle": {"ignore_changes": ["engine"]}}
    [minor] = felt(cluster("17.7", **secondary), cluster("17.9", **secondary))
    assert "upgrade its secondaries first" in minor.why


def test_a_global_cluster_has_a_version_of_its_own() -> None:
    sides = [{GLOBAL: {"engine_version": version}} for version in ("17.7", "16.8", "18.3")]
    assert failing(sides[0], sides[1]) == ["downgrade"]
    assert failing(sides[0], sides[2]) == ["major-upgrade", "restart"]


def instance(**more: Any) -> dict[str, Any]:
    return {CLUSTER: {}, INSTANCE: {"cluster_identifier": f"${{{CLUSTER}.id}}", "identifier": "a"} | more}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (cluster(port=5432), cluster(port=5433), ["new-endpoint", "restart"]),
        (cluster(port=5432), cluster(port=5433, apply_immediately=False), ["new-endpoint", "restart"]),
        (instance(instance_class="db.r6g.large"), instance(instance_class="db.serverless"), ["pending-window"]),
        (
            instance(instance_class="db.r6g.large", apply_immediately=True),
            instance(instance_class="db.serverless", apply_immediately=True),
            ["restart"],
        ),
        (
            cluster(iam_database_authentication_enabled=True, apply_immediately=False),
            cluster(iam_database_authentication_enabled=False, apply_immediately=False),
            ["lock-out", "pending-window"],
        ),
        (
            cluster(iam_database_authentication_enabled=True),
            cluster(iam_database_authentication_enabled=False),
            ["lock-out"],
        ),
        (cluster(apply_immediately=False), cluster(apply_immediately=True), ["restart"]),
        (cluster(apply_immediately=True), cluster(apply_immediately=False), []),
        (cluster(backup_retention_period=7), cluster(backup_retention_period=14), []),
        (cluster(preferred_maintenance_window="a"), cluster(preferred_maintenance_window="b"), []),
        (instance(promotion_tier=0), instance(promotion_tier=1), []),
        (instance(identifier="a"), instance(identifier="b"), ["restart"]),
        (instance() | {CLUSTER: {"database_name": "a"}}, instance() | {CLUSTER: {"database_name": "b"}}, []),
        (instance(), {CLUSTER: {}}, []),
        ({CLUSTER: {}}, instance(), []),
    ],
)
def test_what_restarts_and_what_waits_for_the_window(before: Bodies, after: Bodies, words: list[str]) -> None:
    assert failing(before, after) == words


def group(*parameters: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """Return a cluster with a parameter group; a parameter is its name, its value and when it applies."""
    blocks = [{"name": name, "value": value, "apply_method": method} for name, value, method in parameters]
    return cluster(db_cluster_parameter_group_name=f"${{{GROUP}.name}}") | {
        GROUP: {"family": "aurora-postgresql17", "name_prefix": "a-", "parameter": blocks} | more
    }


LIBRARIES = ("shared_preload_libraries", "pg_stat_statements", "pending-reboot")


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (group(LIBRARIES), group(), "shared_preload_libraries: in effect after a reboot"),
        (group(), group(LIBRARIES), "shared_preload_libraries: in effect after a reboot"),
        (
            group(LIBRARIES, ("max_connections", "100", "pending-reboot")),
            group(("shared_preload_libraries", "pgaudit", "pending-reboot"), ("max_connections", "200", "immediate")),
            "max_connections, shared_preload_libraries: in effect after a reboot",
        ),
        # A dynamic parameter that asks to wait, and one that does not.
        (
            group(("work_mem", "64", "pending-reboot"), ("log_statement", "ddl", "immediate")),
            group(("work_mem", "65", "pending-reboot"), ("log_statement", "all", "immediate")),
            "work_mem: in effect after a reboot",
        ),
        (cluster(), group(), "another parameter group (db_cluster_parameter_group_name)"),
        (group(family="aurora-postgresql16"), group(), "another parameter group (db_cluster_parameter_group_name)"),
        (
            instance(),
            instance(db_parameter_group_name="mine"),
            "another parameter group (db_parameter_group_name)",
        ),
    ],
)
def test_what_waits_for_a_reboot(before: Bodies, after: Bodies, what: str) -> None:
    [found] = felt(before, after)
    assert (found.kind, found.what) == (EffectKind.PENDING_REBOOT, what)
    assert "./aurora-serverless restart" in found.why
    assert failing(before, after) == ["pending-reboot"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (group(("log_statement", "ddl", "immediate")), group(("log_statement", "all", "immediate"))),
        (group(LIBRARIES, ("a.b", "1", "immediate")), group(("a.b", "1", "pending-reboot"), LIBRARIES)),
        (group(tags={"a": "b"}), group(tags={"a": "c"})),
        (cluster(db_cluster_parameter_group_name="mine"), cluster()),
        (None, group(LIBRARIES)),
    ],
)
def test_what_takes_effect_at_once_waits_for_nothing(before: Bodies | None, after: Bodies) -> None:
    assert felt(before, after) == []


def scaling(minimum: Any, maximum: Any, **more: Any) -> dict[str, Any]:
    return cluster(serverlessv2_scaling_configuration={"min_capacity": minimum, "max_capacity": maximum}, **more)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (scaling(0.5, 1), scaling(0.5, 8), "max_connections 189 → 1,669 after a reboot"),
        (scaling(2, 16), scaling(2, 4), "max_connections 3,360 → 823 after a reboot"),
        (scaling(0.5, 16), scaling(1, 16), "max_connections 2,000 → 3,360 after a reboot"),
    ],
)
def test_max_connections_waits_after_a_change_of_capacity(before: Bodies, after: Bodies, what: str) -> None:
    [found] = felt(before, after)
    assert (found.kind, found.what) == (EffectKind.PENDING_REBOOT, what)


def limited(value: str) -> dict[str, Any]:
    return {GROUP: group(("max_connections", value, "pending-reboot"))[GROUP]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (scaling(2, 32), scaling(2, 64)),
        (scaling(0, 4), scaling(0.5, 4)),
        (scaling("${var.a}", "${var.b}"), scaling(0.5, 4)),
        (scaling(2, 4) | limited("500"), scaling(2, 8) | limited("500")),
        (cluster(), scaling(2, 8)),
    ],
)
def test_a_capacity_that_leaves_the_limit_as_it_is_waits_for_nothing(before: Bodies, after: Bodies) -> None:
    assert felt(before, after) == []


def test_a_formula_for_max_connections_follows_the_capacity() -> None:
    formula = limited("LEAST({DBInstanceClassMemory/9531392},5000)")
    [found] = felt(scaling(2, 4) | formula, scaling(2, 8) | formula)
    assert found.kind is EffectKind.PENDING_REBOOT


META = set(
    "scope_ id_ connection count depends_on for_each lifecycle provider provisioners id timeouts tags tags_all".split()
)
MODULES = {
    "aws_rds_cluster": "rds_cluster.RdsCluster",
    "aws_rds_cluster_instance": "rds_cluster_instance.RdsClusterInstance",
    "aws_rds_cluster_parameter_group": "rds_cluster_parameter_group.RdsClusterParameterGroup",
    "aws_rds_cluster_role_association": "rds_cluster_role_association.RdsClusterRoleAssociation",
    "aws_db_parameter_group": "db_parameter_group.DbParameterGroup",
    "aws_rds_global_cluster": "rds_global_cluster.RdsGlobalCluster",
    "aws_db_proxy": "db_proxy.DbProxy",
    "aws_db_proxy_default_target_group": "db_proxy_default_target_group.DbProxyDefaultTargetGroup",
    "aws_db_proxy_endpoint": "db_proxy_endpoint.DbProxyEndpoint",
    "aws_rds_cluster_endpoint": "rds_cluster_endpoint.RdsClusterEndpoint",
    "aws_db_proxy_target": "db_proxy_target.DbProxyTarget",
}


@pytest.mark.parametrize("type_", MODULES)
def test_every_argument_of_the_provider_is_in_one_place(type_: str) -> None:
    module, _, name = MODULES[type_].partition(".")
    signature = inspect.signature(getattr(import_module(f"cdktf_cdktf_provider_aws.{module}"), name).__init__)
    arguments = set(signature.parameters) - META - {"self", "scope"}
    row, known = argument_effects()[type_], resource_type(type_)
    listed = [*row.restart, *row.always, *row.reboot, *row.window, *row.no_outage]
    replacing = {path for path in known.forces if "." not in path}
    if engine() == "cdktn":  # whose provider is version 6
        listed += row.no_outage_since_6
        replacing |= forcing_in_provider_6(type_)
    assert sorted(listed) == sorted(set(listed))
    assert arguments - set(listed) - replacing == set()
    assert set(listed) - arguments == set()
    assert set(listed) & replacing <= set(known.when) | {"s3_import"}


def test_the_table_names_its_sources() -> None:
    assert set(argument_effects()) == set(MODULES)
    assert all(row.source.strip() for row in argument_effects().values())
