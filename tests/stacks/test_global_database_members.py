"""What the files of one global database must have in common, where those of primary and secondary are both there."""

from pathlib import Path

import pytest

from stacks.environment_conflicts import conflicts
from stacks.environment_files import environment_of

PRIMARY = """\
name_prefix = "shop"
region = "us-east-1"
[engine]
version = "17.7"
[global_database]
role = "primary"
identifier = "world"
"""
SECONDARY = """\
name_prefix = "shop-west"
region = "eu-west-1"
[engine]
version = "17.7"
[global_database]
role = "secondary"
identifier = "world"
source_region = "us-east-1"
secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
"""
ENCRYPTED = '[encryption]\nkey = "own"\n'
THIRD = SECONDARY.replace("shop-west", "shop-north").replace("eu-west-1", "eu-north-1")


def told(**files: str) -> list[str]:
    """Return the problems of files, in this order."""
    environments = [
        (path, environment_of(path, files[path.stem].encode())) for path in map(Path, map("{}.toml".format, files))
    ]
    return [str(problem) for problem in conflicts(environments)]


def test_a_primary_and_its_secondaries_pass() -> None:
    assert told(primary=PRIMARY, secondary=SECONDARY, third=THIRD) == []
    assert told(primary=PRIMARY + ENCRYPTED, secondary=SECONDARY + ENCRYPTED) == []


@pytest.mark.parametrize("secondary_first", [True, False])
def test_a_secondary_copies_from_its_primarys_region(*, secondary_first: bool) -> None:
    files = {"primary": PRIMARY, "secondary": SECONDARY.replace("us-east-1", "us-east-2")}
    (line,) = told(**dict(sorted(files.items(), reverse=secondary_first)))
    assert line == (
        'secondary.toml: global_database.source_region = "us-east-2": in primary.toml the primary is in us-east-1; '
        'write "us-east-1"'
    )


def test_a_secondary_of_a_primary_whose_region_is_not_known_passes() -> None:
    assert told(primary=PRIMARY.replace('region = "us-east-1"\n', ""), secondary=SECONDARY) == []


@pytest.mark.parametrize(
    ("of_primary", "of_secondary"),
    [
        ("17.7", "16.8"),
        ("16.8", "17.7"),
        ("17.7", "17.5"),
        ("17.5", "17.7"),
        ("17", "16"),
        ("17", "16.8"),
        ("17.7", "16"),
    ],
)
def test_a_secondary_of_another_engine_version_is_told(of_primary: str, of_secondary: str) -> None:
    (line,) = told(primary=PRIMARY.replace("17.7", of_primary), secondary=SECONDARY.replace("17.7", of_secondary))
    assert line == (
        f'secondary.toml: engine.version = "{of_secondary}": in primary.toml the primary runs {of_primary}, and all '
        f'clusters of a global database run one version; write "{of_primary}", or the new version in each file and '
        "deploy the secondaries before the primary"
    )


@pytest.mark.parametrize(("of_primary", "of_secondary"), [("17", "17.7"), ("17.7", "17"), ("17", "17")])
def test_a_major_version_goes_with_any_of_its_minor_versions(of_primary: str, of_secondary: str) -> None:
    assert told(primary=PRIMARY.replace("17.7", of_primary), secondary=SECONDARY.replace("17.7", of_secondary)) == []


def test_a_secondary_of_a_primary_under_a_kms_key_needs_one() -> None:
    for key in ("own", "aws-managed"):
        (line,) = told(primary=PRIMARY + f'[encryption]\nkey = "{key}"\n', secondary=SECONDARY)
        assert line.startswith('secondary.toml: encryption.key = "aws-owned": in primary.toml the primary is under a')
        assert line.endswith('write "own", or "given" with key_arn')


def test_a_secondary_of_a_primary_under_no_kms_key_has_none() -> None:
    (line,) = told(primary=PRIMARY, secondary=SECONDARY + ENCRYPTED)
    assert line.startswith('secondary.toml: encryption.key = "own": in primary.toml the primary is under no')


def test_a_secondary_has_its_primarys_database_and_user() -> None:
    assert told(primary=PRIMARY, secondary=SECONDARY.replace("shop-west", "orders")) == [
        'secondary.toml: database.name = "orders": in primary.toml the primary has "shop", and a secondary has what '
        'its primary has; write "shop"',
        'secondary.toml: database.master_username = "ordersadmin": in primary.toml the primary has "shopadmin", and a '
        'secondary has what its primary has; write "shopadmin"',
    ]
    named = '[database]\nname = "shop"\nmaster_username = "shopadmin"\n'
    assert told(primary=PRIMARY, secondary=SECONDARY.replace("shop-west", "orders") + named) == []


def test_all_that_does_not_fit_is_told() -> None:
    wrong = SECONDARY.replace("us-east-1", "us-east-2").replace("17.7", "16.8") + ENCRYPTED
    assert [line.partition(" = ")[0] for line in told(primary=PRIMARY, secondary=wrong)] == [
        "secondary.toml: global_database.source_region",
        "secondary.toml: engine.version",
        "secondary.toml: encryption.key",
    ]


def test_two_clusters_of_a_global_database_in_one_region_are_told() -> None:
    (line,) = told(primary=PRIMARY, secondary=SECONDARY, third=SECONDARY.replace("shop-west", "shop-other"))
    assert line == (
        'third.toml: global_database.identifier = "world": the cluster of the global database world is that of '
        'secondary.toml too (its global_database.identifier = "world"), and a global database has one cluster in a '
        "Region; write another region, or another identifier"
    )


def test_two_primaries_of_a_global_database_are_told() -> None:
    other = PRIMARY.replace('"shop"', '"other"').replace("us-east-1", "us-west-2")
    (line,) = told(primary=PRIMARY, other=other)
    assert line.startswith('other.toml: global_database.identifier = "world": the global cluster world is that of')
    assert "an account has one of that name in all Regions" in line


@pytest.mark.parametrize(
    ("primary", "secondary"),
    [
        (PRIMARY.replace("world", "moon"), SECONDARY),
        (
            'allowed_account_ids = ["111111111111"]\n' + PRIMARY,
            'allowed_account_ids = ["222222222222"]\n' + SECONDARY.replace("123456789012", "222222222222"),
        ),
        (PRIMARY.partition("[global_database]")[0], SECONDARY),
    ],
    ids=["another identifier", "another account", "no primary"],
)
def test_the_secondary_of_a_primary_that_is_not_there_passes(primary: str, secondary: str) -> None:
    assert told(primary=primary, secondary=secondary.replace("17.7", "16.8")) == []


def test_readers_of_a_primary_and_its_secondaries_are_at_most_15() -> None:
    def with_readers(count: int) -> str:
        return PRIMARY + f"[instances]\nreaders = {count}\n"

    assert told(primary=with_readers(13), secondary=SECONDARY, third=THIRD) == []
    (line,) = told(primary=with_readers(14), secondary=SECONDARY, third=THIRD)
    assert line == (
        "primary.toml: instances.readers = 14: a primary's readers and its secondaries are at most 15 together, and "
        "there are 2 secondaries; write 13, or leave a secondary out"
    )
