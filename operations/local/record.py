"""What leads to a database of `local up`: a file beside local AWS's own, there while the database is up."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from local_aws.environment import ADDRESS, DATABASE_PASSWORD
from operations.aws.session import AwsSession
from operations.target.target import Target

if TYPE_CHECKING:
    from local_aws.background import BackgroundAws
    from local_aws.process import LocalAws
    from stacks.environment import Environment


@dataclass(frozen=True)
class Record:
    """Where a database answers, and by whom it is asked; `made_from` tells whether its file was changed since."""

    region: str
    cluster_arn: str
    secret_arn: str
    database: str
    master_username: str
    postgresql_port: int
    made_from: str
    data_api_enabled: bool = True
    application_user: str | None = None
    user_secret_arns: Mapping[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write it in one step."""
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self)))
        partial.rename(path)

    @property
    def url(self) -> str:
        """The address of the database for psql, DBeaver, SQLAlchemy and Prisma, as the master user."""
        return self._url_of(self.master_username)

    def _url_of(self, user: str) -> str:
        place = f"{ADDRESS}:{self.postgresql_port}/{quote(self.database)}"
        return f"postgresql://{quote(user)}:{DATABASE_PASSWORD}@{place}"

    def target(self, local: "LocalAws", environment: "Environment") -> Target:
        """Return it as commands have it; its address is for the user of the application, who has a password or none."""
        user = self.application_user
        return Target(
            AwsSession(self.region, local),
            self.cluster_arn,
            secret_arn=self.secret_arn,
            database=self.database,
            endpoint=ADDRESS,
            reader_endpoint=ADDRESS,
            port=self.postgresql_port,
            url=self.url if user not in self.user_secret_arns else self._url_of(str(user)),
            user_secret_arns=self.user_secret_arns,
            application_user=self.application_user,
            data_api_enabled=self.data_api_enabled,
            environment=environment,
        )


def record_of(background: "BackgroundAws", environment: str) -> Record | None:
    """Return what leads to an environment's database of `local up`; None where it is not up."""
    try:
        return Record(**json.loads(background.record_of(environment).read_text()))
    except (OSError, ValueError, TypeError):
        return None
