"""`[access]`: how one gets at the database."""

from pydantic import Field

from stacks.sections.section import Section


class Access(Section):
    """Ways into the database beside the Data API and the master password."""

    iam_authentication: bool | None = Field(
        default=None, description="Whether database users may log in with IAM tokens; by default they may not."
    )
