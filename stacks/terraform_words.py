"""What Terraform calls what a key makes, read from what is said of each key: for who knows the resources."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from stacks.described_keys import DescribedKey, DescribedSection, described_file

_FIRST: Final[Mapping[str, str]] = {
    "aws_region": "region",
    "cidr_blocks": "network.allowed_cidr_blocks",
    "preferred_maintenance_window": "maintenance.window",
}
"""Words that no key names, and which key is meant of several that name one; of the others it is the first."""

_CODE: Final = re.compile(r"`([\w.:*-]+)`")
_OF_RESOURCES: Final = ("aws_", "random_")


@functools.cache
def terraform_words() -> Mapping[str, tuple[str, ...]]:
    """Return the words, each with the keys or sections that it leads to, the one that is meant first.

    The name of a block or of a type of resource leads to the section that has all that is in it.
    """
    found: dict[str, dict[str, None]] = {}
    wholes = set()
    for described in _described(described_file()):
        for code in _CODE.findall(described.makes):
            for word, is_whole in _words(code):
                found.setdefault(word, {})[described.path] = None
                wholes |= {word} if is_whole else set()
    words = {word: tuple(paths) for word, paths in found.items()}
    for word in wholes:
        if section := _common_section(words[word]):
            words[word] = (section,)
    return words | {word: (path, *(p for p in words.get(word, ()) if p != path)) for word, path in _FIRST.items()}


def _described(section: DescribedSection) -> Iterator[DescribedKey | DescribedSection]:
    yield section
    yield from section.keys
    for inner in section.sections:
        yield from _described(inner)


def _words(code: str) -> Iterator[tuple[str, bool]]:
    """Yield a name with its parts, and of each whether it holds others: a block, or a type of resource."""
    name = code.removesuffix(".*")
    parts = name.removeprefix("data.").split(".")
    yield name, False
    if parts[0].startswith(_OF_RESOURCES):
        yield parts[0], True
    else:
        yield from ((part, True) for part in parts[:-1])
        yield parts[-1], False


def _common_section(paths: tuple[str, ...]) -> str | None:
    """Return the innermost section that has all of several keys; None where the file is what they have in common."""
    sections = {section.path for section in described_file().all_sections() if section.path}
    if len(paths) == 1:
        return None
    common = paths[0].split(".")
    for path in paths[1:]:
        parts = path.split(".")
        same = next((i for i, (a, b) in enumerate(zip(common, parts, strict=False)) if a != b), len(common))
        common = common[: min(same, len(parts))]
    while common and ".".join(common) not in sections:
        common.pop()
    return ".".join(common) or None
