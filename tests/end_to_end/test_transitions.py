"""Running clusters whose environment changes: a few of the fixed list of `tests/transitions`, side by side.

`make transitions` takes all of it, and random ones; docs/transitions.md has what came of it.
"""

from collections import defaultdict
from collections.abc import Mapping

import pytest

from local_aws import process
from tests.terraform_providers.finding import TerraformProviders
from tests.transitions.fixed_list import chains
from tests.transitions.matrix import Matrix
from tests.transitions.outcome import Result

pytestmark = pytest.mark.xdist_group("transitions")

TELLING = [
    "insights advanced, off, on",
    "description of the security group twice",
    "a name of the secret that comes back",
    "a role's name that comes back",
    "logs kept, not kept, kept",
    "parameters, others, none",
    "deletion protection on, the cluster replaced",
    "deletion protection off and the cluster renamed, in one deploy",
    "deletion protection off, then the cluster renamed",
    "never destroyed, but replaced",
    "a minor upgrade and back",
]
"""Those in which what runs, and not only the new file, decides what happens."""


@pytest.fixture(scope="module")
def results(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    with process.start() as aws:
        matrix = Matrix(
            tmp_path_factory.mktemp("transitions"),
            aws,
            providers,
            lambda result: found[result.name].append(result),
            width=len(TELLING),
        )
        matrix.run([chain for chain in chains() if chain[0].name in TELLING])
    return found


@pytest.mark.parametrize("name", TELLING)
def test_it_is_applied_or_refused_and_the_review_had_said_what_is_replaced(
    name: str, results: Mapping[str, list[Result]]
) -> None:
    assert results[name], "it was not tried"
    assert [result.as_line() for result in results[name] if result.is_fault] == []
