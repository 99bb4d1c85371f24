from analysis.synthesized.expressions import references
from analysis.synthesized.resolution import resolved
from analysis.synthesized.stack import SynthesizedStack


def test_references_are_looked_for_in_expressions_only() -> None:
    assert references("aws_kms_key.aurora is a name") == frozenset()
    assert references('${"aws_kms_key.text" == aws_kms_key.aurora.arn}') == {"aws_kms_key.aurora"}
    assert references("${module.aws_kms_key.aurora}") == frozenset()


def test_references_are_found_however_deep() -> None:
    value = {"a": ["x ${aws_kms_key.one.arn}", {"b": "${data.aws_vpc.two.id}"}], "c": 3}
    assert references(value) == {"aws_kms_key.one", "data.aws_vpc.two"}


def test_a_reference_is_followed_until_it_leads_back() -> None:
    names = {"one": "${aws_sns_topic.two.name}", "two": "shop", "three": "${aws_sns_topic.four.name}-a"}
    names["four"] = "${aws_sns_topic.three.name}-b"
    stack = SynthesizedStack("x", {"resource": {"aws_sns_topic": {key: {"name": name} for key, name in names.items()}}})
    assert resolved(["${aws_sns_topic.one.name}-1", "${aws_sns_topic.one.arn}"], stack) == [
        "shop-1",
        "${aws_sns_topic.one.arn}",
    ]
    assert resolved("${aws_sns_topic.three.name}", stack) == "${aws_sns_topic.three.name}-b-a"
