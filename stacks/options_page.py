"""The page docs/options.md, made from the model: what an environment file may say, key by key."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from aurora_serverless.facts.prices import load_prices
from aurora_serverless.facts.table import oldest
from aurora_serverless.options.section import Change
from aurora_serverless.options.told_prices import PRICES_OF
from stacks.described_keys import DescribedKey, DescribedSection, described_file, toml
from stacks.presets import PRESETS

TEMPLATE: Final = Path(__file__).with_name("options_page.md")
"""The page's text that is about no single key, with a line for each generated part."""


def options_page() -> str:
    """Return the whole page as Markdown."""
    file = described_file()
    parts = ["## At the top of the file", *_keys(file.keys)]
    for section in file.sections:
        parts += _section(section)
    generated = {
        "contents": _contents(file.sections),
        "options": parts,
        "presets": _presets(),
        "changes": _changes(file),
        "costs": _costs(),
    }
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, lines in generated.items():
        page = page.replace(f"{{{name}}}\n", "\n".join(lines) + "\n")
    return page


def _costs() -> Iterator[str]:
    """Yield whose prices the costs are, and from when."""
    rows = [row for row in load_prices().rows if row.region == PRICES_OF]
    newest = max(rows, key=lambda row: row.date)
    yield f"Costs are those of {PRICES_OF}, seen from {oldest(rows).seen} to {newest.seen}: [facts](facts.md#prices)."


def _contents(sections: Sequence[DescribedSection]) -> Iterator[str]:
    names = ", ".join(f"[`[{section.path}]`](#{section.path})" for section in sections)
    yield f"[At the top](#at-the-top-of-the-file), {names}, [not possible](#not-possible)"


def _section(section: DescribedSection) -> Iterator[str]:
    level = "##" if "." not in section.path else "###"
    yield f"\n{level} `[{section.path}]`"
    yield f'<a id="{section.path}"></a>\n{section.description}'
    told = [f"*{what}* {text}." for what, text in (("Makes", section.makes), ("Costs", section.costs)) if text]
    if told:  # of the table itself, which makes something even while it is empty
        yield "\n" + "  \n".join(told)
    yield from _keys(section.keys)
    for inner in section.sections:
        yield from _section(inner)


def _keys(keys: Sequence[DescribedKey]) -> Iterator[str]:
    """Yield a table of keys, and below it what each is, makes and costs."""
    if not keys:
        return
    yield "\n| key | type | unit | default | allowed |\n|---|---|---|---|---|"
    for key in keys:
        allowed = key.allowed.replace("|", "\\|")
        yield f"| `{key.name}` | {key.type} | {key.unit} | {key.default_text} | {allowed} |"
    yield ""
    for key in keys:
        yield f"- **`{key.name}`** {_lower(key.description)}  "
        change = "" if key.change is Change.IN_PLACE else key.change.value
        told = (("Makes", key.makes), ("Costs", key.costs), ("Change", change))
        yield from (f"  *{what}* {text}.  " for what, text in told if text)
        first, *more = key.example_lines
        yield f"  *Example* `{first}`" + (f" and below it `{'`, `'.join(more)}`" if more else "")


def _presets() -> Iterator[str]:
    for preset, sections in PRESETS.items():
        yield f"| key | with `{preset}` |\n|---|---|"
        for section, values in sections.items():
            for name, value in values.items():
                yield f"| `{section}.{name}` | `{toml(value)}` |"


def _changes(file: DescribedSection) -> Iterator[str]:
    """Yield a table of the keys that are not changed in place."""
    yield "| a change of | |\n|---|---|"
    for change in Change:
        keys = ", ".join(f"`{key.path}`" for key in file.all_keys() if key.change is change)
        if change is not Change.IN_PLACE:
            yield f"| {keys} | {change.value} |"


def _lower(text: str) -> str:
    """Return a description so that it goes on after the key's name."""
    first = text.split(" ", 1)[0]
    return text if first.isupper() or not first.istitle() else text[0].lower() + text[1:]
