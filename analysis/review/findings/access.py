"""Ways into the database that were not there: from the internet, through the Data API, with IAM."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity
from analysis.review.findings.switches import turned
from analysis.synthesized.values import as_list

_CLUSTER: Final = ("aws_rds_cluster",)
_INSTANCES: Final = ("aws_rds_cluster_instance", "aws_db_instance")
_SWITCHES: Final = (
    turned(
        _INSTANCES,
        "publicly_accessible",
        True,
        Severity.CRITICAL,
        "the instance gets an address on the internet",
        also_when_new=True,
    ),
    turned(
        _CLUSTER,
        "enable_http_endpoint",
        True,
        Severity.MEDIUM,
        "whoever may call rds-data and read the secret sends SQL from anywhere, past the security group",
    ),
    turned(
        _CLUSTER,
        "iam_database_authentication_enabled",
        True,
        Severity.LOW,
        "whoever has rds-db:connect logs in without the password",
    ),
    turned(
        ("aws_db_proxy",),
        "require_tls",
        False,
        Severity.HIGH,
        "passwords and rows go through the VPC in plain text",
        also_when_new=True,
    ),
    turned(
        ("aws_instance",),
        "associate_public_ip_address",
        True,
        Severity.HIGH,
        "the instance gets an address on the internet",
        also_when_new=True,
    ),
)


def proxy(comparison: Comparison) -> Iterator[Finding]:
    """A proxy that no longer asks for IAM."""
    for pair in comparison.of_type("aws_db_proxy"):
        if pair.was("auth", "iam_auth") == "REQUIRED" and pair.after and pair.now("auth", "iam_auth") != "REQUIRED":
            yield Finding(Severity.MEDIUM, pair.address, "IAM is no longer required", "a password alone is enough now")


def roles_of_the_cluster(comparison: Comparison) -> Iterator[Finding]:
    """Roles that the database itself assumes."""
    why = "SQL can do what that role may"
    for pair in comparison.of_type("aws_rds_cluster"):
        was, now = ({str(role) for role in as_list(value)} for value in (pair.was("iam_roles"), pair.now("iam_roles")))
        for role in sorted(now - was):
            yield Finding(Severity.MEDIUM, pair.address, f"the database may use the role {role}", why)
    for pair in comparison.of_type("aws_rds_cluster_role_association"):
        role, feature = pair.now("role_arn"), pair.now("feature_name")
        if pair.after is not None and (role, feature) != (pair.was("role_arn"), pair.was("feature_name")):
            # What a role that is made beside it may do is told of its policy; of another one nobody here knows.
            severity = Severity.LOW if str(role).startswith("${aws_iam_role.") else Severity.MEDIUM
            yield Finding(severity, pair.address, f"the database may use the role {role} for {feature}", why)


def bastion(comparison: Comparison) -> Iterator[Finding]:
    """Instances, through which Session Manager leads into the VPC."""
    for pair in comparison.of_type("aws_instance"):
        if pair.before is None and pair.after is not None:
            what = "whoever may start a session on it reaches what it reaches"
            yield Finding(Severity.MEDIUM, pair.address, what, "IAM says who: ssm:StartSession on the instance")


RULES: Final = (*_SWITCHES, proxy, bastion, roles_of_the_cluster)
