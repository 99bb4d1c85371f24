"""The names in a synthesized stack, and whether the table of names has each of them and no other."""

import re
from collections.abc import Iterator

from aurora_serverless.options.name_kinds import MEMBER, RANDOM_NAMES
from stacks.environment import Environment, made_names
from tests.terraform_json import TerraformJson, blocks

_IS_NAME = re.compile(r"(?:.*_)?(?:name|identifier)(?:_prefix)?")
_REFERENCE = re.compile(r"\$\{(?P<address>(?:data\.)?[a-z_]+\.[a-z0-9_]+)\.(?P<attribute>[a-z_]+)\}")

NO_NAMES = {
    "aws_backup_plan.name",  # AWS has several of one name
    "aws_backup_selection.name",
    "aws_cloudwatch_metric_alarm.metric_name",
    "aws_rds_cluster.database_name",  # of a database within the cluster
    "aws_rds_cluster.snapshot_identifier",  # of what is there already
    "aws_rds_cluster_role_association.feature_name",  # as AWS has it
    "aws_rds_cluster_instance.ca_cert_identifier",  # of what AWS has
}
"""Arguments that look like the name of what is made, and are not."""


def names_in(document: TerraformJson) -> Iterator[tuple[str, str]]:
    """Yield the name of each resource with the argument that has it, and what else has one."""
    found = blocks(document)
    for address, block in found.items():
        type_ = address.partition(".")[0]
        if type_ == "aws_vpc_endpoint":
            yield f"{type_}.service_name", address.partition(".")[2].replace("_", "-")
        elif type_ != "data":
            for argument, value in block.items():
                if _IS_NAME.fullmatch(argument) and not _REFERENCE.fullmatch(value):
                    yield f"{type_}.{argument}", resolved(value, found)
    if (cloud := document["terraform"].get("cloud")) is not None and "name" in cloud["workspaces"]:
        parts = (cloud.get("hostname", "app.terraform.io"), cloud["organization"], cloud["workspaces"]["name"])
        yield "terraform.backend.s3.key", "/".join(parts)  # one kind: where a state lies
    backend = document["terraform"].get("backend", {}).get("s3")
    if backend is not None:
        for ending in ("", ".tflock")[: 2 if backend.get("use_lockfile") else 1]:
            yield "terraform.backend.s3.key", f"{backend['bucket']}/{backend['key']}{ending}"


def resolved(value: str, found: dict[str, TerraformJson]) -> str:
    """Put in what references name, where it stands in the JSON; the id of a cluster is its identifier."""

    def put_in(reference: re.Match[str]) -> str:
        is_id = (reference["address"].split(".")[0], reference["attribute"]) == ("aws_rds_cluster", "id")
        attribute = "cluster_identifier" if is_id else reference["attribute"]
        named: str = found[reference["address"]].get(attribute, reference[0])
        return named

    return _REFERENCE.sub(put_in, value)


def assert_table_is_complete(environment: Environment, document: TerraformJson) -> None:
    names = set(names_in(document))
    drawn_from = ("${random_id.suffix.hex}", "plantimestamp())}")
    drawn = {
        (argument, name)
        for argument, name in names
        if argument in RANDOM_NAMES and (argument.endswith("_prefix") or name.endswith(drawn_from))
    }
    # A cluster's place in a global database is one of a Region that is known, and a primary's stands in no argument.
    has_place = environment.is_secondary and environment.region is not None
    left_out = NO_NAMES if has_place else NO_NAMES | {MEMBER.argument}
    in_table = {(name.kind.argument, name.name) for name in made_names(environment)}
    assert {name for name in names - drawn if name[0] not in left_out} == {
        name for name in in_table if name[0] not in left_out
    }
