"""`--plan`: a file, and the environment that it is of."""

from pathlib import Path

import pytest

from cli.arguments.plans import named_plans
from operations.errors import ErrorKind, OperationsError


def test_an_environment_is_named_or_is_where_the_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.json").touch()
    texts = ["production=x/plan.json", "cdktf.out/stacks/dev/plan.json", "staging.json", "a=b.json"]
    assert [name for name, _ in named_plans(texts)] == ["production", "dev", "staging", "a=b"]
    assert [str(path) for _, path in named_plans(texts)] == ["x/plan.json", *texts[1:]]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["dev="], "--plan dev=: write FILE, or ENVIRONMENT=FILE"),
        (["=plan.json"], "--plan =plan.json: write FILE, or ENVIRONMENT=FILE"),
        (["a/plan.json", "b/plan.json"], "plan has several plans; name the environments: --plan ENVIRONMENT=FILE"),
    ],
)
def test_a_plan_of_no_environment_or_of_one_that_has_another_is_refused(texts: list[str], words: str) -> None:
    with pytest.raises(OperationsError) as caught:
        named_plans(texts)
    assert words in str(caught.value)
    assert caught.value.kind is ErrorKind.WRONG_INPUT
