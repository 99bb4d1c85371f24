"""The AWS that a command talks to: the user's own, or local AWS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from local_aws.process import LocalAws

CONNECT_SECONDS: Final = 10
READ_SECONDS: Final = 70
"""A statement may take 45 seconds; a client that gives up before its answer does not know what happened."""


@dataclass(frozen=True)
class AwsSession:
    """Makes boto3 clients of one Region; with `local`, all of them talk to that local AWS."""

    region: str
    local: "LocalAws | None" = None

    def client(self, service: str, *, region: str | None = None, attempts: int = 4) -> Any:
        """Return a client; `attempts` is how often it calls in all before an error is an error."""
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 (slow, and not needed for --help)
        from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts},
            **({"proxies": {}} if self.local else {}),
        )
        arguments: dict[str, str] = {}
        if self.local is not None:
            from local_aws.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY  # noqa: PLC0415

            arguments = {
                "endpoint_url": self.local.endpoint_url,
                "aws_access_key_id": ACCESS_KEY_ID,
                "aws_secret_access_key": SECRET_ACCESS_KEY,
            }
        return boto3.client(service, region_name=region or self.region, config=config, **arguments)

    def check_credentials(self) -> None:
        """Raise what boto3 does where there are no credentials, or none that can be renewed."""
        if self.local is not None:
            return
        import boto3  # noqa: PLC0415
        from botocore.exceptions import NoCredentialsError  # type: ignore[import-untyped]  # noqa: PLC0415

        credentials = boto3.Session().get_credentials()
        if credentials is None:
            raise NoCredentialsError
        credentials.get_frozen_credentials()
