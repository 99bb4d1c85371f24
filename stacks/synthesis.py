"""Environments in, Terraform JSON out: `cdktf.out` with one stack for each."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from cdktf import App

from stacks.database import DatabaseStack
from stacks.environment import Environment

_GENERATED: Final = (".terraform", ".terraform.lock.hcl", "assets", "plan", "cdk.tf.json")
"""What CDKTF and Terraform write to the folder of a stack; the JSON last, by which a stale one is found."""


@dataclass(frozen=True)
class SynthesizedStack:
    """One stack that was written: its name, the number of its resources, its JSON, and what to know of it.

    `document` is what stands in the file `path`.
    """

    name: str
    resource_count: int
    path: Path
    warnings: tuple[str, ...]
    document: Mapping[str, Any]


def synthesize(
    environments: Sequence[Environment], output_directory: Path, *, today: date
) -> tuple[SynthesizedStack, ...]:
    """Write `stacks/<name>/cdk.tf.json` for each environment, and the manifest that the cdktf CLI reads.

    Stacks of environments that are gone lose all that was generated, so that nobody reviews or deploys what no file
    describes. All is written beside the old files first: a failure, such as a full disk, leaves those as they were.

    Raises OSError where Python cannot write, and what jsii raises where Node cannot.
    """
    output_directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output_directory, prefix=".synthesis-") as folder:
        app = App(outdir=folder)
        stacks = [(environment.name, DatabaseStack(app, environment, today=today)) for environment in environments]
        app.synth()
        _replace_files(Path(folder), output_directory)
    _remove_stale(environments, output_directory)
    return tuple(_synthesized(name, stack.warnings, output_directory) for name, stack in stacks)


def _synthesized(name: str, warnings: Sequence[str], output_directory: Path) -> SynthesizedStack:
    path = output_directory / "stacks" / name / "cdk.tf.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    return SynthesizedStack(
        name=name,
        resource_count=sum(len(of_type) for of_type in document.get("resource", {}).values()),
        path=path,
        warnings=tuple(warnings),
        document=document,
    )


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
