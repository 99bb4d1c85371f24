"""Encryption that is lost, at rest and on the way."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.review.findings.left_out import is_kept
from analysis.review.findings.switches import is_on, turned
from analysis.synthesized.expressions import references
from analysis.synthesized.values import PARAMETER_GROUPS, parameters_in
from aurora_serverless.rules.encryption import encrypted_since

_KEYS: Final = (
    "kms_key_id",
    "kms_master_key_id",
    "kms_key_arn",
    "master_user_secret_kms_key_id",
    "performance_insights_kms_key_id",
)
_BESIDE_THE_CLUSTER: Final = {"aws_cloudwatch_log_group": "kms_key_id", "aws_sns_topic": "kms_master_key_id"}
"""What holds something of the database, and the argument for its key."""
# Only these are not encrypted at all without a key of one's own.
_PLAIN: Final = {"aws_sns_topic", "aws_sqs_queue"}
_ENCRYPTED: Final = "storage_encrypted"
_NOT_AURORA: Final = ("mysql", "postgres")  # the engines of Multi-AZ DB clusters
_COPIES: Final = ("restore_to_point_in_time", "replication_source_identifier", "global_cluster_identifier")
"""What makes a cluster of another one's data, and is not a snapshot."""
_FORCE_SSL: Final = "rds.force_ssl"
_SWITCHES: Final = (
    turned(("aws_kms_key",), "enable_key_rotation", False, Severity.MEDIUM, "the key never changes again"),
    turned(
        ("aws_kms_key",),
        "is_enabled",
        False,
        Severity.CRITICAL,
        "nothing that it encrypts can be read while it is",
        unset=True,
    ),
)


def storage(comparison: Comparison) -> Iterator[Finding]:
    """Storage that is no longer under a KMS key."""
    for pair in comparison.of_type("aws_rds_cluster", "aws_rds_global_cluster", "aws_db_instance"):
        was, now = (is_on(value, unset=False) for value in (pair.was(_ENCRYPTED), pair.now(_ENCRYPTED)))
        if was and not now and pair.after is not None and not is_kept(comparison, pair, _ENCRYPTED):
            severity, why = _without_kms_key(pair)
            yield Finding(severity, pair.address, f"{_ENCRYPTED} is off", why)


def _without_kms_key(pair: Pair) -> tuple[Severity, str]:
    """Return how bad it is that a database has no KMS key any more, and why.

    Source: Amazon Aurora User Guide, "Encrypting Amazon Aurora resources" (2026): each new cluster is encrypted, and so
    is one that is restored from a snapshot without encryption; clones and replicas of a cluster without have none.
    AWS's pages do not say it of the other engines of RDS, nor of a copy of a point in time.
    """
    if pair.type == "aws_db_instance" or pair.now("engine") in _NOT_AURORA:
        return Severity.CRITICAL, "data and backups will lie unencrypted"
    if pair.type == "aws_rds_cluster" and any(pair.now(name) for name in _COPIES):
        older = f"a cluster from before {encrypted_since()} without a KMS key"
        return Severity.HIGH, f"it is encrypted as what it copies: not at all, if that is {older}"
    its = " or the key of its snapshot" if pair.now("snapshot_identifier") else ""
    return Severity.MEDIUM, f"a new one is under an AWS-owned key{its}: no policy of yours guards that of AWS"


def keys(comparison: Comparison) -> Iterator[Finding]:
    """Keys of one's own that are no longer used."""
    for pair in comparison.pairs:
        if pair.before is None or pair.after is None or pair.block.mode != "resource":
            continue
        for name in _KEYS:
            if pair.was(name) is None or pair.now(name) is not None or is_kept(comparison, pair, name):
                continue
            severity = Severity.HIGH if pair.type in _PLAIN else Severity.MEDIUM
            yield Finding(severity, pair.address, f"{name} is gone", _without_key(pair))


def beside_the_key(comparison: Comparison) -> Iterator[Finding]:
    """Logs and messages that are not under the key of one's own that the cluster has."""
    clusters = tuple(comparison.of_type("aws_rds_cluster"))
    had, has = any(pair.was("kms_key_id") for pair in clusters), any(pair.now("kms_key_id") for pair in clusters)
    for pair in comparison.of_type(*_BESIDE_THE_CLUSTER) if has else ():
        name = _BESIDE_THE_CLUSTER[pair.type]
        if pair.after is None or pair.now(name) or pair.was(name) or (pair.before is not None and had):
            continue
        severity = Severity.MEDIUM if pair.type in _PLAIN else Severity.LOW
        yield Finding(severity, pair.address, "it is not under the key of the cluster", _without_key(pair))


def destroyed_keys(comparison: Comparison) -> Iterator[Finding]:
    """Keys that go while what they have encrypted stays."""
    replaced = {address for address, what in comparison.replacements.items() if what.certain}
    for pair in comparison.of_type("aws_kms_key"):
        if pair.after is not None and pair.address not in replaced:
            continue
        used = [user.address for user in comparison.pairs if pair.address in _keys_of(user)]
        staying = [address for address in used if address in comparison.addresses and address not in replaced]
        if staying:
            yield Finding(
                Severity.CRITICAL,
                pair.address,
                f"the key goes, but not what it encrypts: {', '.join(staying)}",
                "that cannot be read any more once the key's waiting period is over",
            )


def force_ssl(comparison: Comparison) -> Iterator[Finding]:
    """Connections without TLS that PostgreSQL takes."""
    for pair in comparison.of_type(*PARAMETER_GROUPS):
        if pair.after is None:
            continue
        was, now = (parameters_in(side("parameter")).get(_FORCE_SSL) for side in (pair.was, pair.now))
        if now != "1" and (now == "0" or was == "1") and was != now:
            what = f"{_FORCE_SSL} is {'off' if now == '0' else 'no longer set'}"
            yield Finding(Severity.HIGH, pair.address, what, "PostgreSQL takes connections without TLS")


RULES: Final = (*_SWITCHES, storage, keys, beside_the_key, destroyed_keys, force_ssl)


def _without_key(pair: Pair) -> str:
    return (
        "it is not encrypted at rest" if pair.type in _PLAIN else "AWS's key is used, which no policy of yours guards"
    )


def _keys_of(pair: Pair) -> frozenset[str]:
    """Return the addresses that the arguments for keys name before."""
    if pair.before is None or pair.block.mode != "resource":
        return frozenset()
    return references([pair.was(name) for name in _KEYS])
