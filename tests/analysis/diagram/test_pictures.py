"""The pictures in docs/images are those of the environments that ship. `make snapshots` draws them again."""

from collections.abc import Mapping

import pytest

from analysis.diagram.layout import draw
from analysis.diagram.reading import picture_of
from analysis.diagram.svg import svg
from analysis.synthesized.stack import SynthesizedStack
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "images"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "environments").glob("*.toml"))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_picture_is_what_is_synthesized(
    name: str, shipped: Mapping[str, SynthesizedStack], request: pytest.FixtureRequest
) -> None:
    path, drawn = FOLDER / f"{name}.svg", svg(draw(picture_of(shipped[name])))
    if request.config.getoption("--accept-snapshots"):
        path.write_text(drawn, encoding="utf-8")
    if not path.exists() or path.read_text(encoding="utf-8") != drawn:
        message = f"{path.relative_to(ROOT)} is not what {name} is now\nlook at it, drawn again by: make snapshots"
        pytest.fail(message, pytrace=False)


def test_no_picture_is_left_of_an_environment_that_is_gone(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept-snapshots"):
        for path in FOLDER.glob("*.svg"):
            if path.stem not in ENVIRONMENTS:
                path.unlink()
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == ENVIRONMENTS
