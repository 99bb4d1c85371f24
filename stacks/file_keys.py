"""The keys of an environment file that are of the deployment, and not of the database in it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from aurora_serverless.options.section import Change, Section, checked_by, option
from aurora_serverless.rules.names import check_account_id
from aurora_serverless.rules.violation import check_different, check_range, refuse
from stacks.backend_keys import Backend
from stacks.ignore_tags import IgnoreTags
from stacks.provider_keys import Provider
from stacks.waves import FIRST_WAVE, LAST_WAVE


def _check_wave(value: int) -> None:
    check_range("wave", value, FIRST_WAVE, LAST_WAVE, "in the order of the deploys")


class FileKeys(Section):
    """Which account and state a deployment has, and what its file starts from."""

    name: str = Field(exclude=True, json_schema_extra={"from": "file name"})
    preset: Literal["production"] | None = option(
        "What the file starts from: production turns on what production needs, and whatever the file says itself wins. "
        "docs/options.md lists what it sets. A deployment that runs keeps its data where encryption.key says what it "
        "runs with.",
        default=None,
        unset="nothing: every option is off, or as AWS has it",
        makes="what the keys make that it sets",
        costs="what the keys cost that it sets: a reader, a key, alarms, a dashboard, insights and logs",
        change=Change.REPLACES_CLUSTER,
        example="production",
    )
    allowed_account_ids: tuple[Annotated[str, checked_by(check_account_id)], ...] = option(
        "Accounts in which Terraform may work: with the credentials of another one it stops.",
        default=(),
        unset="any account",
        allowed="twelve digits each",
        makes="`allowed_account_ids` of the provider",
        example=("123456789012",),
    )
    wave: Annotated[int, checked_by(_check_wave)] = option(
        "When pipelines deploy it: an environment waits until all of lower waves are deployed and checked. Only "
        "aurora-serverless changed and ci read it: docs/fleets.md.",
        default=FIRST_WAVE,
        makes="nothing in AWS: the environment's place in `waves` of `aurora-serverless changed --json`",
        example=2,
        schema={"minimum": FIRST_WAVE, "maximum": LAST_WAVE},
    )
    provider: Provider = Provider.model_construct()
    ignore_tags: IgnoreTags | None = option(
        "Tags of others, which Terraform leaves alone on every resource.",
        default=None,
        unset="none: a deploy takes away each tag that the file does not have",
    )
    backend: Backend = Backend.model_construct()

    @field_validator("allowed_account_ids", mode="after")
    @classmethod
    def _names_an_account(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            refuse("", [], "the list is empty, which would allow every account", "name an account, or leave it out")
        check_different("", value)
        return value
