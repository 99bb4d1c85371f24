"""The documentation reads the same on GitHub and on the site: pages, links, lists, decisions, constructs."""

import ast
import importlib.util
import json
import posixpath
import re
import unicodedata
from collections import Counter
from fnmatch import fnmatch
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
RECORDS = sorted((DOCS / "decisions").glob("0*.md"))
URL = "https://example.com/repository"


class SiteLoader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads `mkdocs.yml`, in which a value may come from the environment."""


SiteLoader.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node)[-1])
SITE: dict[str, Any] = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), SiteLoader)  # noqa: S506
ROOT_PAGES: dict[str, str] = SITE["extra"]["root_pages"]
SOURCES = [*ROOT_PAGES.values(), *(f"docs/{page}" for page in PAGES)]


def in_navigation(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [page for part in (entry.values() if isinstance(entry, dict) else entry) for page in in_navigation(part)]


def text_without_code(source: str) -> str:
    text = (ROOT / source).read_text(encoding="utf-8")
    return re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)


def site_link(link: str, source: str) -> str:
    spec = importlib.util.spec_from_file_location("repository_links", DOCS / "site/repository_links.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.site_link(link, source, ROOT_PAGES, URL))


def test_the_navigation_names_every_page_once_and_no_other() -> None:
    named = in_navigation(SITE["nav"])
    wanted = [page for page in PAGES if not fnmatch(f"/{page}", SITE["not_in_nav"])]
    assert sorted(named) == sorted([*wanted, *ROOT_PAGES])
    assert [file for file in ROOT_PAGES.values() if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize("source", SOURCES)
def test_a_link_leads_to_a_file_of_the_repository(source: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"`[^`\n]*`", "", text_without_code(source)))
    own = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    folder = posixpath.dirname(source)
    assert [link for link in own if not (ROOT / folder / link).exists()] == []


def headings(source: str) -> list[str]:
    """Return what the headings of a page say, without its marks."""
    found = re.findall(r"^#{1,6} +(.+?) *#*$", text_without_code(source), re.MULTILINE)
    return [re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", text) for text in found]


def on_github(heading: str) -> str:
    """Return the anchor of a heading by GitHub's rule."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def on_the_site(heading: str) -> str:
    """Return it by the rule of Python-Markdown, which makes the site: ASCII, and one hyphen for several."""
    ascii_only = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())


def anchors(source: str) -> set[str]:
    """Return what leads to one heading of a page in both places: they number those that are called alike otherwise."""
    found = headings(source)
    of_headings = set.intersection(
        *({one for one, count in Counter(map(rule, found)).items() if count == 1} for rule in (on_github, on_the_site))
    )
    return of_headings | set(re.findall(r'<a id="([^"]+)">', text_without_code(source)))


@pytest.mark.parametrize("source", SOURCES)
def test_the_anchor_of_a_link_is_one_heading_on_github_and_on_the_site(source: str) -> None:
    links = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)[^)]*\)", re.sub(r"`[^`\n]*`", "", text_without_code(source)))
    folder = posixpath.dirname(source)
    own = [
        (posixpath.normpath(posixpath.join(folder, path)) if path else source, name)
        for path, name in links
        if "://" not in path
    ]
    assert [f"{page}#{name}" for page, name in own if page.endswith(".md") and name not in anchors(page)] == []


@pytest.mark.parametrize("source", SOURCES)
def test_what_belongs_to_an_item_of_a_list_is_indented_by_four(source: str) -> None:
    """GitHub takes two and three as well; the Markdown of the site takes such a block for one after the list."""
    text = (ROOT / source).read_text(encoding="utf-8")
    assert re.findall(r"^ {1,3}(?:```|[-*] |\d+\. |\|).*$", text, re.MULTILINE) == []
    assert re.findall(r"\n\n {1,3}\S.*$", text_without_code(source), re.MULTILINE) == []


@pytest.mark.parametrize("source", SOURCES)
def test_a_list_does_not_begin_right_below_a_paragraph(source: str) -> None:
    """The Markdown of the site takes it for more of the paragraph."""
    beginning = r"^(?![-*] |\d+\. |#| |\|).+\n(?:[-*] |1\. ).*$"
    assert re.findall(beginning, text_without_code(source), re.MULTILINE) == []


@pytest.mark.parametrize(
    ("link", "source", "wanted"),
    [
        ("deploying.md", "docs/operating.md", "deploying.md"),
        ("deploying.md#the-state", "docs/operating.md", "deploying.md#the-state"),
        ("../deploying.md", "docs/decisions/README.md", "../deploying.md"),
        ("decisions/README.md", "docs/architecture.md", "decisions/README.md"),
        ("images/dev.svg", "docs/diagram.md", "images/dev.svg"),
        ("#by-line", "docs/cost.md", "#by-line"),
        ("../README.md#before-a-deploy", "docs/operating.md", "index.md#before-a-deploy"),
        ("../../README.md", "docs/decisions/README.md", "../index.md"),
        ("docs/images/dev.svg", "README.md", "images/dev.svg"),
        ("CONTRIBUTING.md", "README.md", "contributing.md"),
        ("LICENSE", "README.md", f"{URL}/blob/main/LICENSE"),
        ("../main.py", "docs/operating.md", f"{URL}/blob/main/main.py"),
        ("../environments", "docs/operating.md", f"{URL}/tree/main/environments"),
        ("https://example.com/a", "docs/operating.md", "https://example.com/a"),
        ("mailto:somebody@example.com", "docs/operating.md", "mailto:somebody@example.com"),
    ],
)
def test_a_link_leads_on_the_site_to_the_page_or_to_the_file_in_the_repository(
    link: str, source: str, wanted: str
) -> None:
    assert site_link(link, source) == wanted


@pytest.mark.parametrize("link", ["missing.md", "../missing.py", "../../outside.md"])
def test_a_link_to_nothing_is_refused_with_its_file(link: str) -> None:
    with pytest.raises(FileNotFoundError, match=re.escape(f"docs/operating.md: {link}: the repository has no ")):
        site_link(link, "docs/operating.md")


def test_the_index_of_decisions_has_each_record_with_its_title_and_date() -> None:
    index = (DOCS / "decisions/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.*) \| (\S+) \|$", index, re.MULTILINE)
    found = []
    for path in RECORDS:
        title, date = re.findall(r"\A# (.*)\n\nDecided on (\d{4}-\d\d-\d\d)\.", path.read_text(encoding="utf-8"))[0]
        number, _, name = title.partition(". ")
        found.append((f"{int(number):04}", path.name, name, date))
    assert rows == found
    assert [int(number) for number, *_ in rows] == list(range(1, len(rows) + 1))
    assert [date for *_, date in rows] == sorted(date for *_, date in rows)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_of_a_decision_has_context_decision_and_consequences(path: Any) -> None:
    headings = re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]


def test_the_reference_names_every_construct_and_nothing_that_is_not_there() -> None:
    """Read from the source: what makes resources is a class on `AddressedConstruct`, at first or second hand.

    One without an `__init__` of its own is what several of them share.
    """
    named = re.findall(r"^::: (\S+)$", (DOCS / "construct-library.md").read_text(encoding="utf-8"), re.MULTILINE)
    bases: dict[str, set[str]] = {}
    shared: set[str] = set()
    for path in (ROOT / "constructs").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT / "constructs").with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                bases[f"{module}.{node.name}"] = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if not any(isinstance(each, ast.FunctionDef) and each.name == "__init__" for each in node.body):
                    shared.add(f"{module}.{node.name}")
    assert set(named) <= set(bases)
    kinds = {"AddressedConstruct"}
    for _ in range(2):
        kinds |= {name.rpartition(".")[2] for name in bases if bases[name] & kinds}
    constructs = {name for name in bases if bases[name] & kinds and "._" not in name}
    assert constructs - shared <= set(named)
    assert len(named) == len(set(named))


def test_the_public_interface_names_every_output() -> None:
    text = (DOCS / "public-interface.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", text.partition("## Outputs\n")[2].partition("\n## ")[0], re.MULTILINE))
    tree = ast.parse((ROOT / "stacks/outputs.py").read_text(encoding="utf-8"))
    yielded = [node.value for node in ast.walk(tree) if isinstance(node, ast.Yield)]
    names = [node.elts[0] for node in yielded if isinstance(node, ast.Tuple)]
    given = {name.value for name in names if isinstance(name, ast.Constant)}
    stacks = [json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "tests/snapshots").glob("*.json")]
    assert listed == given | {name for stack in stacks for name in stack["output"]}
