"""A review for a terminal: by environment, worst first, and a line that sums it up."""

import textwrap
from typing import Final

from rich.text import Text

from analysis.review.arguments import ArgumentChange
from analysis.review.changes import Kind, ResourceChange
from analysis.review.detail import Detail
from analysis.review.finding import EffectKind, Finding, Severity
from analysis.review.review import EnvironmentReview, Presence, Review
from analysis.review.settings import SettingChange
from analysis.review.wording import (
    argument_text,
    by_type,
    consequences,
    cost_is_same,
    cost_line,
    following_changes,
    increase_text,
    named,
    own_changes,
    own_settings,
    presence,
    rename_text,
    shared_changes,
    shortened,
    summary,
    together,
)
from cli.output import terminal

_MARGIN: Final = 12
"""Columns of what stands before each line: a kind, a severity."""

_KINDS: Final = {
    Kind.DESTROYED: "bold red",
    Kind.REPLACED: "bold red",
    Kind.MAY_BE_REPLACED: "bold yellow",
    Kind.CHANGED: "yellow",
    Kind.ADDED: "green",
}
_SHORT: Final = {Kind.MAY_BE_REPLACED: "replaced?", Kind.MAY_CHANGE: "changed?"}
"""What has no room before a line."""
_EFFECTS: Final = {
    EffectKind.NEW_ENDPOINT: "endpoint",
    EffectKind.MAJOR_UPGRADE: "upgrade",
    EffectKind.PENDING_REBOOT: "pending",
    EffectKind.PENDING_WINDOW: "pending",
    EffectKind.END_OF_SUPPORT: "support",
}
"""Kinds that have no room before a line."""
_SEVERITIES: Final = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}
_SIGNS: Final = {"+": "green", "-": "red", "~": "yellow"}


def lines(review: Review, width: int | None) -> list[Text]:
    """Return its lines, folded at `width` columns; None folds nothing."""
    writer = _Writer(width)
    for names, environment in together(review):
        writer.environment(names, environment)
    if review.environments and review.unchanged:
        writer.line(Text("unchanged", style="dim"), named(list(review.unchanged)), "dim")
        writer.lines.append(Text())
    writer.line(Text(), f"against {review.base}: {summary(review)}", "bold", margin=0)
    return writer.lines


class _Writer:
    def __init__(self, width: int | None) -> None:
        self._width = width
        self.lines: list[Text] = []

    def environment(self, names: list[str], environment: EnvironmentReview) -> None:
        """Add an environment, or several to which the same happens."""
        heading = Text(terminal.printable(named(names)), style="bold")
        if said := presence(environment):
            heading.append(f"  {said}", style="none")
        if (cost := environment.cost) is not None and not cost_is_same(cost):
            heading.append(f"  {increase_text(cost.typical_increase, cost.unknown_lines)}", style="none")
        self.lines.append(heading)
        for rename in environment.renames:
            self.line(Text("name", style="yellow"), rename_text(rename))
        self._resources(environment, with_loss=True)
        for effect in environment.effects:
            self._finding(_EFFECTS.get(effect.kind, effect.kind), effect)
        for finding in environment.findings:
            self._finding(finding.severity.word, finding)
        self._resources(environment, with_loss=False)
        for setting in own_settings(environment):
            self._setting(setting)
        self._costs(environment)
        self.lines.append(Text())

    def line(self, label: Text, text: str, style: str = "none", indent: int = 0, margin: int = _MARGIN) -> None:
        """Add a line, folded where the terminal ends, below itself."""
        clean = terminal.printable(text)
        folded = [clean]
        if self._width is not None:
            room = max(self._width - margin - indent, 30)
            folded = textwrap.wrap(clean, room, break_on_hyphens=False) or [""]
        for number, part in enumerate(folded):
            before = Text.assemble("  ", label) if number == 0 and margin else Text()
            self.lines.append(Text.assemble(before, " " * (margin + indent - len(before)), Text(part, style=style)))

    def _finding(self, label: str, finding: Finding) -> None:
        self.line(Text(label, style=_SEVERITIES[finding.severity]), f"{finding.address}: {finding.what}")
        self.line(Text(), finding.why, "dim")

    def _resources(self, environment: EnvironmentReview, *, with_loss: bool) -> None:
        for change, arguments in own_changes(environment):
            is_listed = environment.presence is Presence.ADDED and change.kind is Kind.ADDED
            if change.loses_data is with_loss and not is_listed:
                self._resource(change, arguments)
        if with_loss:
            return
        for kind, addresses in following_changes(environment):
            self.line(Text(kind, style=_KINDS[kind]), f"{len(addresses)} more because of that")
            self.line(Text(), by_type(addresses), "dim", indent=2)
        for argument, addresses in shared_changes(environment):
            self.line(Text(Kind.CHANGED, style=_KINDS[Kind.CHANGED]), f"{argument_text(argument)} in {len(addresses)}")
            self.line(Text(), ", ".join(addresses), "dim", indent=2)
        added = [change.address for change in environment.of_kind(Kind.ADDED)]
        if environment.presence is Presence.ADDED and added:
            self.line(Text(Kind.ADDED, style=_KINDS[Kind.ADDED]), ", ".join(added))

    def _resource(self, change: ResourceChange, arguments: tuple[ArgumentChange, ...]) -> None:
        self.line(Text(_SHORT.get(change.kind, change.kind), style=_KINDS.get(change.kind, "none")), change.address)
        for number, text in enumerate(consequences(change)):
            # The first line of one that loses data says what is lost.
            self.line(Text(), text, "bold" if change.loses_data and number == 0 else "none", indent=2)
        for argument in () if change.kind is Kind.ADDED else arguments:
            self.line(Text(), argument_text(argument), indent=2)
            for detail in argument.details:
                self._detail(detail)

    def _detail(self, detail: Detail) -> None:
        for depth, sign, text in detail.lines():
            self.line(Text(), f"{sign} {shortened(text)}", _SIGNS[sign], indent=4 + 2 * depth)

    def _setting(self, setting: SettingChange) -> None:
        values = (
            "" if setting.details else f": {shortened(setting.before or 'none')} → {shortened(setting.after or 'none')}"
        )
        self.line(Text("setting"), f"{setting.path}{values}")
        if setting.note:
            self.line(Text(), setting.note, "dim", indent=2)
        for detail in setting.details:
            self._detail(detail)

    def _costs(self, environment: EnvironmentReview) -> None:
        cost = environment.cost
        if cost is None or cost_is_same(cost):
            return
        self.line(Text("costs"), f"a typical month {cost_line(cost.before, cost.after)}")
        for line in cost.lines:
            self.line(Text(), f"{line.item}: {cost_line(line.before, line.after)}", indent=2)
            self.line(Text(), line.why, "dim", indent=4)
        if cost.unknown:
            self.line(Text(), f"no price is known of {', '.join(cost.unknown)}", "yellow", indent=2)
        self.line(Text(), cost.prices, "dim", indent=2)
