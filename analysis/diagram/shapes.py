"""What a drawn picture consists of: rectangles, lines of text and arrows, each with its place in pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.diagram.picture import Arrow, Edge, Picture
from analysis.diagram.text import text_width


@dataclass
class Rectangle:
    """A place: the corner at the left and top, and the size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def holds(self, other: "Rectangle", slack: float = 0.01) -> bool:
        """Say whether another one lies inside."""
        across = self.x - slack <= other.x and other.right <= self.right + slack
        return across and self.y - slack <= other.y and other.bottom <= self.bottom + slack

    def meets(self, other: "Rectangle") -> bool:
        """Say whether another one has a point in common, edges apart."""
        across = self.x < other.right - 0.01 and other.x < self.right - 0.01
        return across and self.y < other.bottom - 0.01 and other.y < self.bottom - 0.01


@dataclass(frozen=True)
class Text:
    """One line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: float
    is_bold: bool = False
    style: str = "plain"

    @property
    def width(self) -> float:
        """Its width in pixels."""
        return text_width(self.text, self.size, is_bold=self.is_bold)

    @property
    def extent(self) -> Rectangle:
        """What it covers, with the ascenders and descenders of the font."""
        return Rectangle(self.x, self.y - 0.8 * self.size, self.width, self.size)


@dataclass(frozen=True)
class Line:
    """A drawn arrow: its corners, and its label."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label: Text | None


@dataclass(frozen=True)
class Sample:
    """An entry of the legend: a piece of an arrow, or without one a box that the stack does not make."""

    arrow: Arrow | None
    x: float
    y: float
    width: float
    text: Text


@dataclass
class Drawing:
    """A picture with a place for everything in it."""

    picture: Picture
    width: float
    height: float
    boxes: Mapping[str, Rectangle]
    texts: Mapping[str, list[Text]]
    icons: Mapping[str, tuple[str, Rectangle]]
    lines: list[Line] = field(default_factory=list)
    legend: list[Sample] = field(default_factory=list)
