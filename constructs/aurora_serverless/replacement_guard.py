"""What Terraform refuses to plan of a cluster that AWS protects: to replace it in the deploy that takes that away.

AWS refuses to delete such a cluster, but only when its instances are gone. A plan shows what will be, and not that
protection was on; only what `ignore_changes` keeps has in it the value that the last deploy left. So the state keeps
what the protected cluster is, and lets go of it in a deploy that cannot replace it: one without the protection and
with `prevent_destroy`.
"""

import json
from collections.abc import Mapping

from cdktf import DataResource, Postcondition, TerraformResource, TerraformResourceLifecycle
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct


class ReplacementGuard(AddressedConstruct):
    """What a cluster was when it was last deployed with deletion protection, kept for as long as that matters.

    Attribute: `kept` (the `terraform_data`).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster: TerraformResource,
        replacing: Mapping[str, str],
        deletion_protection: bool,
        prevent_destroy: bool,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Keep what the cluster is, or compare it with what it was.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster: The `aws_rds_cluster`.
            replacing: What of the cluster replaces it, or what is protected with it, when it becomes another or goes;
                by what people call it. Terraform must know it when it plans.
            deletion_protection: As the cluster's.
            prevent_destroy: As the cluster's.
            fixed_addresses: See `AddressedConstruct`.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        may_be_replaced = not (deletion_protection or prevent_destroy)
        self.kept = self._addressed(
            DataResource(
                self,
                "kept",
                input=dict(replacing) if deletion_protection else None,
                depends_on=[cluster],  # its protection is changed first
                lifecycle=TerraformResourceLifecycle(ignore_changes=["input"], postcondition=[_is_as_it_was(replacing)])
                if may_be_replaced
                else None,
            ),
            "protected_cluster",
        )


def _is_as_it_was(replacing: Mapping[str, str]) -> Postcondition:
    # Nothing is kept of a cluster that was not deployed with protection, and then there is no map.
    other = (
        f"[for what, value in try({{ for what, value in self.output : what => value }}, {{}}) : "
        f'"${{what}} ${{value}}" if try({json.dumps(dict(replacing))}[what], "") != value]'
    )
    return Postcondition(
        condition=f"${{length({other}) == 0}}",
        error_message=f'What is replaced had deletion protection (${{join(", ", {other})}}), with which AWS refuses to '
        "delete it when its instances are gone: deploy it first as it was, with deletion_protection = false and "
        "prevent_destroy = true; then this change, with both off.",
    )
