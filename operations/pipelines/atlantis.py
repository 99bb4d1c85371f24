"""The file of a repository for Atlantis: a project for each environment, a group of execution for each wave."""

from collections.abc import Iterator, Mapping
from typing import Final

from operations.pipelines.fleet import Fleet

PLACE: Final = "atlantis.yaml"

_HEAD: Final = """\
# Made by ./aurora-serverless ci --for atlantis; docs/fleets.md says what the server needs to know.
version: 3
automerge: false
parallel_plan: true
parallel_apply: true
abort_on_execution_order_fail: true
workflows:
  aurora-serverless:
    plan:
      steps:
        - init
        - plan
    apply:
      steps:
        - apply
        - run: ../../../aurora-serverless wait "$PROJECT_NAME" --deadline-seconds 900
        - run: ../../../aurora-serverless check "$PROJECT_NAME"
"""


def atlantis(fleet: Fleet) -> Mapping[str, str]:
    """Return the file by its place in the project."""
    projects = "".join(_projects(fleet))
    return {PLACE: f"{_HEAD}projects:\n{projects}" if projects else f"{_HEAD}projects: []\n"}


def _projects(fleet: Fleet) -> Iterator[str]:
    for wave, names in fleet.waves.items():
        for name in names:
            yield f"""\
  - name: "{name}"
    dir: cdktf.out/stacks/{name}
    workflow: aurora-serverless
    execution_order_group: {wave}
    autoplan:
      enabled: true
      # Whatever may change the JSON; the file itself is made anew of what a change touches.
      when_modified: ["../../../**/*.toml", "../../../**/*.py", "../../../**/*.csv", "../../../requirements.txt"]
    apply_requirements: [approved, mergeable, undiverged]
"""
