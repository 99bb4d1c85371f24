from analysis.synthesized.expressions import references


def test_references_are_looked_for_in_expressions_only() -> None:
    assert references("aws_kms_key.aurora is a name") == frozenset()
    assert references('${"aws_kms_key.text" == aws_kms_key.aurora.arn}') == {"aws_kms_key.aurora"}
    assert references("${module.aws_kms_key.aurora}") == frozenset()


def test_references_are_found_however_deep() -> None:
    value = {"a": ["x ${aws_kms_key.one.arn}", {"b": "${data.aws_vpc.two.id}"}], "c": 3}
    assert references(value) == {"aws_kms_key.one", "data.aws_vpc.two"}
