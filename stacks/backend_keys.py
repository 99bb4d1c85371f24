"""`[backend]`: where Terraform keeps the state."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal

from aurora_serverless.options.section import Change, Rule, Section, checked_by, option
from aurora_serverless.rules.names import LONGEST_OBJECT_KEY_BYTES, check_bucket_name, check_object_key
from aurora_serverless.rules.regions import check_region, known_regions
from aurora_serverless.rules.violation import RuleViolation, check_different, check_pattern

_KEYS_OF: Final[Mapping[str, Sequence[str]]] = {
    "s3": ("bucket", "key", "region", "use_lockfile"),
    "cloud": ("organization", "workspace", "workspace_tags", "project", "hostname"),
}
"""The keys that only one type has."""

# Source: HCP Terraform's documentation, "Workspaces API", "Organizations API", "Projects API" and "Workspace tags".
_ORGANIZATION: Final = re.compile(r"[A-Za-z0-9_-]+")
_WORKSPACE: Final = re.compile(r"[A-Za-z0-9_-]{1,90}")
_WORKSPACE_TAG: Final = re.compile(r"[A-Za-z0-9_:-]+")
_PROJECT: Final = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9 _-]{1,38})[A-Za-z0-9_-]")
_HOSTNAME: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?::[0-9]{1,5})?")


def _check_organization(value: str) -> None:
    rule = "an organization's name is letters, digits, - and _"
    check_pattern("organization", value, _ORGANIZATION, rule, 'write, for example, "example-org"')


def _check_workspace(value: str) -> None:
    rule = "a workspace's name is 1 to 90 letters, digits, - and _"
    check_pattern("workspace", value, _WORKSPACE, rule, 'write, for example, "databases-production"')


def _check_workspace_tag(value: str) -> None:
    rule = "a workspace's tag is letters, digits, -, _ and :"
    check_pattern("workspace_tags", value, _WORKSPACE_TAG, rule, 'write, for example, "databases"')


def _check_project(value: str) -> None:
    rule = "a project's name is 3 to 40 letters, digits, spaces, - and _, and no space at an end"
    check_pattern("project", value, _PROJECT, rule, 'write, for example, "Databases"')


def _check_hostname(value: str) -> None:
    rule = "a host's name has a dot, and no scheme and no path"
    check_pattern("hostname", value, _HOSTNAME, rule, 'write, for example, "terraform.example.com"')


class Backend(Section):
    """Where Terraform keeps the state: a file beside `cdktf.out`, S3 with its own lock file, or HCP Terraform."""

    type: Literal["local", "s3", "cloud"] = option(
        "local: the file `terraform.<environment>.tfstate` beside cdktf.out; s3: an object in a bucket; cloud: a "
        "workspace of HCP Terraform or Terraform Enterprise, whose state the commands of aurora-serverless cannot "
        "read: they take `--outputs`.",
        default="local",
        makes="`terraform.backend`, or `terraform.cloud`",
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
        schema={"minLength": 1, "maxLength": LONGEST_OBJECT_KEY_BYTES},
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

    organization: Annotated[str, checked_by(_check_organization)] | None = option(
        "The organization in HCP Terraform. With type cloud only, and required there.",
        default=None,
        unset="none",
        allowed="letters, digits, `-` and `_`",
        makes="`organization` of the block `cloud`",
        change=Change.MOVES_STATE,
        example="example-org",
    )
    workspace: Annotated[str, checked_by(_check_workspace)] | None = option(
        "The workspace; it is made where there is none. With type cloud only.",
        default=None,
        unset="the environment's name, unless there are workspace_tags",
        allowed="at most 90 letters, digits, `-` and `_`",
        makes="`workspaces.name` of the block `cloud`",
        change=Change.MOVES_STATE,
        example="databases-production",
    )
    workspace_tags: tuple[Annotated[str, checked_by(_check_workspace_tag)], ...] = option(
        "Tags of workspaces, in place of a name: `terraform workspace select`, or `TF_WORKSPACE`, says which it is. "
        "With type cloud only.",
        default=(),
        unset="none",
        allowed="letters, digits, `-`, `_` and `:`",
        makes="`workspaces.tags` of the block `cloud`",
        change=Change.MOVES_STATE,
        example=("databases",),
    )
    project: Annotated[str, checked_by(_check_project)] | None = option(
        "The project in which the workspace is looked for, and made. With type cloud only.",
        default=None,
        unset="the organization's default project",
        allowed="3 to 40 letters, digits, spaces, `-` and `_`",
        makes="`workspaces.project` of the block `cloud`",
        change=Change.MOVES_STATE,
        example="Databases",
    )
    hostname: Annotated[str, checked_by(_check_hostname)] | None = option(
        "The host of Terraform Enterprise. With type cloud only.",
        default=None,
        unset="app.terraform.io",
        allowed="a host's name",
        makes="`hostname` of the block `cloud`",
        change=Change.MOVES_STATE,
        example="terraform.example.com",
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys suit the type."""
        return (
            lambda: check_different("workspace_tags", self.workspace_tags),
            self._keys_fit_type,
            self._workspace_is_one,
        )

    def _keys_fit_type(self) -> Iterator[RuleViolation]:
        if self.type == "s3" and self.bucket is None:
            yield RuleViolation(
                "bucket", None, 'type "s3" needs a bucket', 'write, for example, bucket = "example-terraform-state"'
            )
        if self.type == "cloud" and self.organization is None:
            yield RuleViolation(
                "organization",
                None,
                'type "cloud" needs an organization',
                'write, for example, organization = "example-org"',
            )
        for type_, keys in _KEYS_OF.items():
            for key in keys if self.type != type_ else ():
                if getattr(self, key) not in (None, ()):
                    yield RuleViolation(
                        key,
                        getattr(self, key),
                        f'is for type "{type_}" only',
                        f'leave it out, or write type = "{type_}"',
                    )

    def _workspace_is_one(self) -> Iterator[RuleViolation]:
        if self.workspace is not None and self.workspace_tags:
            yield RuleViolation(
                "workspace_tags",
                self.workspace_tags,
                "is in place of workspace, which is given",
                "leave one of them out",
            )
