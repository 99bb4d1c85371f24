"""`[backend]`: where Terraform keeps the state."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from aurora_serverless.options.section import Change, Rule, Section, checked_by, option
from aurora_serverless.rules.names import check_bucket_name
from aurora_serverless.rules.object_keys import LONGEST_BYTES, check_object_key
from aurora_serverless.rules.regions import check_region, known_regions
from aurora_serverless.rules.violation import RuleViolation


class Backend(Section):
    """Where Terraform keeps the state: a file beside `cdktf.out`, or S3 with its own lock file."""

    type: Literal["local", "s3"] = option(
        "local: the file `terraform.<environment>.tfstate` beside cdktf.out; s3: an object in a bucket.",
        default="local",
        makes="`terraform.backend`",
        change=Change.MOVES_STATE,
        example="s3",
    )
    bucket: Annotated[str, checked_by(check_bucket_name)] | None = option(
        "The bucket, which must exist already. With type s3 only, and required there.",
        default=None,
        unset="none",
        allowed="a bucket's name",
        makes="`bucket` of the S3 backend",
        costs="what S3 takes for some kilobytes",
        change=Change.MOVES_STATE,
        example="example-terraform-state",
    )
    key: Annotated[str, checked_by(check_object_key)] | None = option(
        "The object's key. With type s3 only.",
        default=None,
        unset="`<environment>/terraform.tfstate`",
        allowed="1 to 1,017 bytes, which leaves room for the lock file's suffix; no / at an end, no //, and no . or .. "
        "between two /",
        makes="`key` of the S3 backend",
        change=Change.MOVES_STATE,
        example="databases/production.tfstate",
        schema={"minLength": 1, "maxLength": LONGEST_BYTES},
    )
    region: Annotated[str, checked_by(check_region)] | None = option(
        "The bucket's Region. With type s3 only.",
        default=None,
        unset="`region` of the environment",
        allowed="a Region's name",
        makes="`region` of the S3 backend",
        change=Change.MOVES_STATE,
        example="us-east-1",
        schema={"enum": [*known_regions()]},
    )
    use_lockfile: bool | None = option(
        "Whether a lock file beside the state keeps two runs apart, which needs Terraform 1.10. With type s3 only.",
        default=None,
        unset="true",
        makes="`use_lockfile` of the S3 backend",
        example=False,
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys suit the type."""
        return (self._keys_fit_type,)

    def _keys_fit_type(self) -> Iterator[RuleViolation]:
        if self.type == "s3" and self.bucket is None:
            yield RuleViolation(
                "bucket", None, 'type "s3" needs a bucket', 'write, for example, bucket = "example-terraform-state"'
            )
        if self.type == "local":
            for key in ("bucket", "key", "region", "use_lockfile"):
                if getattr(self, key) is not None:
                    yield RuleViolation(
                        key, getattr(self, key), 'is for type "s3" only', 'leave it out, or write type = "s3"'
                    )
