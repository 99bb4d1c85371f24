"""What a drawn picture consists of: rectangles, lines of text and arrows, each with its place in pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.diagram.picture import Arrow, Edge, Picture
from analysis.diagram.text import text_width

MARGIN: Final = 20.0
TITLE_SIZE: Final = 14.0
TEXT_SIZE: Final = 13.0
LABEL_SIZE: Final = 13.0
LABEL_GAP: Final = 14.0
"""Around a label, beside the arrows that run up and down."""
LINE_HEIGHT: Final = 17.0
PADDING: Final = 10.0
GAP: Final = 14.0
ICON: Final = 32.0
GROUP_ICON: Final = 24.0
PORT: Final = 19.0
"""Between two arrows at one side of a box: a label fits between them."""
TRACK: Final = 10.0
"""Between two arrows that run side by side."""
CARD_TEXT: Final = 140.0
"""The text of a box is no wider."""
INSTANCE_TEXT: Final = 112.0
LONE_INSTANCE_TEXT: Final = 200.0
INSTANCES_IN_A_ROW: Final = 3
MOST_COLUMNS: Final = 3
"""Of services."""
MOST_WIDER: Final = 170.0
"""So much wider than it has to be is a group above the Region, where there is room."""
LEAST_STACK: Final = 290.0
"""The innermost boxes of the network are no narrower."""


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
