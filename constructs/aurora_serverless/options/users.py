"""`[users]`: the database users beside the master, with secrets and grants of their own."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Listed, Rule, Section, checked_by, option
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.credentials import check_password_version, check_recovery_window
from aurora_serverless.rules.users import check_declared_user, check_schema
from aurora_serverless.rules.violation import LARGEST_EXACT_INTEGER, RuleViolation, check_different, shown

_ALLOWED: Final = (
    f"1 to {limit('rds_database_name_longest')} lower-case letters, digits and underscores, starting with a letter; "
    "not the master user, and not those of RDS or PostgreSQL"
)
_MAKES: Final = (
    "a secret for each user, `aws_secretsmanager_secret.user_<name>`, with its password and where the database is, but "
    "for those of access.iam_users who log in to the cluster with tokens; the output `user_secret_arns`; in the "
    "database the role and its grants, by `aurora-serverless users`"
)
_COSTS: Final = f"{dollars('secret_month')} a month a secret"


class Users(Section):
    """The database users of applications and people, beside the master user.

    Terraform makes their secrets, and `aurora-serverless users` the users themselves with their grants: docs/users.md.
    """

    read_write: Listed[Annotated[str, checked_by(check_declared_user)]] = option(
        "Users who read and write the tables of the schemas, and change nothing of their structure. Taking one out "
        "deletes its secret; the user itself stays in the database until aurora-serverless users --drop.",
        default=(),
        unset="none",
        allowed=_ALLOWED,
        makes=_MAKES,
        costs=_COSTS,
        example=("orders_app",),
    )
    read_only: Listed[Annotated[str, checked_by(check_declared_user)]] = option(
        "Users who read the tables of the schemas.",
        default=(),
        unset="none",
        allowed=_ALLOWED,
        makes=_MAKES,
        costs=_COSTS,
        example=("reports",),
    )
    schemas: Listed[Annotated[str, checked_by(check_schema)]] = option(
        "Schemas to whose tables and sequences the users get their grants, also to those that the master user makes "
        "there later.",
        default=("public",),
        allowed="lower-case letters, digits and underscores; at least one",
        makes="GRANT and ALTER DEFAULT PRIVILEGES, by `aurora-serverless users`",
        example=("public", "orders"),
    )
    mode: Literal["random", "write_only"] | None = option(
        "How the users' passwords are made: as credentials.mode says of the master's. random: in Terraform's state; "
        "write_only: not in it (Terraform 1.11).",
        default=None,
        unset="write_only where credentials.mode is that or existing, else random",
        makes="`random_password.user_<name>`, or an ephemeral password",
        example="write_only",
    )
    version: Annotated[int, checked_by(check_password_version)] | None = option(
        "Version of the users' passwords: another one generates new ones, which aurora-serverless users then sets in "
        "the database. In between their new connections fail.",
        default=None,
        unset="none with random, 1 with write_only",
        makes="`keepers` of the random passwords, or `secret_string_wo_version`",
        example=2,
        schema={"minimum": 1, "maximum": LARGEST_EXACT_INTEGER},
    )
    versions: dict[str, Annotated[int, checked_by(check_password_version)]] | None = option(
        "Version of the password of individual users, instead of version: of two users the one not in use gets a new "
        "password, and then the roles switch to it, without a gap (docs/users.md).",
        default=None,
        unset="version, for all",
        allowed="users with a secret; versions as of `version`",
        makes="the same of that user",
        example={"orders_app_b": 2},
    )
    recovery_window_days: Annotated[int, checked_by(check_recovery_window)] | None = option(
        "Days in which a deleted secret of a user can be restored; 0 deletes at once.",
        default=None,
        unset="0",
        allowed=f"0, or {limit('secretsmanager_recovery_window_shortest')} to "
        f"{limit('secretsmanager_recovery_window_longest')}",
        makes="`recovery_window_in_days` of the secrets",
        example=7,
        schema={"minimum": 0, "maximum": limit("secretsmanager_recovery_window_longest")},
    )

    @property
    def names(self) -> tuple[str, ...]:
        """All users, those who write first."""
        return (*self.read_write, *self.read_only)

    def version_of(self, name: str) -> int | None:
        """Return the version of a user's password."""
        return (self.versions or {}).get(name, self.version)

    @property
    def rules(self) -> Sequence[Rule]:
        """Nothing is named twice, and there is a schema."""
        return (
            lambda: check_different("read_write", self.read_write),
            lambda: check_different("read_only", self.read_only),
            lambda: check_different("schemas", self.schemas),
            self._have_one_kind_of_grants,
            self._have_a_schema,
            self._versions_are_of_users,
        )

    def _versions_are_of_users(self) -> Iterator[RuleViolation]:
        for name in self.versions or {}:
            if name not in self.names:
                yield RuleViolation(
                    f"versions.{name}",
                    (self.versions or {})[name],
                    "is the version of a user who is named in neither read_write nor read_only",
                    "name the user, or leave it out",
                )

    def _have_one_kind_of_grants(self) -> Iterator[RuleViolation]:
        for name in self.read_only:
            if name in self.read_write:
                yield RuleViolation(
                    "read_only", name, "is named in read_write too, which has all of its grants", "leave one out"
                )

    def _have_a_schema(self) -> Iterator[RuleViolation]:
        if not self.schemas:
            yield RuleViolation(
                "schemas", self.schemas, "names no schema, and grants nothing", f"write {shown(('public',))}"
            )
