"""A deployment that moves to another Region."""

from collections.abc import Callable

import pytest

from analysis.review.comparison import NO_STACK, Comparison
from analysis.review.findings import findings
from analysis.synthesized.stack import SynthesizedStack
from tests.analysis.review.stacks import stack


def in_region(name: str | None) -> SynthesizedStack:
    return stack({}, variable={"aws_region": {"type": "string"} if name is None else {"default": name}})


def with_provider_in(name: str) -> SynthesizedStack:
    return stack({}, provider={"aws": [{"region": name}]})


@pytest.mark.parametrize(("make", "address"), [(in_region, "var.aws_region"), (with_provider_in, "provider.aws")])
def test_another_region_is_critical(make: Callable[[str], SynthesizedStack], address: str) -> None:
    [finding] = findings(Comparison("dev", make("us-east-1"), make("eu-west-1")))
    assert (finding.severity.word, finding.address) == ("critical", address)
    assert finding.what == "the Region is eu-west-1, not us-east-1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (in_region("us-east-1"), in_region("us-east-1")),
        (in_region(None), in_region("us-east-1")),
        (NO_STACK, in_region("us-east-1")),
    ],
)
def test_the_same_region_a_first_one_and_a_new_environment_are_not(
    before: SynthesizedStack, after: SynthesizedStack
) -> None:
    assert list(findings(Comparison("dev", before, after))) == []
