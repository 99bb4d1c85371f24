"""What `status` and `check` say of the encryption at rest, also of clusters that local AWS cannot make."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from operations.aws.cluster import read_cluster
from operations.aws.encryption import Encryption
from operations.checks import cluster as look
from operations.checks.check import Check, Outcome, Subject
from stacks.environment_files import read_environment
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import TARGET, add_cluster, stubbed

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OWNED = {"StorageEncrypted": False, "StorageEncryptionType": "sse-rds"}
KMS = {"StorageEncrypted": True, "StorageEncryptionType": "sse-kms", "KmsKeyId": KEY}
PLAIN = {"StorageEncrypted": False, "StorageEncryptionType": "none"}
Answering = Callable[[str, Any], None]


def encryption(**answered: Any) -> Encryption:
    client, stubber = stubbed("rds")
    add_cluster(stubber, **answered)
    return read_cluster(TARGET, client).encryption


def checked(answering: Answering, folder: Path, key: str | None, **answered: Any) -> Check:
    client, stubber = stubbed("rds")
    add_cluster(stubber, **answered)
    answering("rds", client)
    target = TARGET
    if key is not None:
        (folder / "dev.toml").write_text(
            f'name_prefix = "alex"\n[engine]\nversion = "17.7"\n[encryption]\nkey = "{key}"\n'
        )
        target = replace(TARGET, environment=read_environment(folder / "dev.toml"))
    [found] = look.encryption(Subject(target))
    return found


@pytest.mark.parametrize(
    ("answered", "type_", "text"),
    [
        (OWNED, "sse-rds", "with an AWS-owned key (sse-rds)"),
        (KMS, "sse-kms", f"with the KMS key {KEY} (sse-kms)"),
        (PLAIN, "none", "not encrypted (none): AWS encrypts what is created since 18 February 2026"),
        ({"StorageEncrypted": True, "KmsKeyId": KEY}, "sse-kms", f"with the KMS key {KEY} (sse-kms)"),
        ({"StorageEncrypted": True}, "sse-kms", "with a KMS key (sse-kms)"),
        ({"StorageEncrypted": False}, None, "RDS did not tell whether an AWS-owned key encrypts it"),
        ({}, None, "RDS did not tell whether an AWS-owned key encrypts it"),
    ],
    ids=["AWS-owned", "KMS", "plain", "KMS, not told", "KMS, no key told", "no KMS, not told", "nothing told"],
)
def test_the_type_is_what_rds_tells_and_else_what_follows_from_storage_encrypted(
    answered: dict[str, Any], type_: str | None, text: str
) -> None:
    found = encryption(**answered)
    assert found.type == type_
    assert text in str(found)


def test_a_type_that_is_newer_than_this_program_is_shown_as_it_is() -> None:
    assert str(encryption(StorageEncryptionType="sse-new")) == "sse-new"


def test_a_key_that_nothing_is_under_is_not_shown() -> None:
    assert encryption(**OWNED, KmsKeyId=KEY).kms_key_id is None


@pytest.mark.parametrize(
    ("key", "answered"),
    [
        ("aws-owned", OWNED),
        ("none", OWNED),
        ("aws-managed", KMS),
        ("aws", KMS),
        ("own", KMS),
        ("aws-owned", PLAIN),
        (None, OWNED),
        (None, KMS),
    ],
)
def test_what_the_file_asks_for_passes(
    answering: Answering, tmp_path: Path, key: str | None, answered: dict[str, Any]
) -> None:
    assert checked(answering, tmp_path, key, **answered).outcome is Outcome.PASSED


def test_a_cluster_that_is_not_encrypted_has_its_remedy(answering: Answering, tmp_path: Path) -> None:
    found = checked(answering, tmp_path, "aws-owned", **PLAIN)
    assert found.detail.startswith("not encrypted (none)")
    assert "docs/upgrading.md" in (found.remedy or "")
    assert checked(answering, tmp_path, "aws-owned", **OWNED).remedy is None


@pytest.mark.parametrize(
    ("key", "answered", "remedy"),
    [
        ("aws-managed", OWNED, 'write key = "aws-owned" under [encryption]'),
        ("own", PLAIN, 'write key = "aws-owned" under [encryption]'),
        ("aws-owned", KMS, "write the key that it has under [encryption]"),
        ("none", KMS, "write the key that it has under [encryption]"),
    ],
)
def test_another_key_than_the_file_asks_for_fails_in_the_words_of_the_file(
    answering: Answering, tmp_path: Path, key: str, answered: dict[str, Any], remedy: str
) -> None:
    found = checked(answering, tmp_path, key, **answered)
    assert found.outcome is Outcome.FAILED
    assert f"environments/dev.toml says {key}: AWS cannot change the key of a cluster" in found.detail
    assert (found.remedy or "").startswith(remedy)


def test_what_rds_does_not_tell_is_unknown(answering: Answering, tmp_path: Path) -> None:
    found = checked(answering, tmp_path, "aws-owned", StorageEncrypted=False)
    assert found.outcome is Outcome.UNKNOWN
    assert "botocore 1.44" in (found.remedy or "")


def test_status_shows_it(command_line: CommandLine) -> None:
    found = command_line("status", "--json").json
    assert (found["storage_encryption_type"], found["kms_key_id"]) == ("sse-rds", None)
    assert "encryption   with an AWS-owned key (sse-rds)" in command_line("status").output
