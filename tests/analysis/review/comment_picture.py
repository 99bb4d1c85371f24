"""Draws the Markdown of a review about as GitHub shows it in a pull request, for the picture in docs/images.

It knows what a review writes, and no other Markdown. Like the other pictures it needs no browser and no font.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.diagram.shapes import Text
from analysis.diagram.svg import letters, text_element
from analysis.diagram.text import text_width

WIDTH: Final = 838
_EDGE, _GAP, _CELL = 24.0, 12.0, 10.0
_SIZE, _SMALL = 14.0, 12.0
_INK, _MUTED, _RED, _LINE, _GREY = "#1f2328", "#59636e", "#cf222e", "#d1d9e0", "#f1f3f5"
_MARKS: Final = {"🔴": "#d1242f", "🟠": "#e8710a", "🟡": "#dbab09", "🔵": "#0969da"}
_DIFF: Final = {
    "-": ("#ffebe9", "#82071e"),
    "+": ("#dafbe1", "#116329"),
    "!": ("#ffe2bb", "#953800"),
    "#": ("", _MUTED),
}
"""By the first sign of a line: what lies below it, and its colour."""
_ARROW: Final = "→"
"""The font has none."""
_INLINE: Final = re.compile(r"(`+) ?(?P<code>.+?) ?\1|\*\*(?P<bold>.+?)\*\*|<sub>(?P<small>.+?)</sub>")


@dataclass(frozen=True)
class _Piece:
    """A piece of text of one look."""

    text: str
    size: float = _SIZE
    is_bold: bool = False
    is_code: bool = False
    colour: str | None = None

    @property
    def is_arrow(self) -> bool:
        return self.text.startswith(_ARROW)

    @property
    def width(self) -> float:
        text = self.text.replace(_ARROW, "m") if self.is_arrow else self.text
        return text_width(text, self.size, is_bold=self.is_bold)


def comment_picture(markdown: str, *, unfolded: Iterable[str]) -> str:
    """Return the SVG; what is folded is shown of the environments in `unfolded` only."""
    page = _Page(set(unfolded))
    page.read(markdown.splitlines())
    return page.svg()


def _pieces(text: str, look: _Piece = _Piece("")) -> Iterator[_Piece]:
    last = 0
    for found in _INLINE.finditer(text):
        yield from _plain(text[last : found.start()], look)
        last = found.end()
        if found["code"]:
            yield replace(look, text=found["code"], size=look.size - 1, is_code=True)
        elif found["bold"]:
            yield from _plain(found["bold"], replace(look, is_bold=True))
        else:
            yield from _plain(found["small"], replace(look, size=_SMALL, colour=_MUTED))
    yield from _plain(text[last:], look)


def _plain(text: str, look: _Piece) -> Iterator[_Piece]:
    shown = html.unescape(text).replace("\u200b", "")
    yield from (replace(look, text=word) for word in re.findall(rf"{_ARROW}\s*|[^\s{_ARROW}]+\s*|\s+", shown))


def _cut(pieces: list[_Piece], width: float) -> list[_Piece]:
    """Return what there is room for, as where one scrolls."""
    if sum(piece.width for piece in pieces) <= width:
        return pieces
    while sum(piece.width for piece in pieces) > width - _CELL:
        last = pieces.pop()
        if len(last.text) > 1:
            pieces.append(replace(last, text=last.text[:-1]))
    return [*pieces, replace(pieces[-1], text="…")]


class _Page:
    def __init__(self, unfolded: set[str]) -> None:
        self._unfolded = unfolded
        self._heading = ""
        self._y = _EDGE
        self._texts: list[tuple[Text, str | None]] = []
        self._shapes: list[str] = []

    def read(self, lines: Sequence[str]) -> None:
        """Draw lines of Markdown."""
        rest = list(lines)
        while rest:
            line = rest.pop(0)
            if line.startswith("|"):
                rows = [line, *self._taken(rest, lambda one: one.startswith("|"))]
                self._table([row for row in rows if not row.startswith("|--")])
            elif line.startswith(">"):
                self._alert([line, *self._taken(rest, lambda one: one.startswith(">"))])
            elif line.startswith("<details>"):
                inner = self._taken(rest, lambda one: one != "</details>")
                rest.pop(0)
                self._folded(line, inner)
            elif line.startswith("```"):
                self._diff(self._taken(rest, lambda one: not one.startswith("```")))
                rest.pop(0)
            elif line:
                self._line(line)

    @staticmethod
    def _taken(lines: list[str], belongs: Callable[[str], bool]) -> list[str]:
        taken = []
        while lines and belongs(lines[0]):
            taken.append(lines.pop(0))
        return taken

    def _line(self, line: str) -> None:
        if line.startswith("## "):
            self._paragraph(_pieces(line[3:], _Piece("", size=20, is_bold=True)))
            self._shapes.append(_rectangle(_EDGE, self._y - _GAP / 2, WIDTH - 2 * _EDGE, 1, _LINE))
            self._y += _GAP
        elif line.startswith("### "):
            self._heading = line[4:].strip("`")
            self._y += _GAP / 2
            self._paragraph(_pieces(line[4:], _Piece("", size=17, is_bold=True)))
        elif line.startswith("- "):
            mark, _, text = line[2:].partition(" ")
            self._shapes.append(f'<circle cx="{_EDGE + 8:g}" cy="{self._y + 8:g}" r="6" fill="{_MARKS[mark]}"/>')
            self._paragraph(_pieces(text), _EDGE + 22, gap=4)
        else:
            self._paragraph(_pieces(line))

    def _alert(self, lines: Sequence[str]) -> None:
        top = self._y
        self._paragraph([_Piece("Caution", is_bold=True, colour=_RED)], _EDGE + 18, gap=4)
        for line in lines[1:]:
            self._paragraph(_pieces(line[2:].removesuffix("<br>")), _EDGE + 18, gap=4)
        self._shapes.append(_rectangle(_EDGE, top, 4, self._y - top, _RED))
        self._y += _GAP

    def _folded(self, summary: str, inner: Sequence[str]) -> None:
        title = re.sub(r"</?(details|summary)>", "", summary)
        is_open = self._heading in self._unfolded
        x, y = _EDGE + 2, self._y + 4
        corners = ((0, 2), (10, 2), (5, 9)) if is_open else ((1, 0), (1, 10), (8, 5))
        points = " ".join(f"{x + dx:g},{y + dy:g}" for dx, dy in corners)
        self._shapes.append(f'<polygon points="{points}" fill="#1f2328"/>')
        self._paragraph(_pieces(title), _EDGE + 18)
        if is_open:
            self.read(inner)

    def _diff(self, lines: Sequence[str]) -> None:
        height = 17.0
        box = _rectangle(_EDGE, self._y, WIDTH - 2 * _EDGE, height * len(lines) + 2 * _CELL, "#f6f8fa", radius=6)
        self._shapes.append(box)
        self._y += _CELL
        for line in lines:
            sign, text = (line[0], line[1:]) if line[0] in _DIFF else ("", line)
            filling, colour = _DIFF.get(sign, ("", None))
            if filling:
                self._shapes.append(_rectangle(_EDGE + _CELL, self._y, WIDTH - 2 * (_EDGE + _CELL), height, filling))
            look, x = _Piece(sign, size=_SMALL, colour=colour), _EDGE + _CELL + 4
            self._put([look], x, self._y + 13)
            x += 14 + 4 * (len(text) - len(text.lstrip()))
            self._put(_cut(list(_plain(text.strip(), look)), WIDTH - _EDGE - _CELL - x), x, self._y + 13)
            self._y += height
        self._y += _CELL + _GAP

    def _table(self, rows: Sequence[str]) -> None:
        look = _Piece("", size=13)
        cells = [[list(_pieces(cell.strip(), look)) for cell in row.strip("|").split("|")] for row in rows]
        cells[0] = [[replace(piece, is_bold=True) for piece in cell] for cell in cells[0]]
        widest = [max(sum(piece.width for piece in row[column]) for row in cells) for column in range(len(cells[0]))]
        room = WIDTH - 2 * _EDGE - 2 * _CELL * len(widest)
        most = room / len(widest)
        # What is narrow keeps its width, and the rest shares what is left.
        wide = [width for width in widest if width > most]
        left = room - sum(width for width in widest if width <= most)
        widths = [width if width <= most or sum(widest) <= room else left * width / sum(wide) for width in widest]
        for row in cells:
            lines = [_wrapped(cell, width + 1) for cell, width in zip(row, widths, strict=True)]
            height = max(len(cell) for cell in lines) * 17 + _CELL
            x = _EDGE
            for cell, width in zip(lines, widths, strict=True):
                self._shapes.append(_rectangle(x, self._y, width + 2 * _CELL, height, "none", stroke=_LINE))
                for number, line in enumerate(cell):
                    self._put(line, x + _CELL, self._y + _CELL / 2 + 13 + 17 * number)
                x += width + 2 * _CELL
            self._y += height
        self._y += _GAP

    def _paragraph(self, pieces: Iterable[_Piece], x: float = _EDGE, gap: float = _GAP) -> None:
        for line in _wrapped(list(pieces), WIDTH - _EDGE - x):
            size = max(piece.size for piece in line)
            self._put(line, x, self._y + size)
            self._y += size + 7
        self._y += gap

    def _put(self, pieces: Sequence[_Piece], x: float, y: float) -> None:
        for piece in pieces:
            if piece.is_code:
                box = _rectangle(x, y - piece.size, piece.width + 8, piece.size + 5, _GREY, radius=4)
                self._shapes.append(box)
                x += 4
            if piece.is_arrow:
                line = f"M{x:.1f} {y - 4:.1f}h9m-3.5 -3.5l3.5 3.5l-3.5 3.5"
                self._shapes.append(
                    f'<path d="{line}" fill="none" stroke="{piece.colour or _INK}" stroke-width="1.2"/>'
                )
            else:
                self._texts.append((Text(x, y, piece.text.rstrip(), piece.size, piece.is_bold), piece.colour))
            x += piece.width + (4 if piece.is_code else 0)

    def svg(self) -> str:
        """Return what was drawn."""
        height = self._y + _EDGE
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
                f'viewBox="0 0 {WIDTH} {height:g}" role="img" fill="{_INK}">',
                "<title>The comment on a pull request</title>",
                "<defs>",
                *letters(text for text, _ in self._texts),
                "</defs>",
                _rectangle(0.5, 0.5, WIDTH - 1, height - 1, "#ffffff", radius=6, stroke=_LINE),
                *self._shapes,
                *(text_element(text, colour=colour) for text, colour in self._texts if text.text),
                "</svg>",
                "",
            ]
        )


def _wrapped(pieces: Sequence[_Piece], width: float) -> list[list[_Piece]]:
    lines: list[list[_Piece]] = [[]]
    used = 0.0
    for piece in pieces:
        wide = piece.width + (8 if piece.is_code else 0)
        if lines[-1] and used + replace(piece, text=piece.text.rstrip()).width > width:
            lines.append([])
            used = 0.0
        if lines[-1] or piece.text.strip():
            lines[-1].append(piece)
            used += wide
    return lines


def _rectangle(
    x: float, y: float, width: float, height: float, filling: str, *, radius: int = 0, stroke: str = ""
) -> str:
    rounded = f' rx="{radius}"' if radius else ""
    lined = f' stroke="{stroke}"' if stroke else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"{rounded} fill="{filling}"{lined}/>'
