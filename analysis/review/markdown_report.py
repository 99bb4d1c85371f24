"""A review as Markdown for the comment of a pull request: short where little changes, folded where much does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from analysis.review.arguments import ArgumentChange
from analysis.review.changes import Kind, ResourceChange
from analysis.review.cost import month_text
from analysis.review.detail import Detail
from analysis.review.finding import Effect, Finding, Severity
from analysis.review.review import EnvironmentReview, Presence, Review
from analysis.review.settings import SettingChange
from analysis.review.wording import (
    argument_text,
    by_type,
    consequences,
    cost_is_same,
    counted,
    felt,
    following_changes,
    increase_text,
    named,
    opened,
    own_changes,
    own_settings,
    presence,
    shared_changes,
    shortened,
    signed,
    summary,
    together,
)

# Source: GitHub refuses a comment whose body is longer than 65536 characters.
LIMIT: Final = 65_536
_ROOM_FOR_THE_REST: Final = 400

_MARKS: Final = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "🔵"}
_SIGNS: Final = {
    Kind.DESTROYED: "-",
    Kind.REPLACED: "-",
    Kind.MAY_BE_REPLACED: "!",
    Kind.CHANGED: "!",
    Kind.MAY_CHANGE: "!",
    Kind.MOVED: "!",
    Kind.KEPT: "#",
    Kind.FORGOTTEN: "!",
    Kind.IMPORTED: "+",
    Kind.ADDED: "+",
}
_OPEN_FINDINGS: Final = 12
"""Findings that are shown without unfolding; low ones never are."""


def markdown(review: Review) -> str:
    """Return the whole comment; where GitHub would refuse it, what does not fit is left out, which it then says."""
    parts = ["## What this change does\n", f"Against {code(review.base)}: {escaped(summary(review))}.\n"]
    if len(review.environments) > 1:
        parts.append(_table(review))
    room = LIMIT - _ROOM_FOR_THE_REST - sum(len(part) + 1 for part in parts)
    left_out: list[str] = []
    for names, environment in together(review):
        # What is lost and opened fits where the changes do not.
        candidates = (_section(names, environment), _section(names, environment, with_changes=False))
        section = next((text for text in candidates if len(text) < room), None)
        if section != candidates[0]:
            left_out += names
        if section is not None:
            parts.append(section)
            room -= len(section) + 1
    if left_out:
        parts.append(_cut(left_out))
    return "\n".join(parts)


def code(text: str) -> str:
    """Return text as code that nothing in it can end: neither backticks, nor a line, nor a table's column."""
    line = " ".join(_visible(text).split())
    if not line:
        return "` `"
    fence = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}".replace("|", "\\|")


def escaped(text: str) -> str:
    """Return text that Markdown and HTML show as it is; nobody is mentioned, and nothing becomes a link."""
    line = " ".join(_visible(text).split())
    # GitHub looks for these in what Markdown has become: a space without width keeps them apart.
    apart = re.sub(r"[@#]|:(?=//)|www(?=\.)", lambda found: f"{found[0]}\u200b", line)
    html = apart.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()+!|~$-])", lambda found: f"&#{ord(found[1])};", html)


def _visible(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "\ufffd", text)


def _table(review: Review) -> str:
    lines = [
        "| environment | destroyed | replaced | changed | added | database | opens | a month |",
        "|---|--:|--:|--:|--:|---|---|--:|",
    ]
    for names, environment in together(review):
        counts = (
            environment.of_kind(Kind.DESTROYED),
            environment.of_kind(Kind.REPLACED, Kind.MAY_BE_REPLACED),
            environment.of_kind(Kind.CHANGED, Kind.MOVED, Kind.FORGOTTEN),
            environment.of_kind(Kind.ADDED, Kind.IMPORTED),
        )
        numbers = [_number(found) for found in counts]
        severities = opened(finding.severity for finding in environment.findings)
        opens = severities.removeprefix("opens ").removeprefix("nothing")
        cost = environment.cost
        money = "" if cost is None or cost_is_same(cost) else escaped(signed(cost.typical_increase))
        lines.append(
            f"| {code(named(names))} | {' | '.join(numbers)} | {felt(environment.effects)} | {opens} | {money} |"
        )
    return "\n".join([*lines, ""])


def _number(changes: Sequence[ResourceChange]) -> str:
    lost = sum(change.loses_data for change in changes)
    return f"**{len(changes)}**, {lost} with data" if lost else str(len(changes) or "")


def _section(names: list[str], environment: EnvironmentReview, *, with_changes: bool = True) -> str:
    said = presence(environment)
    lines = [f"### {code(named(names))}{f' ({said})' if said else ''}", ""]
    lines += _renames(environment)
    lines += _alerts(environment)
    lines += _effects(environment.effects)
    lines += _findings(environment.findings)
    if with_changes and (environment.resources or environment.settings):
        lines += _changes(environment)
    lines += _costs(environment)
    return "\n".join(lines)


def _renames(environment: EnvironmentReview) -> Iterator[str]:
    for rename in environment.renames:
        places = counted(len(rename.places), "place")
        yield f"- **name** {code(rename.before)} → {code(rename.after)} in {places}"
    if environment.renames:
        yield ""


def _alerts(environment: EnvironmentReview) -> Iterator[str]:
    lost = [change for change in environment.resources if change.loses_data]
    if not lost:
        return
    yield "> [!CAUTION]"
    for change in lost:
        told = "; ".join(consequences(change))
        yield f"> **{escaped(change.kind)}** {code(change.address)}: {escaped(told)}<br>"
    yield ""


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the worst findings, and the rest folded."""
    shown = [finding for finding in findings if finding.severity >= Severity.MEDIUM][:_OPEN_FINDINGS]
    rest = findings[len(shown) :]
    also = f"also {opened(finding.severity for finding in rest)}"
    yield from _some_folded([_finding(finding.severity.word, finding) for finding in findings], len(shown), also)


def _effects(effects: Sequence[Effect]) -> Iterator[str]:
    """Yield what the running database feels, and of much the last folded."""
    also = f"also {felt(effects[_OPEN_FINDINGS:])}"
    yield from _some_folded([_finding(effect.kind, effect) for effect in effects], _OPEN_FINDINGS, also)


def _some_folded(lines: Sequence[str], shown: int, title: str) -> Iterator[str]:
    yield from lines[:shown]
    if rest := lines[shown:]:
        yield ""
        yield from _folded(title, rest)
    if lines:
        yield ""


def _finding(label: str, finding: Finding) -> str:
    said = f"{code(finding.address)}: {escaped(finding.what)} <sub>{escaped(finding.why)}</sub>"
    return f"- {_MARKS[finding.severity]} **{escaped(label)}** {said}"


def _changes(environment: EnvironmentReview) -> Iterator[str]:
    counts = [f"{len(found)} {kind}" for kind in Kind if (found := environment.of_kind(kind))]
    if environment.settings:
        counts.append(counted(len(environment.settings), "setting"))
    lines: list[str] = []
    for change, arguments in own_changes(environment):
        is_new = environment.presence is Presence.ADDED or change.kind is Kind.ADDED
        lines += _resource(change, () if is_new else arguments)
    for kind, addresses in following_changes(environment):
        lines += [f"{_SIGNS[kind]} {kind} {len(addresses)} more because of that", f"    {by_type(addresses)}"]
    for argument, addresses in shared_changes(environment):
        lines += [f"! {argument_text(argument)} in {len(addresses)}", f"    {', '.join(addresses)}"]
    for setting in own_settings(environment):
        lines += _setting(setting)
    text = [_visible(line) for line in lines]
    fence = "`" * max(3, 1 + max((len(run) for line in text for run in re.findall("`+", line)), default=0))
    yield from _folded(", ".join(counts), [f"{fence}diff", *text, fence])
    yield ""


def _resource(change: ResourceChange, arguments: Iterable[ArgumentChange]) -> Iterator[str]:
    yield f"{_SIGNS[change.kind]} {change.kind} {change.address}"
    yield from (f"#   {text}" for text in consequences(change))
    for argument in arguments:
        yield f"    {argument_text(argument)}"
        yield from _details(argument.details)


def _details(details: Iterable[Detail]) -> Iterator[str]:
    for detail in details:
        for depth, sign, text in detail.lines():
            yield f"{'!' if sign == '~' else sign}     {'  ' * depth}{shortened(text)}"


def _setting(setting: SettingChange) -> Iterator[str]:
    yield f"! setting {setting.path}"
    if setting.note:
        yield f"#   {setting.note}"
    if setting.details:
        yield from _details(setting.details)
        return
    if setting.before is not None:
        yield f"-     {shortened(setting.before)}"
    if setting.after is not None:
        yield f"+     {shortened(setting.after)}"


def _costs(environment: EnvironmentReview) -> Iterator[str]:
    cost = environment.cost
    if cost is None or cost_is_same(cost):
        return
    lines = ["| line | before | after | why |", "|---|---|---|---|"]
    for line in cost.lines:
        months = (escaped(month_text(month)) for month in (line.before, line.after))
        lines.append(f"| {escaped(line.item)} | {' | '.join(months)} | {escaped(line.why)} |")
    prices = escaped(cost.prices)
    lines += ["", f"<sub>US dollars a month, typical and from floor to ceiling; {prices}</sub>"]
    if cost.unknown:
        lines += ["", f"No price is known of {escaped(', '.join(cost.unknown))}: it is in no sum."]
    title = increase_text(cost.typical_increase, cost.unknown_lines)
    title += f": {month_text(cost.before)} → {month_text(cost.after)}"
    yield from _folded(title, lines)
    yield ""


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"<details><summary>{escaped(title)}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


def _cut(names: list[str]) -> str:
    return (
        f"**Cut here**, because a comment holds {LIMIT:,} characters: of {code(named(names))} not all is shown."
        " `aurora-serverless review` shows it.\n"
    )
