"""Writes a drawing as SVG, or as PNG: letters and icons are inside, and a drawing is the same file everywhere.

Text is drawn by the outlines of its letters, and named beside them: no renderer has to have the font, nor to know how
wide a text may be or what is painted first.
"""

import html
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from analysis.diagram.picture import Area, Arrow
from analysis.diagram.shapes import Drawing, Line, Rectangle, Sample, Text
from analysis.diagram.text import FAMILIES, FONTS, UNITS_PER_EM, glyphs

_ICONS: Final = Path(__file__).parent / "icons"
_INK: Final = "#16191f"
_MUTED: Final = "#5f6b7a"
_WARNING: Final = "#d13212"
_HALO: Final = 3.0
"""Pixels of white around a label that lies on a line."""
_AREAS: Final[dict[Area, tuple[str, str, str]]] = {
    Area.ROLES: ("#dd344c", "none", ""),
    Area.CLIENTS: ("#5f6b7a", "none", ""),
    Area.ELSEWHERE: ("#c925d1", "none", ""),
    Area.REGION: ("#00a4a6", "none", "3 3"),
    Area.VPC: ("#8c4fff", "none", ""),
    Area.SUBNETS: ("#00a4a6", "#f2f9f9", ""),
    Area.SECURITY_GROUP: ("#dd344c", "#ffffff", "6 3"),
    Area.CLUSTER: ("#c925d1", "#fdf5fd", ""),
    Area.SERVICE: ("#aab7b8", "#fafbfb", ""),
}
"""Border, filling and dashes of a group: the colours are those of AWS's icons."""
_TITLES: Final[dict[str, str]] = {
    "title roles": "#b3142d",
    "title clients": _MUTED,
    "title elsewhere": "#9a1aa1",
    "title region": "#007e80",
    "title vpc": "#6b2fd9",
    "title subnets": "#007e80",
    "title security_group": "#b3142d",
    "title cluster": "#9a1aa1",
    "title service": _MUTED,
}
_ARROWS: Final[dict[str, tuple[str, str]]] = {
    Arrow.NETWORK: ("#0972d3", ""),
    Arrow.PERMISSION: ("#b3142d", ""),
    Arrow.USE: ("#414d5c", "5 3"),
    Arrow.ENCRYPTION: ("#879596", "1.5 3"),
    Arrow.COPY: ("#9a1aa1", "9 3"),
}


def svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG document, with a white background on which it is legible on a dark page too."""
    width, height = _number(drawing.width), _number(drawing.height)
    name = html.escape(drawing.picture.title, quote=False)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{FAMILIES}" fill="{_INK}">',
        f"<title>{name}</title>",
        "<defs>",
        *_markers(drawing),
        *_symbols({icon for icon, _ in drawing.icons.values()}),
        *letters(_texts(drawing)),
        "</defs>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>',
        *_groups(drawing),
        *_nodes(drawing),
        *(_arrow(line) for line in drawing.lines),
        *(text_element(line.label, halo=True) for line in drawing.lines if line.label),
        *(part for sample in drawing.legend for part in _sample(sample)),
        *(text_element(text) for text in drawing.texts.get("", ())),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _groups(drawing: Drawing) -> Iterator[str]:
    for group in drawing.picture.groups:
        border, filling, dashes = _AREAS[group.area]
        yield _rectangle(drawing.boxes[group.id], border, filling, dashes, rounded=not group.icon)
        if group.id in drawing.icons:
            yield _use(*drawing.icons[group.id])
        yield from (text_element(text) for text in drawing.texts[group.id])


def _nodes(drawing: Drawing) -> Iterator[str]:
    for node in drawing.picture.nodes:
        border = _WARNING if node.warns else "#8d99a8" if node.is_elsewhere else "#c6cdd5"
        dashes = "4 3" if node.is_elsewhere and not node.warns else ""
        yield _rectangle(drawing.boxes[node.id], border, "#ffffff", dashes)
        yield _use(*drawing.icons[node.id])
        yield from (text_element(text, colour=_WARNING if node.warns else None) for text in drawing.texts[node.id])


def _rectangle(box: Rectangle, border: str, filling: str, dashes: str, *, rounded: bool = True) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    corner = ' rx="4"' if rounded else ""
    return (
        f'<rect x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" height="{_number(box.height)}"'
        f'{corner} fill="{filling}" stroke="{border}"{dashed}/>'
    )


def _texts(drawing: Drawing) -> Iterator[Text]:
    for texts in drawing.texts.values():
        yield from texts
    yield from (line.label for line in drawing.lines if line.label)
    yield from (sample.text for sample in drawing.legend)


def letters(texts: Iterable[Text]) -> Iterator[str]:
    """Yield the outline of each letter, once; of a text that has one which the font lacks a renderer knows more."""
    used = {(text.is_bold, character) for text in texts if _is_outlined(text) for character in text.text}
    for is_bold, character in sorted(used):
        if outline := glyphs(is_bold=is_bold)[character].outline:
            yield f'<path id="{_letter(character, is_bold=is_bold)}" d="{outline}"/>'


def _letter(character: str, *, is_bold: bool) -> str:
    return f"{'b' if is_bold else 'r'}{ord(character):x}"


def _is_outlined(text: Text) -> bool:
    return glyphs(is_bold=text.is_bold).keys() >= set(text.text)


def text_element(text: Text, *, colour: str | None = None, halo: bool = False) -> str:
    """Return the element that draws a text; `letters` has what it refers to."""
    fill = colour or _colour(text.style)
    filled = f' fill="{fill}"' if fill != _INK else ""
    if not _is_outlined(text):
        weight = ' font-weight="bold"' if text.is_bold else ""
        return (
            f'<text x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}"{weight}{filled} '
            f'textLength="{_number(text.width)}" lengthAdjust="spacingAndGlyphs">'
            f"{html.escape(text.text, quote=False)}</text>"
        )
    known, scale, x, drawn_letters = glyphs(is_bold=text.is_bold), text.size / UNITS_PER_EM, 0, []
    for character in text.text:
        if known[character].outline:
            place = f' x="{x}"' if x else ""
            drawn_letters.append(f'<use href="#{_letter(character, is_bold=text.is_bold)}"{place}/>')
        x += known[character].width
    place = f'transform="translate({_number(text.x)} {_number(text.y)}) scale({scale:.6f})"'
    drawn = f'<g aria-label="{html.escape(text.text)}" {place}{filled}>{"".join(drawn_letters)}</g>'
    if not halo:
        return drawn
    # Below it and not by paint-order, with which some paint the halo over the letters.
    around = f'stroke="#ffffff" stroke-width="{_HALO / scale:.0f}" stroke-linejoin="round"'
    return f"<g {place} {around}>{''.join(drawn_letters)}</g>\n{drawn}"


def _colour(style: str) -> str:
    if style in _TITLES:
        return _TITLES[style]
    if style in _ARROWS:
        return _ARROWS[style][0]
    return _MUTED if style == "muted" else _INK


def _arrow(line: Line) -> str:
    return _path(line.points, line.edge.arrow)


def _path(points: Iterable[tuple[float, float]], arrow: Arrow) -> str:
    colour, dashes = _ARROWS[arrow]
    way = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="1.4" stroke-linejoin="round"{dashed} '
        f'marker-end="url(#{arrow})"/>'
    )


def _sample(sample: Sample) -> Iterator[str]:
    if sample.arrow is None:
        yield _rectangle(Rectangle(sample.x, sample.y - 6, sample.width, 12), "#8d99a8", "#ffffff", "4 3")
    else:
        yield _path([(sample.x, sample.y), (sample.x + sample.width, sample.y)], sample.arrow)
    yield text_element(sample.text)


def _markers(drawing: Drawing) -> Iterator[str]:
    for arrow in Arrow:
        if any(edge.arrow is arrow for edge in drawing.picture.edges):
            yield (
                f'<marker id="{arrow}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
                f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5L8 4L0 7.5z" '
                f'fill="{_ARROWS[arrow][0]}"/></marker>'
            )


def _symbols(icons: set[str]) -> Iterator[str]:
    for icon in sorted(icons):
        view, body = _icon(icon)
        yield f'<symbol id="icon-{icon}" viewBox="{view}">{body}</symbol>'


@cache
def _icon(name: str) -> tuple[str, str]:
    """Return the coordinates of an icon, and what is drawn in them."""
    text = (_ICONS / f"{name}.svg").read_text(encoding="utf-8")
    found = re.fullmatch(
        r'<svg xmlns="[^"]+" viewBox="([^"]+)">(?:<title>[^<]*</title>)?(.*)</svg>\s*', text, re.DOTALL
    )
    assert found is not None, name  # noqa: S101 (the icons are part of the project)
    return found[1], found[2]


def _use(icon: str, box: Rectangle) -> str:
    return (
        f'<use href="#icon-{icon}" x="{_number(box.x)}" y="{_number(box.y)}" '
        f'width="{_number(box.width)}" height="{_number(box.height)}"/>'
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


_ZOOM = 2.0


def png(svg: str) -> bytes:
    """Return a PNG of twice the size, for screens that show it as large as the SVG with all its detail."""
    import resvg_py  # noqa: PLC0415 (for this format only)

    fonts = [str(FONTS / f"arimo-{weight}.ttf") for weight in ("regular", "bold")]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=_ZOOM,
            skip_system_fonts=True,
            font_files=fonts,
            font_family="Arimo",
            sans_serif_family="Arimo",
        )
    )
