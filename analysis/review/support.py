"""The end of support of the engine versions that a change introduces or keeps."""

from collections.abc import Iterator
from datetime import date

from analysis.review.comparison import Comparison
from analysis.review.finding import Effect, EffectKind, Severity
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.violation import RuleViolation


def ends_of_support(comparison: Comparison, today: date) -> Iterator[Effect]:
    """Yield a cluster whose version has no standard support any more on a day, or not for another half year."""
    for pair in comparison.of_type("aws_rds_cluster"):
        text = pair.now("engine_version")
        try:
            version = EngineVersion.parse(str(text))
        except RuleViolation:  # only the deploy knows it, or it is not known here
            continue
        if version.is_newer_than_known:
            continue
        for warning in version.warnings(today):
            what = f"engine_version {text}, of which the support ends"
            yield Effect(Severity.LOW, pair.address, what, warning, EffectKind.END_OF_SUPPORT)
