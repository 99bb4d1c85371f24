"""Makes the picture of a stack from its synthesized JSON."""

from operations.diagram.access import read_access
from operations.diagram.database import read_database
from operations.diagram.network import Network
from operations.diagram.picture import Picture
from operations.diagram.services import GROUPS, read_services
from operations.diagram.sketch import Sketch
from operations.synthesized.stack import SynthesizedStack


def picture_of(stack: SynthesizedStack) -> Picture:
    """Return the picture of a stack, whichever of our constructs are in it."""
    sketch = Sketch()
    network = Network(stack, sketch)
    read_database(stack, sketch, network)
    read_services(stack, sketch, network)
    network.place_what_nothing_stands_in()
    read_access(stack, sketch)
    return sketch.picture(stack.name, stack.name, list(GROUPS))
