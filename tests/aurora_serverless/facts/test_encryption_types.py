"""The file of encryption types: what AWS can answer, each with its source, and since when a new cluster has which."""

from datetime import date
from pathlib import Path

import pytest
from botocore.session import get_session  # type: ignore[import-untyped]

from aurora_serverless.facts.encryption_types import ENCRYPTION_TYPES_FILE, encryption_types
from aurora_serverless.facts.table import FactError
from aurora_serverless.rules.encryption import AWS_OWNED_KEY, KMS_KEY, NOT_ENCRYPTED, encrypted_since


def test_the_types_are_those_that_aws_answers() -> None:
    cluster = get_session().get_service_model("rds").shape_for("DBCluster")
    assert set(encryption_types()) == set(cluster.members["StorageEncryptionType"].enum)
    assert set(encryption_types()) == {NOT_ENCRYPTED, KMS_KEY, AWS_OWNED_KEY}


def test_new_clusters_have_an_aws_owned_key_by_default_and_only_older_ones_none() -> None:
    assert {name: row.default_since for name, row in encryption_types().items()} == {
        NOT_ENCRYPTED: None,
        KMS_KEY: None,
        AWS_OWNED_KEY: date(2026, 2, 18),
    }
    assert encrypted_since() == "18 February 2026"


def test_a_type_without_its_source_is_refused(tmp_path: Path) -> None:
    header, row, *_ = ENCRYPTION_TYPES_FILE.read_text().splitlines()
    path = tmp_path / "types.csv"
    path.write_text(f"{header}\nnone,,,,2026-11-30,api\n")
    assert row.startswith("none,")
    with pytest.raises(FactError, match="source is empty"):
        encryption_types(path)
