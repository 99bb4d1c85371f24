"""The sizes that the layout goes by, in pixels."""

from typing import Final

MARGIN: Final = 20.0
TITLE_SIZE: Final = 12.0
TEXT_SIZE: Final = 11.0
LABEL_SIZE: Final = 10.5
LABEL_GAP: Final = 14.0
"""Around a label, beside the arrows that run up and down."""
LINE_HEIGHT: Final = 15.0
PADDING: Final = 10.0
GAP: Final = 14.0
ICON: Final = 32.0
GROUP_ICON: Final = 24.0
PORT: Final = 17.0
"""Between two arrows at one side of a box: a label fits between them."""
TRACK: Final = 12.0
"""Between two arrows that run side by side."""
CARD_TEXT: Final = 150.0
"""The text of a box is no wider."""
INSTANCE_TEXT: Final = 104.0
LONE_INSTANCE_TEXT: Final = 200.0
INSTANCES_IN_A_ROW: Final = 3
LEAST_STACK: Final = 290.0
"""The innermost boxes of the network are no narrower."""
