"""`[access]`: how one gets at the database."""

from stacks.sections.section import Section, option


class Access(Section):
    """Ways into the database beside the Data API and the master password."""

    iam_authentication: bool | None = option(
        "Whether database users may log in with IAM tokens.",
        default=None,
        unset="off",
        makes="`iam_database_authentication_enabled` of the cluster",
        example=True,
    )
