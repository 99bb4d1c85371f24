"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files; the options of the database in it are those of `aurora_serverless.options`.
Nothing here imports CDKTF.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Self

from pydantic import ModelWrapValidatorHandler, model_validator

from aurora_serverless.options.database_options import DatabaseOptions
from aurora_serverless.options.made_names import MadeName
from aurora_serverless.options.made_names import made_names as made_names_of_database
from aurora_serverless.options.name_kinds import STATE
from aurora_serverless.options.section import Rule, told
from aurora_serverless.rules.arns import check_in_account, check_in_partition
from aurora_serverless.rules.violation import RuleViolation, refuse
from stacks.file_keys import FileKeys
from stacks.presets import with_preset

_HOST: Final = "app.terraform.io"
_WITH_FIPS: Final = ("us-", "ca-")


class Environment(DatabaseOptions, FileKeys):
    """One deployment, as its file describes it.

    `name` is the stem of the file and the name of the stack; every other field is a key of the file. A wrong value
    raises pydantic's `ValidationError`, which `stacks.environment_files` turns into lines that a person can use.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _starts_from_preset(cls, document: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        return handler(with_preset(document))

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules over several sections."""
        return [*super().rules, self._state_has_a_region, self._provider_fits, self._ignores_no_tag_of_its_own]

    @property
    def account_ids(self) -> Sequence[str]:
        """Accounts in which Terraform may work, empty where any will do."""
        return self.allowed_account_ids

    @property
    def backend_region(self) -> str | None:
        """Region of the state's bucket."""
        return self.backend.region or self.region

    @property
    def backend_key(self) -> str:
        """Key of the state in its bucket."""
        return self.backend.key or f"{self.name}/terraform.tfstate"

    @property
    def workspace(self) -> str:
        """Name of the workspace of HCP Terraform that has the state."""
        return self.backend.workspace or self.name

    def _provider_fits(self) -> Iterator[RuleViolation]:
        """Yield what does not fit of how the provider works, and where.

        Source: Terraform's AWS provider, `forbidden_account_ids`; AWS, "FIPS endpoints by service".
        """
        provider = self.provider
        if self.allowed_account_ids and provider.forbidden_account_ids:
            yield RuleViolation(
                "provider.forbidden_account_ids",
                provider.forbidden_account_ids,
                "cannot be given beside allowed_account_ids, which forbids all others",
                "leave it out",
            )
        if provider.use_fips_endpoint and self.region is not None and not self.region.startswith(_WITH_FIPS):
            yield RuleViolation(
                "provider.use_fips_endpoint",
                True,
                f"AWS has FIPS endpoints of Amazon RDS in the USA, Canada and GovCloud only, and not in {self.region}",
                "leave it out",
            )
        if (role := provider.assume_role) is not None:
            key = "provider.assume_role.role_arn"
            yield from told(check_in_partition, role.role_arn, self.partition, argument=key)
            why = "the provider works in the account of its role"
            yield from told(check_in_account, role.role_arn, self.allowed_account_ids, argument=key, why=why)

    def _ignores_no_tag_of_its_own(self) -> Iterable[RuleViolation]:
        if self.ignore_tags is None:
            return ()
        of_types = (self.resource_tags or {}).values()
        return self.ignore_tags.violations(key for tags in (self.tags or {}, *of_types) for key in tags)

    def _state_has_a_region(self) -> None:
        if self.backend.bucket is not None and self.backend_region is None:
            refuse(
                "backend.region",
                None,
                "the state's bucket needs a Region, and the environment names none",
                'write, for example, region = "us-east-1"',
            )


def made_names(environment: Environment) -> Iterator[MadeName]:
    """Yield each name that the environment's stack makes, and those of its state."""
    yield from made_names_of_database(environment)
    if environment.backend.bucket is not None:
        key = environment.backend_key
        # Terraform's own lock lies beside the state, under the key with this ending.
        for object_key in (key, f"{key}.tflock")[: 1 if environment.backend.use_lockfile is False else 2]:
            yield MadeName(STATE, f"{environment.backend.bucket}/{object_key}", "the state", "backend.key", key)
    if environment.backend.type == "cloud" and not environment.backend.workspace_tags:
        host, organization = environment.backend.hostname or _HOST, environment.backend.organization
        workspace = environment.workspace
        yield MadeName(STATE, f"{host}/{organization}/{workspace}", "the state", "backend.workspace", workspace)
