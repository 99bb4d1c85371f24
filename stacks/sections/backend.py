"""`[backend]`: where Terraform keeps the state."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora.names import check_bucket_name
from aurora.regions import check_region
from aurora.rules import refuse
from stacks.sections.section import Section, checked_by


class Backend(Section):
    """Where Terraform keeps the state: a file beside `cdktf.out`, or S3 with its own lock file."""

    type: Literal["local", "s3"] = Field(default="local", description="local: a file beside cdktf.out; s3: a bucket.")
    bucket: Annotated[str, checked_by(check_bucket_name)] | None = Field(
        default=None, description="The bucket, which must exist already; with type s3 only."
    )
    key: Annotated[str, Field(min_length=1, max_length=1024)] | None = Field(
        default=None, description="The object's key; by default <environment>/terraform.tfstate; with type s3 only."
    )
    region: Annotated[str, checked_by(check_region)] | None = Field(
        default=None, description="The bucket's Region; by default the deployment's; with type s3 only."
    )
    use_lockfile: bool | None = Field(
        default=None,
        description="Whether a lock file beside the state keeps two runs apart; by default true, which needs "
        "Terraform 1.10; with type s3 only.",
    )

    @model_validator(mode="after")
    def _keys_fit_type(self) -> Self:
        if self.type == "s3" and self.bucket is None:
            refuse("bucket", None, 'type "s3" needs a bucket', 'write, for example, bucket = "example-terraform-state"')
        if self.type == "local":
            for key in ("bucket", "key", "region", "use_lockfile"):
                if getattr(self, key) is not None:
                    refuse(key, getattr(self, key), 'is for type "s3" only', 'leave it out, or write type = "s3"')
        return self
