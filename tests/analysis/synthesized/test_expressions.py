import pytest

from analysis.synthesized.expressions import NotKnownError, evaluate, expressions, filled_in

NAMES = {"var.min_capacity": 0.5, "var.max_capacity": 16, "var.aws_region": "us-east-1", "local.name": "alex"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("var.max_capacity", 16),
        ("(var.min_capacity < 0.5) ? 300 : null", None),
        ("(var.min_capacity < 1) ? 300 : null", 300),
        ("((var.min_capacity * 100) >= (var.max_capacity * 90)) ? 101 : 90", 90),
        ("floor((((var.max_capacity * 2147483648) * 10) / 100))", 3435973836),
        (
            "floor(((min((var.min_capacity < 1) ? 2000 : 5000, floor((((var.max_capacity * 2114) - 220) / 10))) * 80)"
            " / 100))",
            1600,
        ),
        ("1 + 2 * 3", 7),
        ("2 - 3 - 4", -5),
        ("-var.max_capacity % 3", -1),
        ("!(1 == 2) && true || false", True),
        ("true ? 1 : false ? 2 : 3", 1),
        ("1.5", 1.5),
        (r'"a\"b\n"', 'a"b\n'),
        (" max( 1 , 2,3 ) ", 3),
        ('var.aws_region == "us-east-1"', True),
    ],
)
def test_what_follows_from_the_variables_is_evaluated(expression: str, value: object) -> None:
    assert evaluate(expression, NAMES) == value


@pytest.mark.parametrize(
    "expression",
    [
        "aws_rds_cluster.aurora.arn",
        "var.unknown",
        "jsonencode(1)",
        "[for subnet in data.aws_subnet.aurora : subnet.id]",
        "length(local.name)",
        "1 +",
        "1 2",
        "(1",
        "floor(1",
        "1 / 0",
        '"a" + 1',
        "",
        "true ? 1",
        '"${var.aws_region}"',
        "1 @ 2",
    ],
)
def test_what_needs_more_is_not_guessed(expression: str) -> None:
    with pytest.raises(NotKnownError):
        evaluate(expression, NAMES)


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("${var.max_capacity}", 16),
        ("up to ${var.max_capacity} ACU from ${var.min_capacity}", "up to 16 ACU from 0.5"),
        (
            "arn:aws:logs:${var.aws_region}:${data.aws_caller_identity.current.account_id}:*",
            "arn:aws:logs:us-east-1:${data.aws_caller_identity.current.account_id}:*",
        ),
        ("costs $${var.max_capacity}", "costs $${var.max_capacity}"),
        ('${format("}", var.max_capacity)} and ${var.max_capacity}', '${format("}", var.max_capacity)} and 16'),
        ({"a": ["${(var.min_capacity < 0.5) ? 300 : null}", 1, True]}, {"a": [None, 1, True]}),
        ("${1 == 1} is said as Terraform does", "true is said as Terraform does"),
        ("nothing follows from ${null}", "nothing follows from ${null}"),
        ("no expression", "no expression"),
        (3, 3),
    ],
)
def test_only_what_is_known_is_filled_in(value: object, filled: object) -> None:
    assert filled_in(value, NAMES) == filled


def test_a_brace_that_is_never_closed_ends_with_the_text() -> None:
    assert list(expressions("a ${b")) == [(2, 5)]
    assert filled_in("a ${b", NAMES) == "a ${b"


def test_braces_and_quotes_inside_an_expression_do_not_end_it() -> None:
    text = '${jsonencode({"a\\"}" = 1})} tail'
    assert list(expressions(text)) == [(0, text.index(" tail"))]
