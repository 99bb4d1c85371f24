from collections.abc import Callable

import pytest

from aurora_serverless.rules import names
from aurora_serverless.rules.regions import check_region
from aurora_serverless.rules.tags import check_role_tags, check_tags
from aurora_serverless.rules.violation import RuleViolation, shown


def identifier(value: str) -> None:
    names.check_identifier(value, argument="cluster_identifier")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (identifier, "a"),
        (identifier, "alex-aurora-0"),
        (identifier, "a" * 63),
        (names.check_subnet_group_name, "alex.aurora_1 group-a"),
        (names.check_security_group_name, "Alex [aurora] sg"),
        (names.check_secret_name, "team/alex_db+1=@x"),
        (names.check_secret_name, "a" * 503),
        (names.check_role_name, "Alex+role=,.@_-"),
        (names.check_policy_name, "p" * 128),
        (names.check_database_name, "alex_1"),
        (names.check_master_username, "postgres"),
        (names.check_account_id, "012345678901"),
        (names.check_bucket_name, "my.state-bucket"),
        (names.check_bucket_name, "192.168.1.1-state"),
        (names.check_bucket_name, "a-xn--b"),
        (names.check_security_group_description, "Security group for Alex Aurora cluster"),
        (check_region, "eu-central-1"),
    ],
)
def test_names_that_aws_takes(check: Callable[[str], None], value: str) -> None:
    check(value)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *[(identifier, value) for value in ("", "1a", "-a", "a-", "a--b", "a_b", "Alex", "a" * 64, "a.b", "a\n")],
        *[
            (names.check_subnet_group_name, value)
            for value in ("", "Alex", "default", "a/b", "a" * 256, "1group", "-group", ".group", " group", "_group")
        ],
        *[
            (names.check_security_group_name, value)
            for value in ("", "sg-1", "default", "é", "a" * 256, "a|b", "a ", " a")
        ],
        *[(names.check_secret_name, value) for value in ("", "a b", "a" * 504, "a*")],
        *[(names.check_role_name, value) for value in ("", "a/b", "a" * 65, "a b")],
        *[(names.check_policy_name, value) for value in ("", "a" * 129, "a:b")],
        *[(names.check_database_name, value) for value in ("", "1a", "a-b", "db", "postgres", "select", "a" * 64)],
        *[
            (names.check_master_username, value)
            for value in ("", "1a", "a-b", "admin", "RDSADMIN", "user", "pg_alex", "a" * 64, "a@b")
        ],
        *[(names.check_account_id, value) for value in ("", "12345678901", "1234567890123", "12345678901a")],
        *[
            (names.check_bucket_name, value)
            for value in (
                *("ab", "A-bucket", "-abc", "a" * 64, "a..b", "192.168.1.1", "xn--abc", "sthree-abc"),
                *("amzn-s3-demo-bucket", "abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--x-s3", "abc--table-s3"),
            )
        ],
        *[(names.check_security_group_description, value) for value in ("", "a" * 256, "ü")],
        *[(check_region, value) for value in ("", "us-east1", "US-EAST-1", "eusc-de-east-1", "ap-southeast-6")],
    ],
)
def test_names_that_aws_refuses(check: Callable[[str], None], value: str) -> None:
    with pytest.raises(RuleViolation):
        check(value)


def test_an_unknown_region_names_the_nearest() -> None:
    with pytest.raises(RuleViolation, match='did you mean "us-east-1"'):
        check_region("us-east1")


def test_tags_that_aws_takes() -> None:
    check_tags({"Project": "alex", "cost centre": "", "k" * 128: "v" * 256, "a:b/c": "x+y=z@w"})


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"": "x"}, "must not be empty"),
        ({"aws:owner": "x"}, "must not start with aws:"),
        ({"AWS:owner": "x"}, "must not start with aws:"),
        ({"k" * 129: "x"}, "1 to 128"),
        ({"a*": "x"}, "1 to 128"),
        ({"a": "v" * 257}, "at most 256"),
        ({"a": "<b>"}, "at most 256"),
        ({f"k{i}": "v" for i in range(51)}, "at most 50 tags"),
    ],
)
def test_tags_that_aws_refuses(tags: dict[str, str], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        check_tags(tags)


def test_tags_that_differ_in_capitals_only_are_two_but_on_a_role() -> None:
    tags = {"Project": "alex", "Part": "5", "project": "alex"}
    check_tags(tags)
    with pytest.raises(RuleViolation, match=r'^project = "alex": differs from the tag Project in capitals only'):
        check_role_tags(tags)
    check_role_tags({"Project": "alex", "projects": "alex"})


def test_a_role_takes_no_tag_that_no_resource_takes() -> None:
    with pytest.raises(RuleViolation, match="must not start with aws:"):
        check_role_tags({"aws:owner": "x"})


def test_fifty_tags_are_allowed() -> None:
    check_tags({f"k{i}": "v" for i in range(50)})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('a"b\n', '"a\\"b\\n"'),
        (True, "true"),
        (0.3, "0.3"),
        (["a", 1], '["a", 1]'),
        ({"a": 1}, "{a = 1}"),
        (None, "(not set)"),
        ("x" * 100, '"' + "x" * 76 + "..."),
    ],
)
def test_a_value_is_shown_as_toml_writes_it(value: object, text: str) -> None:
    assert shown(value) == text
