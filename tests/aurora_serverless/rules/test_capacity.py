import pytest

from aurora_serverless.rules.capacity import check_capacity
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.violation import RuleViolation

CURRENT = EngineVersion(17, 7)
OLD = EngineVersion(15, 4)


@pytest.mark.parametrize(
    ("engine", "minimum", "maximum", "pause"),
    [
        (CURRENT, 0, 1, None),
        (CURRENT, 0, 256, 300),
        (CURRENT, 0, 1, 86_400),
        (CURRENT, 256, 256, None),
        (CURRENT, 1.5, 2.5, None),
        (OLD, 0.5, 128, None),
    ],
)
def test_allowed_capacities(engine: EngineVersion, minimum: float, maximum: float, pause: int | None) -> None:
    check_capacity(engine, minimum_acu=minimum, maximum_acu=maximum, auto_pause_seconds=pause)


@pytest.mark.parametrize(
    ("engine", "minimum", "maximum", "pause", "argument", "message"),
    [
        (CURRENT, 0.3, 1, None, "minimum_acu", "multiple of 0.5 ACU; write 0.5"),
        (CURRENT, 0.5, 1.75, None, "maximum_acu", "multiple of 0.5 ACU"),
        (CURRENT, -1, 1, None, "minimum_acu", "must be 0 to 256 ACU; write 0"),
        (CURRENT, 0, 0.5, None, "maximum_acu", "must be 1 to 256 ACU; write 1"),
        (CURRENT, 0, 300, None, "maximum_acu", "is 256 ACU"),
        (OLD, 0.5, 256, None, "maximum_acu", "Aurora PostgreSQL 15.4 is 128 ACU"),
        (OLD, 129, 129, None, "minimum_acu", "is 128 ACU"),
        (OLD, 0, 1, None, "minimum_acu", "15.4 cannot pause, so the minimum is 0.5 .*15.7"),
        (CURRENT, 2, 1, None, "minimum_acu", "must not be above maximum_acu, which is 1"),
        (CURRENT, 0.5, 1, 300, "auto_pause_seconds", "pauses only while minimum_acu is 0"),
        (CURRENT, 0, 1, 299, "auto_pause_seconds", "must be 300 to 86400 seconds; write 300"),
        (CURRENT, 0, 1, 86_401, "auto_pause_seconds", "must be 300 to 86400 seconds; write 86400"),
    ],
)
def test_refused_capacities(
    engine: EngineVersion, minimum: float, maximum: float, pause: int | None, argument: str, message: str
) -> None:
    with pytest.raises(RuleViolation, match=message) as refusal:
        check_capacity(engine, minimum_acu=minimum, maximum_acu=maximum, auto_pause_seconds=pause)
    assert refusal.value.argument == argument
