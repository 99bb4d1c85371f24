"""The words for whose key encrypts: old ones are read, mean what the new ones do, and are told of."""

from typing import Any

import pytest
from pydantic import ValidationError

from stacks.environment import Environment
from stacks.json_schema import environment_schema
from tests.stacks.test_global_database_members import PRIMARY, SECONDARY, told
from tests.stacks.test_options import CLUSTER, stack_of, warnings_of
from tests.terraform_json import blocks

WORDS = [("none", "aws-owned"), ("aws", "aws-managed")]


def environment(**encryption: Any) -> Environment:
    return Environment.model_validate(
        {"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}, "encryption": encryption}
    )


def problems(key_of_primary: str, key_of_secondary: str) -> list[str]:
    keys = (f'[encryption]\nkey = "{key}"\n' for key in (key_of_primary, key_of_secondary))
    return told(primary=PRIMARY + next(keys), secondary=SECONDARY + next(keys))


def test_a_new_cluster_is_under_aws_s_own_key_unless_another_is_asked_for() -> None:
    assert environment().encryption.key == "aws-owned"
    cluster = blocks(stack_of())[CLUSTER]
    assert not {"storage_encrypted", "kms_key_id"} & set(cluster)


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_an_old_word_makes_the_same_json(old: str, new: str) -> None:
    assert stack_of(encryption={"key": old}) == stack_of(encryption={"key": new})


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_an_old_word_is_equal_to_its_new_one_wherever_environments_are_compared(old: str, new: str) -> None:
    before, after = environment(key=old), environment(key=new)
    assert before == after
    assert hash(before.encryption) == hash(after.encryption)
    assert before.model_dump() == after.model_dump()
    assert before.encryption.has_kms_key is after.encryption.has_kms_key
    assert before != environment(key="own")


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_a_synthesis_names_the_new_word(old: str, new: str) -> None:
    (warning,) = warnings_of(encryption={"key": old})
    assert warning == f'encryption.key = "{old}": the word is now "{new}", and means the same; write it'


@pytest.mark.parametrize("key", ["aws-owned", "aws-managed", "own"])
def test_nothing_is_said_of_a_new_word(key: str) -> None:
    assert warnings_of(encryption={"key": key}) == ()


def test_an_old_word_beside_a_given_key_is_told_with_what_else_is_wrong() -> None:
    with pytest.raises(ValidationError) as raised:
        environment(key="none", deletion_window_days=7)
    [error] = raised.value.errors()
    assert 'is for key "own" only' in error["msg"]


@pytest.mark.parametrize("of_primary", ["none", "aws-owned"])
@pytest.mark.parametrize("of_secondary", ["none", "aws-owned"])
def test_members_of_a_global_database_may_say_it_in_old_and_new_words(of_primary: str, of_secondary: str) -> None:
    assert problems(of_primary, of_secondary) == []


@pytest.mark.parametrize("of_primary", ["aws", "aws-managed", "own"])
@pytest.mark.parametrize("of_secondary", ["none", "aws-owned"])
def test_a_secondary_of_a_primary_under_a_kms_key_is_refused_in_the_words_of_its_file(
    of_primary: str, of_secondary: str
) -> None:
    (line,) = problems(of_primary, of_secondary)
    assert line.startswith(f'secondary.toml: encryption.key = "{of_secondary}": in primary.toml the primary is under a')


@pytest.mark.parametrize("key", ["aws", "aws-managed"])
def test_a_secondary_under_the_key_that_aws_manages_is_refused_in_the_words_of_its_file(key: str) -> None:
    with pytest.raises(Exception, match=f'encryption.key = "{key}": a secondary under a KMS key needs one'):
        problems("own", key)


def test_editors_and_pages_show_the_new_words_only() -> None:
    key = environment_schema()["properties"]["encryption"]["properties"]["key"]
    assert (key["enum"], key["default"]) == (["aws-owned", "aws-managed", "own", "given"], "aws-owned")
