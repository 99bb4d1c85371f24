"""The command `explain`: what a key of an environment file is, does and costs, from the model that checks the files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.completion import keys as complete_key
from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terraform_program import as_called
from operations.errors import wrong_input

if TYPE_CHECKING:
    from stacks.described_keys import DescribedKey, DescribedSection


_MOST_OTHERS: Final = 4


def run(
    key: Annotated[
        str | None,
        typer.Argument(
            help="A key or section: capacity.minimum_acu, minimum_acu, capacity.", autocompletion=complete_key
        ),
    ] = None,
    *,
    json_output: Json = False,
) -> ExitStatus:
    """Explain a key of an environment file: type, default, rules, cost, what a change does.

    Without KEY it lists the sections, with a section its keys. Terraform's names find the key, too, such as
    engine_version or serverlessv2_scaling_configuration.
    """
    from stacks.described_keys import DescribedSection, described_file  # noqa: PLC0415 (the model is slow to import)

    file = described_file()
    found = file if key is None else _find(file, key)
    if json_output:
        terminal.say_json(_as_json(found))
    elif isinstance(found, DescribedSection):
        _say_section(found)
    else:
        _say_key(found)
    return ExitStatus.DONE


def _find(file: "DescribedSection", text: str) -> "DescribedKey | DescribedSection":
    """Return the key or section that a person means. Raises OperationsError (2)."""
    from stacks.known_keys import NOT_SERVERLESS, keys_of, nearest_key  # noqa: PLC0415
    from stacks.terraform_words import terraform_words  # noqa: PLC0415

    asked = text.partition("=")[0].strip().strip("[]").strip()
    keys = {key.path: key for key in file.all_keys()}
    sections = {section.path: section for section in file.all_sections() if section.path}
    known: dict[str, DescribedKey | DescribedSection] = {**sections, **keys}
    if asked in known:
        return known[asked]
    for path in _paths_above(asked):
        if path in keys and keys[path].type.startswith("table"):
            return keys[path]
    same = [path for path in known if path.rpartition(".")[2] == asked]
    if len(same) == 1:
        return known[same[0]]
    if same:
        raise wrong_input(f"{asked} is the name of several keys, name one: {', '.join(same)}")
    above, _, last = asked.rpartition(".")
    words = {} if above in sections else terraform_words()
    of_resources = (path for path in _paths_above(asked) if path.startswith("aws_"))
    if word := next((word for word in (asked, last, *of_resources) if word in words), None):
        path, *others = words[word]
        meant = f"the section is [{path}]" if path in sections else f"the key is {path}"
        terminal.note("; see also ".join([f"{word} is Terraform's word; {meant}", *_listed(others)]))
        return known[path]
    if last in NOT_SERVERLESS:
        raise wrong_input(f"there is no key {asked}: {'; '.join(NOT_SERVERLESS[last])}")
    nearest = nearest_key(asked)
    where = (
        f"[{above}] has {', '.join(keys_of(above))}"
        if above in sections
        else "./aurora-serverless explain lists the sections"
    )
    hint = f"did you mean {nearest}?" if nearest else where
    raise wrong_input(f'there is no key "{asked}"; {hint}')


def _listed(paths: Sequence[str]) -> Iterator[str]:
    """Yield paths in one text, if there are any; of many the first."""
    if paths:
        more = f" and {len(paths) - _MOST_OTHERS} more" if len(paths) > _MOST_OTHERS else ""
        yield ", ".join(paths[:_MOST_OTHERS]) + more


def _paths_above(path: str) -> Iterator[str]:
    """Yield a.b and a of a.b.c: what a table holds has names of its own."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _say_key(key: "DescribedKey") -> None:
    section = key.path.rpartition(".")[0]
    terminal.say(Text(key.path, style="bold"))
    terminal.say(_plain(key.description))
    terminal.say()
    facts: dict[str, str] = {
        "type": f"{key.type}, in {key.unit}" if key.unit else key.type,
        "default": _plain(key.default_text),
        **{f"preset {name}": _toml(value) for name, value in key.presets.items()},
        "allowed": _plain(key.allowed),
        "makes": _plain(key.makes),
        "costs": _of_region(_plain(key.costs)) or "nothing",
        "change": _plain(key.change.value),
        "example": "\n".join([f"[{section}]"] * bool(section) + [*key.example_lines]),
    }
    terminal.say_facts({name: text for name, text in facts.items() if text})


def _say_section(section: "DescribedSection") -> None:
    if section.path:
        terminal.say(Text(f"[{section.path}]", style="bold"))
        terminal.say(_plain(section.description))
        facts = {"without it": section.unset, "makes": section.makes, "costs": _of_region(section.costs)}
        if told := {name: _plain(text) for name, text in facts.items() if text}:
            terminal.say()
            terminal.say_facts(told)
        terminal.say()
    if section.keys:
        rows = [(key.name, _summary(key)) for key in section.keys]
        terminal.say_table(("key" if section.path else "at the top", "what it is"), rows)
    inner = [(f"[{one.path}]", _first_sentence(one.description)) for one in section.sections]
    if inner:
        terminal.say()
        terminal.say_table(("section", "what it says"), inner)
    terminal.note(f"./aurora-serverless explain {section.path + '.' if section.path else ''}KEY explains one")


def _of_region(costs: str) -> str:
    """Return what is said of costs, with the Region whose prices are in it."""
    from aurora_serverless.options.told_prices import PRICES_OF  # noqa: PLC0415 (reads the prices)

    return f"{costs} (in {PRICES_OF})" if "$" in costs else costs


def _summary(key: "DescribedKey") -> Text:
    default = _plain(key.default_text)
    default = default if key.is_required else f"default: {default}"
    return Text.assemble(_first_sentence(key.description), "\n", (default, "dim"))


def _first_sentence(text: str) -> str:
    return re.split(r"[.:](?:\s|$)", _plain(text), maxsplit=1)[0]


def _plain(markdown: str) -> str:
    return as_called(markdown.replace("`", ""))


def _toml(value: Any) -> str:
    from stacks.described_keys import toml  # noqa: PLC0415

    return toml(value)


def _as_json(found: "DescribedKey | DescribedSection") -> Mapping[str, Any]:
    from stacks.described_keys import DescribedKey  # noqa: PLC0415

    if isinstance(found, DescribedKey):
        return _key_as_json(found)
    return {
        "kind": "section",
        "path": found.path,
        "description": _plain(found.description),
        "unset": _plain(found.unset) or None,
        "makes": _plain(found.makes) or None,
        "costs": _plain(found.costs) or None,
        "keys": [_key_as_json(key) for key in found.keys],
        "sections": [_as_json(section) for section in found.sections],
    }


def _key_as_json(key: "DescribedKey") -> Mapping[str, Any]:
    return {
        "kind": "key",
        "path": key.path,
        "description": _plain(key.description),
        "type": key.type,
        "unit": key.unit or None,
        "required": key.is_required,
        "default": key.default,
        "unset": _plain(key.unset) or None,
        "presets": dict(key.presets),
        "allowed": _plain(key.allowed) or None,
        "makes": _plain(key.makes) or None,
        "costs": _plain(key.costs) or None,
        "change": _plain(key.change.value),
        "example": list(key.example_lines),
    }
