"""What keeps an environment from being destroyed: Terraform's prevent_destroy, and AWS's deletion protection.

Both are right for a real database. On local AWS nothing is worth them, and who says so can take them off.
"""

from collections.abc import Iterator
from typing import Any

from local_aws.process import LocalAws

_SWITCHES = {
    "aws_rds_cluster": ("modify_db_cluster", "DBClusterIdentifier", "cluster_identifier"),
    "aws_rds_global_cluster": ("modify_global_cluster", "GlobalClusterIdentifier", "global_cluster_identifier"),
}


def protections(document: dict[str, Any]) -> list[str]:
    """Return what is protected in a synthesized stack, such as `prevent_destroy of aws_rds_cluster.aurora`."""
    return [f"{what} of {address}" for address, resource in _resources(document) for what in _protections_of(resource)]


def without_protection(document: dict[str, Any]) -> dict[str, Any]:
    """Return a synthesized stack that Terraform agrees to destroy; the one that is passed is changed."""
    for _, resource in _resources(document):
        resource.get("lifecycle", {}).pop("prevent_destroy", None)
        if "deletion_protection" in resource:
            resource["deletion_protection"] = False
    return document


def switch_off(state: dict[str, Any], aws: LocalAws) -> None:
    """Switch off AWS's deletion protection of what is in a Terraform state."""
    for resource in state.get("resources", []):
        for instance in resource["instances"] if resource["mode"] == "managed" else []:
            attributes = instance["attributes"]
            if attributes.get("deletion_protection") and resource["type"] in _SWITCHES:
                operation, parameter, name = _SWITCHES[resource["type"]]
                client = aws.client("rds", region=_region(attributes))
                getattr(client, operation)(**{parameter: attributes[name]}, DeletionProtection=False)


def _region(attributes: dict[str, Any]) -> str | None:
    """Return the Region of a resource by its ARN, which has none where it is global."""
    return str(attributes.get("arn", "")).split(":")[3:4][0] or None


def _resources(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, resources in document.get("resource", {}).items():
        for name, resource in resources.items():
            yield f"{kind}.{name}", resource


def _protections_of(resource: dict[str, Any]) -> list[str]:
    found = ["prevent_destroy"] if resource.get("lifecycle", {}).get("prevent_destroy") else []
    return found + (["deletion_protection"] if resource.get("deletion_protection") else [])
