"""Versions of the engine, and what they can do, against DescribeDBEngineVersions and DescribeDBMajorEngineVersions."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from aurora_serverless.facts.engine_versions import CapabilityFact, MajorFact, VersionFact
from aurora_serverless.rules.engine import ENGINE, LARGEST_CAPACITY_ACU, EngineVersion
from operations.facts.difference import API, Compared, Difference, merged, taken_over

VERSIONS_SOURCE: Final = "AWS: DescribeDBEngineVersions"
MAJORS_SOURCE: Final = "AWS: DescribeDBMajorEngineVersions"

Answer = Mapping[str, Any]
Version = tuple[int, int]

_VERSION: Final = re.compile(r"([1-9][0-9]?)\.([0-9]{1,2})")
_STANDARD: Final = "open-source-rds-standard-support"
_EXTENDED: Final = "open-source-rds-extended-support"

# Source: Amazon RDS API, ServerlessV2FeaturesSupport: a minimum of 0 is what tells of auto-pause.
_OF_CAPACITY: Final[Mapping[str, Callable[[Answer], bool]]] = {
    "auto_pause": lambda support: support["MinCapacity"] == 0,
    "capacity_256": lambda support: support["MaxCapacity"] >= LARGEST_CAPACITY_ACU,
}


def ask_versions(rds: Any, version: str | None = None) -> dict[Version, Answer]:
    """Return what AWS tells of a version, or of every one, of Aurora PostgreSQL, retired ones too.

    Raises what boto3 does.
    """
    only = {} if version is None else {"EngineVersion": version}
    pages = rds.get_paginator("describe_db_engine_versions").paginate(Engine=ENGINE, IncludeAll=True, **only)
    found = {}
    for page in pages:
        for answer in page["DBEngineVersions"]:
            if match := _VERSION.fullmatch(answer["EngineVersion"]):  # others are variants, such as 16.4-limitless
                found[int(match[1]), int(match[2])] = answer
    return found


def compare_versions(known: Sequence[VersionFact], answers: Mapping[Version, Answer], today: date) -> Compared:
    """Compare whether a version can be created, and whether AWS upgrades to the one that is advised.

    AWS tells neither the end of its support nor whether that is long-term support: a new row has no end.
    """
    rows = {(row.major, row.minor): row for row in known}
    majors = {row.major for row in known}
    differences, changed = [], []
    for (major, minor), answer in sorted(answers.items()):
        if major not in majors or "Status" not in answer:
            continue
        row, creatable, name = rows.get((major, minor)), answer["Status"] == "available", f"{major}.{minor}"
        if row is None:
            changed.append(
                VersionFact(
                    version=name,
                    released=None,
                    creatable=creatable,
                    end_of_standard_support=None,
                    long_term_support=False,
                    source=VERSIONS_SOURCE,
                    seen=today.isoformat(),
                    certainty=API,
                )
            )
        elif row.creatable != creatable:
            changed.append(taken_over(row, {"creatable": creatable}, source=VERSIONS_SOURCE, today=today))
        if row is None or row.creatable != creatable:
            differences.append(Difference("versions", name, "creatable", row and row.creatable, creatable))
        if row is not None:
            differences += _advice(EngineVersion(major, minor), answer, today)
    unlisted = [row.version for key, row in rows.items() if row.creatable and key not in answers]
    silent = (f"AWS does not list {', '.join(unlisted)} in this Region",) if unlisted else ()
    ordered = sorted(merged(known, changed), key=lambda row: (row.major, row.minor))
    return Compared("versions", tuple(ordered), tuple(differences), silent)


def _advice(version: EngineVersion, answer: Answer, today: date) -> Iterator[Difference]:
    """Yield that AWS does not upgrade a version to the one that a warning here names."""
    target = version.upgrade_to(today)
    if answer["Status"] != "available" or "ValidUpgradeTarget" not in answer or not version.warnings(today):
        return
    offered = [one["EngineVersion"] for one in answer["ValidUpgradeTarget"]]
    if target != version and str(target) not in offered:
        obstacle = "the advice follows from the other rows"
        yield Difference("versions", str(version), "upgrade", str(target), ", ".join(offered) or "none", obstacle)


def compare_capabilities(known: Sequence[CapabilityFact], answers: Mapping[Version, Answer], today: date) -> Compared:
    """Compare from which minor version on a major can do something, of what AWS tells by version."""
    differences, changed, silent = [], [], []
    for row in known:
        told = {
            minor: has
            for (major, minor), answer in sorted(answers.items())
            if major == row.major and (has := _has(row.capability, answer, answers)) is not None
        }
        if not told:
            silent.append(row.capability)
        if all(has == (minor >= row.since_minor) for minor, has in told.items()):
            continue
        name = f"{row.capability} of {row.major}"
        since = next((minor for minor, has in told.items() if has), None)
        if since is None or not all(has for minor, has in told.items() if minor >= since):
            listed = ", ".join(f"{row.major}.{minor}" for minor, has in told.items() if has) or "none"
            obstacle = "a row says a version from which on all have it"
            differences.append(Difference("capabilities", name, "since", row.since_minor, listed, obstacle))
            continue
        differences.append(Difference("capabilities", name, "since", row.since_minor, since))
        new = replace(row, since_minor=since, source=VERSIONS_SOURCE, seen=today.isoformat(), certainty=API)
        changed.append(new)
    names = ", ".join(dict.fromkeys(silent))
    told_of = (f"DescribeDBEngineVersions does not tell of {names}",) if names else ()
    return Compared("capabilities", tuple(merged(known, changed)), tuple(differences), told_of)


def _has(capability: str, answer: Answer, answers: Mapping[Version, Answer]) -> bool | None:
    """Return whether AWS says that a version can do something; None where it does not say."""
    if capability in _OF_CAPACITY:
        support = answer.get("ServerlessV2FeaturesSupport") or {}
        return _OF_CAPACITY[capability](support) if {"MinCapacity", "MaxCapacity"} <= support.keys() else None
    is_named = any(capability in _features(each) for each in answers.values())
    return capability in _features(answer) if is_named else None


def _features(answer: Answer) -> set[str]:
    """Return `SupportedFeatureNames` as capabilities are written here: s3_import for s3Import."""
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in answer.get("SupportedFeatureNames", ())}


def ask_majors(rds: Any) -> dict[int, dict[str, Any]]:
    """Return the dates that AWS tells of each major version, by column. Raises what boto3 does."""
    pages = rds.get_paginator("describe_db_major_engine_versions").paginate(Engine=ENGINE)
    answers = [answer for page in pages for answer in page["DBMajorEngineVersions"]]
    return {int(answer["MajorEngineVersion"]): dict(_phases(answer)) for answer in answers}


def _phases(answer: Answer) -> Iterator[tuple[str, date]]:
    for phase in answer.get("SupportedEngineLifecycles", ()):
        begins, ends = (_day(phase[f"LifecycleSupport{side}Date"]) for side in ("Start", "End"))
        if phase["LifecycleSupportName"] == _STANDARD:
            yield "end_of_standard_support", ends
        elif phase["LifecycleSupportName"] == _EXTENDED:
            yield "extended_support_since", begins
            yield "end_of_extended_support", ends


def compare_majors(known: Sequence[MajorFact], answers: Mapping[int, Mapping[str, Any]], today: date) -> Compared:
    """Compare the ends of support; AWS does not tell when the third year of Extended Support begins."""
    rows = {row.major: row for row in known}
    differences, changed = [], []
    for major, told in sorted(answers.items()):
        if major not in rows:
            if major > max(rows):
                obstacle = "add it by hand: this project does not know what it can do"
                differences.append(Difference("majors", str(major), "major version", None, str(major), obstacle))
            continue
        row = rows[major]
        other = {name: value for name, value in told.items() if getattr(row, name) != value}
        differences += [
            Difference("majors", str(major), name, getattr(row, name), value) for name, value in other.items()
        ]
        if other:
            changed.append(taken_over(row, other, source=MAJORS_SOURCE, today=today))
    silent = [str(major) for major in rows if not answers.get(major)]
    reason = (f"AWS tells nothing of the support of {', '.join(silent)}",) if silent else ()
    return Compared("majors", tuple(merged(known, changed)), tuple(differences), reason)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
