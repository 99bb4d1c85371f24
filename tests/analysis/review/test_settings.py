"""What changes beside resources."""

from typing import Any

import pytest

from tests.analysis.review.stacks import environment, stack


@pytest.mark.parametrize(
    ("section", "before", "after", "path", "note"),
    [
        (
            "terraform",
            {"required_version": ">= 1.5"},
            {"required_version": ">= 1.11"},
            "terraform.required_version",
            "deploys",
        ),
        (
            "terraform",
            {"backend": {"local": {"path": "a"}}},
            {"backend": {"local": {"path": "b"}}},
            "terraform.backend.local.path",
            "migrate-state",
        ),
        (
            "terraform",
            {"required_providers": {"aws": {"version": "~> 5.0"}}},
            {"required_providers": {"aws": {"version": "~> 6.0"}}},
            "terraform.required_providers.aws.version",
            "deploys",
        ),
        ("output", {"arn": {"value": "a"}}, {}, "output.arn", "finds none"),
        ("output", {"arn": {"value": "a"}}, {"arn": {"value": "b"}}, "output.arn.value", ""),
        ("variable", {"n": {"default": 1}}, {"n": {"default": 2}}, "variable.n.default", ""),
        ("variable", {"n": {"default": 1}}, {"n": {"type": "number"}}, "variable.n.default", "asks for it"),
        (
            "provider",
            {"aws": [{"region": "a"}]},
            {"aws": [{"region": "b"}]},
            "provider.aws.region",
            "made through it",
        ),
    ],
)
def test_another_setting_is_told_with_what_follows(section: str, before: Any, after: Any, path: str, note: str) -> None:
    found = environment(stack({}, **{section: before}), stack({}, **{section: after})).settings
    [setting] = [one for one in found if one.path == path]
    assert note in setting.note


def test_what_only_cdktf_reads_and_error_messages_are_no_settings() -> None:
    before, after = (
        stack(
            {},
            output={"a": {"value": 1, "//": {"metadata": number}}},
            variable={"n": {"validation": [{"condition": "x", "error_message": str(number)}]}},
            provider={"aws": [{"//": number}]},
        )
        for number in (1, 2)
    )
    assert environment(before, after).settings == ()


def test_an_output_is_told_with_the_variables_filled_in() -> None:
    output = {"note": {"value": "up to ${var.n} ACU"}}
    found = environment(
        stack({}, output=output, variable={"n": {"default": 1}}),
        stack({}, output=output, variable={"n": {"default": 2}}),
    ).settings
    assert ("output.note.value", "up to 1 ACU", "up to 2 ACU") in [(one.path, one.before, one.after) for one in found]
