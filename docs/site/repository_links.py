"""A hook of MkDocs: links that work on GitHub work on the site, and pages at the root of the repository are on it.

In a file a link is relative to where the file lies in the repository, as GitHub reads it. On the site a link to a page
leads to that page, and a link to any other file of the repository to that file on GitHub. A link to a file that does
not exist is a warning, with which a strict build fails.
"""

import logging
import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
DOCS = "docs/"
LOG = logging.getLogger("mkdocs.hooks.repository_links")


def site_link(link: str, source: str, root_pages: dict[str, str], repository_url: str) -> str:
    """Return what a link leads to on the site.

    Args:
        link: As it is written.
        source: The file in which it is written, by its path in the repository.
        root_pages: The pages whose files lie outside `docs/`: each page's path on the site, and its file's.
        repository_url: Where the repository is on the web.

    Raises:
        FileNotFoundError: The repository has no such file.
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
    if target.startswith("..") or not (ROOT / target).exists():
        raise FileNotFoundError(f"{source}: {link}: the repository has no {target}; write it relative to this file")
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    pages = {file: page for page, file in root_pages.items()}
    if target in pages or (target.startswith(DOCS) and (ROOT / target).is_file()):
        page, own = (pages.get(path, path.removeprefix(DOCS)) for path in (target, source))
        return posixpath.relpath(page, posixpath.dirname(own) or ".") + fragment
    kind = "tree" if (ROOT / target).is_dir() else "blob"
    return f"{repository_url.rstrip('/')}/{kind}/main/{target}{fragment}"


def on_config(config: Any) -> Any:
    """Add the Markdown extension that rewrites links."""
    from markdown.extensions import Extension  # noqa: PLC0415
    from markdown.treeprocessors import Treeprocessor  # noqa: PLC0415

    class Links(Treeprocessor):
        def run(self, root: Any) -> None:
            for element in root.iter():
                for attribute in {"href", "src"} & set(element.attrib):
                    try:
                        element.set(attribute, site_link(element.get(attribute), **config.extra["link_context"]))
                    except FileNotFoundError as error:
                        LOG.warning(error)

    class LinksExtension(Extension):
        def extendMarkdown(self, md: Any) -> None:  # noqa: N802
            # After Markdown has found the links (20), and before MkDocs resolves them (0).
            md.treeprocessors.register(Links(md), "repository_links", 10)

    config.markdown_extensions.append(LinksExtension())
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages whose files lie outside `docs/`."""
    from mkdocs.structure.files import File  # noqa: PLC0415

    for page, file in config.extra["root_pages"].items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / file)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Remember which page is rendered next, of which the extension gets nothing but the text."""
    root_pages = config.extra["root_pages"]
    config.extra["link_context"] = {
        "source": root_pages.get(page.file.src_uri, f"{DOCS}{page.file.src_uri}"),
        "root_pages": root_pages,
        "repository_url": config.extra["repository_url"],
    }
    return markdown
