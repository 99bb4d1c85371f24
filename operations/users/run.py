"""Creates the users of an environment file in its database, in one transaction; a second run changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from analysis.errors import FileError
from analysis.files import json_object
from aurora_serverless_data_api import DataApiClient, StatementError, Transaction
from operations.errors import failed, not_deployed, wrong_input
from operations.migrations.connection import connect, lock, undone
from operations.target.target import Target
from operations.users.found import Found, find
from operations.users.plan import Declared, Step, declared_in, drop_steps, steps_for, undeclared
from operations.users.verifier import scram_verifier


@dataclass(frozen=True)
class Outcome:
    """The changes that were or would be made, and the undeclared users.

    `members` are declared users who have more rights by other roles, with the names of these.
    """

    steps: tuple[Step, ...]
    undeclared: tuple[str, ...]
    members: Mapping[str, str]


def declared_of(target: Target) -> list[Declared]:
    """Return the users that the environment of a target declares.

    Raises OperationsError: there is no file (2), or the deploy has not made a secret yet (3).
    """
    if target.environment is None:
        raise wrong_input("users are declared in an environment file: name the environment")
    declared = declared_in(target.environment)
    missing = [one.name for one in declared if not one.is_iam and one.name not in target.user_secret_arns]
    if missing:
        raise not_deployed(f"there is no secret for {', '.join(missing)} yet: deploy first")
    return declared


class UsersRun:
    """A run over one target; `client` is the master user's."""

    def __init__(self, target: Target, *, on_waiting: Callable[[], None] = lambda: None) -> None:
        """Connect. Raises OperationsError."""
        self._target, self._on_waiting = target, on_waiting
        self._declared = declared_of(target)
        target.check_data_api()
        self.client: DataApiClient = connect(target, on_waiting=on_waiting)

    def look(self) -> Outcome:
        """Return the planned changes without making them; no password is read. Raises OperationsError, DataApiError."""
        with undone(self.client) as transaction:
            return self._planned(find(transaction), verifier=lambda _: "…")

    def apply(self, *, drop: Sequence[str] = ()) -> Outcome:
        """Make the changes, and drop these users too. Raises OperationsError, DataApiError, Locked."""
        verifiers: dict[str, str] = {}

        def verifier(user: str) -> str:
            return verifiers.setdefault(user, scram_verifier(self._password(user), user))

        def work(transaction: Transaction) -> Outcome:
            lock(transaction)
            found = find(transaction)
            planned = self._planned(found, verifier=verifier)
            dropped = [step for name in drop if name in planned.undeclared for step in drop_steps(name, found)]
            steps = (*planned.steps, *dropped)
            for step in steps:
                for statement in step.statements:
                    transaction.execute(statement)
            left = tuple(name for name in planned.undeclared if name not in drop)
            return Outcome(steps, left, planned.members)

        return self.client.run_in_transaction(work)

    def _planned(self, found: Found, *, verifier: Callable[[str], str]) -> Outcome:
        steps: list[Step] = []
        for declared in self._declared:
            needs = not declared.is_iam and not self._can_log_in(declared, found)
            steps += steps_for(declared, found, needs_password=needs, verifier=partial(verifier, declared.name))
        roles = [found.roles[one.name] for one in self._declared if one.name in found.roles]
        members = {role.name: role.member_of for role in roles if role.member_of}
        return Outcome(tuple(steps), tuple(undeclared(found, self._declared)), members)

    def _can_log_in(self, declared: Declared, found: Found) -> bool:
        """Whether the secret has the user's password: only a login can tell, because pg_authid cannot be read."""
        role = found.roles.get(declared.name)
        if role is None or not role.can_login or role.is_iam:
            return False
        as_user = replace(self._target, secret_arn=self._target.user_secret_arns[declared.name])
        try:
            connect(as_user, on_waiting=self._on_waiting).query("SELECT 1 AS one", idempotent=True)
        except StatementError as error:
            if error.sqlstate.startswith("28"):  # invalid_authorization_specification
                return False
            raise
        return True

    def _password(self, user: str) -> str:
        arn = self._target.user_secret_arns[user]
        answer = self._target.session.client("secretsmanager").get_secret_value(SecretId=arn)
        try:
            value: dict[str, Any] = json_object(answer.get("SecretString", ""), "the secret")
        except FileError:
            value = {}
        password = value.get("password")
        if value.get("username") != user or not isinstance(password, str) or not password:
            raise failed(f"the secret of {user} does not have its username and password: deploy again ({arn})")
        return password
