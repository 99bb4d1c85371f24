"""Makes the picture of a stack from its synthesized JSON."""

from analysis.diagram.access import read_access
from analysis.diagram.database import read_database
from analysis.diagram.picture import Picture
from analysis.diagram.services import GROUPS, read_services
from analysis.diagram.sketch import Sketch
from analysis.diagram.vpc import VpcSketch
from analysis.synthesized.database import databases
from analysis.synthesized.stack import SynthesizedStack


def picture_of(stack: SynthesizedStack) -> Picture:
    """Return the picture of a stack, whichever of our constructs are in it."""
    sketch = Sketch()
    network = VpcSketch(stack, sketch)
    found = databases(stack)
    read_database(stack, found, sketch, network)
    read_services(stack, found, sketch, network)
    network.place_what_nothing_stands_in()
    read_access(stack, found, sketch)
    return sketch.picture(stack.name, stack.name, list(GROUPS))
