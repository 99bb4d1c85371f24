"""`terraform validate` takes every environment, in one folder that is initialized once."""

import copy
import json
from pathlib import Path

import pytest

from tests.end_to_end.every_environment import FILES
from tests.end_to_end.initialized_folder import InitializedFolder
from tests.terraform_json import TerraformJson

pytestmark = pytest.mark.xdist_group("provider-schema")


@pytest.mark.parametrize("file", FILES, ids=str)
def test_terraform_validates(
    file: Path, every_document: dict[Path, TerraformJson], initialized: InitializedFolder
) -> None:
    assert initialized.validate(every_document[file]) == []


def test_a_document_that_terraform_does_not_take_is_told_with_its_address(
    every_document: dict[Path, TerraformJson], initialized: InitializedFolder
) -> None:
    document = copy.deepcopy(every_document[Path("environments/dev.toml")])
    document["resource"]["aws_rds_cluster"]["aurora"]["engine_mode"] = "serverles"
    (problem,) = initialized.validate(document)
    assert problem.startswith("error: aws_rds_cluster.aurora: expected engine_mode to be one of")


def test_every_environment_asks_for_the_providers_of_the_initialized_folder(
    every_document: dict[Path, TerraformJson],
) -> None:
    asked = {json.dumps(document["terraform"]["required_providers"]) for document in every_document.values()}
    assert len(asked) == 1
