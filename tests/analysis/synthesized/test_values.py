from typing import Any

import pytest

from analysis.synthesized.stack import SynthesizedStack
from analysis.synthesized.values import parsed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, "x"]}', {"a": [1, "x"]}),
        ("[1]", [1]),
        ('{"a": "arn:${aws_x.y.arn}/*"}', {"a": "arn:${aws_x.y.arn}/*"}),
        ('{"a": ${var.number}}', {"a": "${var.number}"}),
        ('{"a": "${f(\\"b\\")}"}', {"a": '${f("b")}'}),
        ('"text"', None),
        ("{", None),
        ("${data.aws_iam_policy_document.x.json}", None),
        (None, None),
        (3, None),
    ],
)
def test_json_is_read_with_expressions_left_as_they_are(text: object, value: object) -> None:
    assert parsed(text) == value


def test_the_quotes_that_a_local_brings_break_nothing() -> None:
    document: dict[str, Any] = {
        "locals": {"id": '${element(split(":", aws_db_proxy.aurora.arn), 6)}'},
        "resource": {"aws_iam_role_policy": {"x": {"policy": '{"Resource": "arn:${local.id}/u"}'}}},
    }
    block = SynthesizedStack("dev", document).resources["aws_iam_role_policy.x"]
    assert parsed(block.get("policy")) == {"Resource": 'arn:${element(split(":", aws_db_proxy.aurora.arn), 6)}/u'}
