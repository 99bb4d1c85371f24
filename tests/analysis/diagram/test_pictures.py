"""The pictures in docs/images are those of the environments that ship. `make snapshots` draws them again."""

from collections.abc import Mapping

import pytest

from analysis.diagram.layout import draw
from analysis.diagram.reading import picture_of
from analysis.diagram.svg import svg
from analysis.synthesized.stack import SynthesizedStack
from tests.accepted import Accepted
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "images"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "environments").glob("*.toml"))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_picture_is_what_is_synthesized(
    name: str, shipped: Mapping[str, SynthesizedStack], accepted: Accepted
) -> None:
    path, drawn = FOLDER / f"{name}.svg", svg(draw(picture_of(shipped[name])))
    if accepted.text(path, drawn) != drawn:
        message = f"{path.relative_to(ROOT)} is not what {name} is now\nlook at it, drawn again by: make snapshots"
        pytest.fail(message, pytrace=False)


def test_no_picture_is_left_of_an_environment_that_is_gone(accepted: Accepted) -> None:
    names = sorted([*ENVIRONMENTS, "review"])
    assert accepted.keep_only(FOLDER, ".svg", names) == names
