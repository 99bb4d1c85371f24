"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files; the options of the database in it are those of `aurora_serverless.options`.
Nothing here imports CDKTF.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Self

from pydantic import ModelWrapValidatorHandler, model_validator

from aurora_serverless.options.database_options import DatabaseOptions
from aurora_serverless.options.made_names import MadeName
from aurora_serverless.options.made_names import made_names as made_names_of_database
from aurora_serverless.options.name_kinds import STATE
from aurora_serverless.options.section import Rule
from aurora_serverless.rules.violation import refuse
from stacks.file_keys import FileKeys
from stacks.presets import with_preset


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
        return [*super().rules, self._state_has_a_region]

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
