"""The workflows of GitHub: the ready ones in `.github/workflows/`, in which the jobs of the waves are written."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from analysis.files import read_text
from operations.errors import wrong_input
from operations.pipelines.fleet import USUALLY_AT_ONCE, Fleet
from operations.target.where import PROJECT

MOST_JOBS: Final = 256
"""Of one matrix. Source: GitHub Docs, "Actions limits"."""

DEPLOY: Final = ".github/workflows/deploy-changed.yml"
DRIFT: Final = ".github/workflows/drift.yml"
_BEGIN: Final = "  # Written by ./aurora-serverless ci --for github --write: begin\n"
_END: Final = "  # Written by ./aurora-serverless ci --for github --write: end\n"
_CHANGED: Final = "fromJSON(needs.changed.outputs.changed).waves"
_NONE_FAILED: Final = ("!contains(needs.*.result, 'failure')", "!contains(needs.*.result, 'cancelled')")


def github(fleet: Fleet, project: Path) -> Mapping[str, str]:
    """Return the workflows by their place in the project. Raises OperationsError (WRONG_INPUT).

    All but the jobs that follow from the environments is as the project has it, with its versions of actions; so is the
    number of environments at once where none is given.
    """
    for wave, names in fleet.waves.items():
        if len(names) > MOST_JOBS:
            raise wrong_input(
                f"wave {wave} has {len(names)} environments: GitHub takes {MOST_JOBS} in a matrix; "
                "give some of them another wave"
            )
    there = re.search(r"^      max-parallel: ([0-9]+)$", _text(project, DEPLOY)[1], re.MULTILINE)
    at_once = fleet.at_once or (int(there[1]) if there else USUALLY_AT_ONCE)
    nights = _nights(fleet.names)
    needed = ", ".join(["stacks", *(f"plan-{number}" for number in range(1, len(nights) + 1))])
    return {
        DEPLOY: _with_jobs(project, DEPLOY, "\n".join(_waves(fleet, at_once))),
        DRIFT: re.sub(
            r"^(    needs: )\[stacks, plan-1.*\]$",
            rf"\1[{needed}]",
            _with_jobs(project, DRIFT, "\n".join(_plans(nights, at_once))),
            flags=re.MULTILINE,
        ),
    }


def _waves(fleet: Fleet, at_once: int) -> Iterator[str]:
    before = ["changed"]
    for wave in fleet.waves:
        conditions = [f"{_CHANGED}['{wave}'] != null"]
        if len(before) > 1:
            # A wave that has nothing to do is skipped, and the next one begins all the same.
            conditions = ["!cancelled()", "needs.changed.result == 'success'", *_NONE_FAILED, *conditions]
        yield f"""  wave-{wave}:
    name: wave {wave}
    needs: [{", ".join(before)}]
    if: >-
      ${{{{ {f"{chr(10)}      && ".join(conditions)} }}}}
    strategy:
      fail-fast: false
      max-parallel: {at_once}
      matrix:
        environment: ${{{{ {_CHANGED}['{wave}'] }}}}
    uses: ./.github/workflows/deploy.yml
    permissions:
      contents: read
      id-token: write
    with:
      environment: ${{{{ matrix.environment }}}}
"""
        before.append(f"wave-{wave}")


def _nights(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + MOST_JOBS] for start in range(0, len(names), MOST_JOBS)]


def _plans(nights: Sequence[Sequence[str]], at_once: int) -> Iterator[str]:
    for number, names in enumerate(nights, start=1):
        yield f"""  plan-{number}:
    name: plan
    needs: stacks
    strategy:
      fail-fast: false
      max-parallel: {at_once}
      matrix:
        environment: {json.dumps(names)}
    uses: ./.github/workflows/drift-plan.yml
    permissions:
      contents: read
      id-token: write
    with:
      environment: ${{{{ matrix.environment }}}}
"""


def _with_jobs(project: Path, place: str, jobs: str) -> str:
    path, text = _text(project, place)
    head, begin, rest = text.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise wrong_input(f"{path} has no place for the jobs of the waves: put it back as it was, or move it away")
    return f"{head}{begin}{jobs}{end}{tail}"


def _text(project: Path, place: str) -> tuple[Path, str]:
    """Return a workflow as the project has it, or else as it is shipped."""
    path = project / place if (project / place).is_file() else PROJECT / place
    return path, read_text(path)
