import json

import pytest

from aurora_serverless.rules.names import check_database_user
from aurora_serverless.rules.roles import (
    LONGEST_INLINE_POLICIES,
    check_permissions_boundary_arn,
    check_policy_size,
    check_role_path,
    check_secret_arn,
    check_secret_key_arn,
    check_secret_keys,
    check_short_name,
)
from aurora_serverless.rules.violation import RuleViolation

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"


@pytest.mark.parametrize("path", ["/", "/service/", "/service/orders.v2/", "/" + "a" * 510 + "/"])
def test_a_path_starts_and_ends_with_a_slash(path: str) -> None:
    check_role_path(path)


@pytest.mark.parametrize("path", ["", "service/", "/service", "//", "/a b/", "/*/", "/" + "a" * 511 + "/"])
def test_another_path_is_refused(path: str) -> None:
    with pytest.raises(RuleViolation, match="starts and ends with /, and has at most 512"):
        check_role_path(path)


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::123456789012:policy/team/boundary"]
)
def test_a_boundary_is_a_managed_policy(arn: str) -> None:
    check_permissions_boundary_arn(arn)


@pytest.mark.parametrize("arn", ["boundary", "arn:aws:iam::123456789012:role/boundary", "arn:aws:iam::1:policy/b"])
def test_another_boundary_is_refused(arn: str) -> None:
    with pytest.raises(RuleViolation, match="must be the ARN of a managed policy"):
        check_permissions_boundary_arn(arn)


@pytest.mark.parametrize("name", ["mail-AbCdEf", "team/mail-AbCdEf", "rds!cluster-1a2b-AbCdEf"])
def test_a_secret_is_named_by_its_whole_arn(name: str) -> None:
    check_secret_arn(SECRET + name)


@pytest.mark.parametrize("arn", ["mail", SECRET + "mail", SECRET + "mail-*", SECRET + "*", SECRET + "mail-AbCdE"])
def test_part_of_a_secret_s_arn_is_refused(arn: str) -> None:
    with pytest.raises(RuleViolation, match="must be the whole ARN of a secret"):
        check_secret_arn(arn)


def test_an_alias_is_no_key_of_a_secret() -> None:
    with pytest.raises(RuleViolation, match='secret_key_arns = "arn:aws:kms:us-east-1:123456789012:alias/x"'):
        check_secret_key_arn("arn:aws:kms:us-east-1:123456789012:alias/x")


def test_keys_without_secrets_are_refused() -> None:
    check_secret_keys((), ())
    check_secret_keys(("secret",), ("key",))
    with pytest.raises(RuleViolation, match="there are none"):
        check_secret_keys((), ("key",))


@pytest.mark.parametrize("name", ["worker", "worker-2", "a"])
def test_a_short_name_makes_an_address(name: str) -> None:
    check_short_name(name)


@pytest.mark.parametrize("name", ["", "Worker", "2worker", "worker_2", "worker-", "a--b", "a.b"])
def test_another_short_name_is_refused(name: str) -> None:
    with pytest.raises(RuleViolation, match="a role's short name"):
        check_short_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("orders_app", "_app", "admin", "app2", "a" * 63),
        *("orders-app", "App", "2app", "jane.doe@example.com", "app$1", "first+last=x,y"),
    ],
)
def test_a_database_user_has_a_name_that_a_policy_takes_literally(name: str) -> None:
    check_database_user(name)


@pytest.mark.parametrize("name", ["", "*", "app?", "a/b", "a:b", "a b", "${aws:username}", "ä", "a" * 64])
def test_another_name_of_a_database_user_is_refused(name: str) -> None:
    with pytest.raises(RuleViolation, match="1 to 63 letters, digits and _"):
        check_database_user(name)


@pytest.mark.parametrize("name", ["pg_app", "rds_iam", "rds_superuser", "rdsadmin", "rdsproxyadmin", "public", "none"])
def test_the_users_of_postgresql_and_rds_are_refused(name: str) -> None:
    with pytest.raises(RuleViolation, match=r"keeps for itself|is taken by RDS|cannot be the name of a role"):
        check_database_user(name)


def test_a_policy_fits_that_is_as_long_as_iam_takes_it() -> None:
    fits = json.dumps({"Statement": "a" * (LONGEST_INLINE_POLICIES - len('{"Statement":""}'))}, indent=4)
    check_policy_size(fits + "${TfToken[TOKEN.1]}" + " " * 99, argument="secret_arns", value="", remedy="name fewer")
    with pytest.raises(RuleViolation, match=r"makes a policy of 10,241 characters, and IAM takes 10,240"):
        check_policy_size(fits + "a", argument="secret_arns", value="1 secret", remedy="name fewer")
