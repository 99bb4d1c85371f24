"""Environments in, Terraform JSON out: `cdktf.out` with one stack for each."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

from cdktf import App

from stacks.database import DatabaseStack
from stacks.environment import Environment
from stacks.side_by_side import write_side_by_side

_GENERATED: Final = (".terraform", ".terraform.lock.hcl", "assets", "plan", "cdk.tf.json")
"""What CDKTF and Terraform write to the folder of a stack; the JSON last, by which a stale one is found."""


@dataclass(frozen=True)
class Examination:
    """What is to be known of each stack: worked out by the process that made it.

    `prepare` imports what `examine` needs, while Node writes the stacks; `examine` takes a stack's name and JSON.
    """

    prepare: Callable[[], object]
    examine: Callable[[str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class SynthesizedStack:
    """One stack that was written: its name, the number of its resources, its file, and what to know of it.

    `examined` is what the examination found that was asked for.
    """

    name: str
    resource_count: int
    path: Path
    warnings: tuple[str, ...]
    examined: Any = None

    @property
    def document(self) -> Mapping[str, Any]:
        """What stands in the file."""
        document: Mapping[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return document


def synthesize(
    environments: Sequence[Environment],
    output_directory: Path,
    *,
    today: date,
    examination: Examination | None = None,
) -> tuple[SynthesizedStack, ...]:
    """Write `stacks/<name>/cdk.tf.json` for each environment, and the manifest that the cdktf CLI reads.

    Stacks of environments that are gone lose all that was generated, so that nobody reviews or deploys what no file
    describes. All is written beside the old files first: a failure, such as a full disk, leaves those as they were.

    Args:
        environments: What to write.
        output_directory: Where to.
        today: The day for which to warn.
        examination: What else is to be known of each.

    Raises OSError where Python cannot write, and what jsii raises where Node cannot.
    """
    output_directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output_directory, prefix=".synthesis-") as folder:
        write = partial(_write, output_directory=output_directory, today=today, examination=examination)
        stacks = write_side_by_side(environments, Path(folder), write)
        _replace_files(Path(folder), output_directory)
    _remove_stale(environments, output_directory)
    return tuple(stacks)


def _write(
    environments: Sequence[Environment],
    folder: Path,
    *,
    output_directory: Path,
    today: date,
    examination: Examination | None,
) -> list[SynthesizedStack]:
    """Write the environments to `folder`; return them as they are once they are in `output_directory`."""
    app = App(outdir=str(folder))
    stacks = [DatabaseStack(app, environment, today=today) for environment in environments]
    preparation = Thread(target=examination.prepare, daemon=True) if examination else None
    if preparation:
        preparation.start()
    app.synth()
    if preparation:
        preparation.join()
    written = []
    for environment, stack in zip(environments, stacks, strict=True):
        place = Path("stacks") / environment.name / "cdk.tf.json"
        document = json.loads((folder / place).read_text(encoding="utf-8"))
        written.append(
            SynthesizedStack(
                name=environment.name,
                resource_count=sum(len(of_type) for of_type in document.get("resource", {}).values()),
                path=output_directory / place,
                warnings=tuple(stack.warnings),
                examined=examination.examine(environment.name, document) if examination else None,
            )
        )
    return written


def _replace_files(folder: Path, output_directory: Path) -> None:
    """Put each file of `folder` in its place under `output_directory`, at once and not half."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    places = {file: output_directory / file.relative_to(folder) for file in files}
    for place in places.values():
        place.parent.mkdir(parents=True, exist_ok=True)
    # The manifest, which names the others, is not as deep as they are and comes last.
    for file in sorted(files, key=lambda path: len(path.parts), reverse=True):
        file.replace(places[file])


def _remove_stale(environments: Sequence[Environment], output_directory: Path) -> None:
    names = {environment.name for environment in environments}
    for path in (output_directory / "stacks").glob("*/cdk.tf.json"):
        if path.parent.name in names:
            continue
        # What somebody else left stays, such as the state of an apply that could not store it.
        for generated in _GENERATED:
            for found in path.parent.glob(generated):
                shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
        with contextlib.suppress(OSError):  # it is not empty
            path.parent.rmdir()
