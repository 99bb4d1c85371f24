"""In which wave pipelines deploy each environment, without the model of environment files, which is slow to import."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FIRST_WAVE: Final = 1
LAST_WAVE: Final = 100


def read_waves(environments: Path) -> Mapping[str, int]:
    """Return the wave of each environment file that can be read; what is wrong with one, a synthesis tells."""
    return {path.stem: _wave(path) for path in environments.glob("*.toml")}


def _wave(path: Path) -> int:
    try:
        wave = tomllib.loads(path.read_text(encoding="utf-8")).get("wave")
    except (OSError, ValueError, RecursionError):
        return FIRST_WAVE
    return wave if isinstance(wave, int) and FIRST_WAVE <= wave <= LAST_WAVE else FIRST_WAVE
