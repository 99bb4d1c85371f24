"""What Terraform called, off the log of local AWS, against the policy that is worked out for the stack."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.policy.actions import not_called
from analysis.policy.policy import policy_of
from analysis.synthesized.stack import read_stack

_LINE: Final = re.compile(r"\S+ \d{3} (?P<region>\S+) (?P<service>\S+) (?P<operation>[A-Za-z]+) \d+ ms")
_OF_S3: Final = re.compile(r"\S+ \d{3} \S+ s3 (?P<method>[A-Z]+) (?P<path>\S+) \d+ ms")
_OTHER_NAMES: Final = {"monitoring": "cloudwatch"}
_S3_ACTIONS: Final = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}


_OF_WHO_RUNS_IT: Final = {"sts:AssumeRole"}
"""What is called before the role of the policy is there."""


@dataclass
class CalledActions:
    """Holds what a deployment calls against its policy; `log` is that of its local AWS.

    What a change takes away is destroyed with the policy of the stack before.
    """

    log: Path
    _before: dict[Path, frozenset[str]] = field(default_factory=dict)

    @contextmanager
    def within_policy(self, document: Path, *, plan_only: bool) -> Iterator[None]:
        """Fail if Terraform calls what the policy of a stack does not allow; nobody else may call meanwhile."""
        start = len(self.log.read_text())
        yield
        called = set(actions_in(self.log.read_text()[start:], lock=not plan_only))
        policy = policy_of(read_stack(document), region=None, account_id=None, partition="aws", plan_only=plan_only)
        assert called, "the log has no requests"
        left = called - policy.actions - self._before.get(document, frozenset()) - _OF_WHO_RUNS_IT
        assert not left, f"not in the policy: {sorted(left)}"
        assert not called & set(not_called()), f"said to be called by nothing: {sorted(called & set(not_called()))}"
        if not plan_only:
            self._before[document] = policy.actions
        assert not policy.unknown, f"no actions are known of {policy.unknown}"


def actions_in(log: str, *, lock: bool) -> Iterator[str]:
    """Yield the action of each request, as IAM names it; those on the state's lock file only with `lock`.

    A plan of who may only read does without it.
    """
    for line in log.splitlines():
        if (found := _OF_S3.fullmatch(line)) is not None:
            if found["path"].endswith(".tflock") and not lock:
                continue
            is_bucket = found["path"].strip("/").count("/") == 0
            yield "s3:ListBucket" if is_bucket else _S3_ACTIONS[found["method"]]
        elif (found := _LINE.fullmatch(line)) is not None:
            yield f"{_OTHER_NAMES.get(found['service'], found['service'])}:{found['operation']}"
