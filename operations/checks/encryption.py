"""Check of the encryption at rest against the environment's file."""

from collections.abc import Iterator
from typing import Final

from operations.checks.check import Check, Subject, failed, passed, unknown

_NEW_CLUSTER: Final = "another key needs a new cluster: docs/upgrading.md has the way through a snapshot"


def encryption(subject: Subject) -> Iterator[Check]:
    """Check that the storage is under a KMS key where the file asks for one, and nowhere else."""
    found, environment = subject.cluster.encryption, subject.target.environment
    if found.type is None:
        yield unknown("encryption", f"{found}", "ask again with botocore 1.44 or newer")
        return
    if environment is not None and environment.encryption.has_kms_key is not found.has_kms_key:
        file, key = f"environments/{environment.name}.toml", environment.encryption.written_key
        word = "the key that it has" if found.has_kms_key else 'key = "aws-owned"'
        yield failed(
            "encryption",
            f"{found}, and {file} asks for {key}: AWS does not change the key of a cluster",
            f"write {word} under [encryption]; {_NEW_CLUSTER}",
        )
        return
    yield passed("encryption", f"{found}", _NEW_CLUSTER if found.is_missing else None)
