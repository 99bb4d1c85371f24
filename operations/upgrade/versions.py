"""Whether AWS offers the upgrade from the running version to the target version."""

from collections.abc import Iterator
from typing import Any

from operations.checks.check import Check, failed, passed, unknown
from operations.facts.engine import ask_versions
from operations.upgrade.subject import UpgradeSubject


def version(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that AWS lists the version as an upgrade target of the running one."""
    running, to = subject.running, subject.to
    targets = upgrade_targets(subject.client("rds"), str(running))
    if targets is None:
        yield unknown(
            "version",
            f"AWS does not know Aurora PostgreSQL {running} in {subject.target.session.region}",
            "aws rds describe-db-engine-versions --engine aurora-postgresql",
        )
        return
    kind = "major" if subject.is_major else "minor"
    offered = [target for target in targets if target == str(to) or (to.any_minor and target.startswith(f"{to}."))]
    if offered:
        yield passed("version", f"{running} to {to} is a {kind} upgrade that AWS offers")
        return
    yield failed("version", f"AWS does not upgrade {running} to {to}", _remedy(subject, targets))


def upgrade_targets(rds: Any, running: str) -> list[str] | None:
    """Return the upgrade targets of a running version; None if AWS does not know the version."""
    versions = ask_versions(rds, running)
    if not versions:
        return None
    return [target["EngineVersion"] for one in versions.values() for target in one.get("ValidUpgradeTarget", [])]


def _remedy(subject: UpgradeSubject, targets: list[str]) -> str:
    of_major = [target for target in targets if target.startswith(f"{subject.to.major}.")]
    if of_major:
        return f"give one of {', '.join(of_major)} with --to"
    if not targets:
        return "AWS offers no upgrade of this version: see its release calendar"
    minors = [target for target in targets if target.startswith(f"{subject.running.major}.")]
    first = f"; upgrade to {minors[-1]} first, which may have more upgrade targets" if minors else ""
    return f"AWS offers {', '.join(targets)}{first}"
