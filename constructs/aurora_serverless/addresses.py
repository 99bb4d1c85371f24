"""How the resources of a construct get their Terraform addresses and tags.

CDKTF makes an address from the path of the construct, so that two constructs of one kind never collide. A deployment
that exists already has other addresses in its state, and there the address must not follow the path: a resource whose
address changes is destroyed and created again.
"""

from collections.abc import Mapping
from typing import TypeVar

from cdktf import TerraformElement, TerraformStack
from constructs import Construct

Element = TypeVar("Element", bound=TerraformElement)


class AddressedConstruct(Construct):
    """A construct whose resources can keep the addresses of the reference deployment.

    With `fixed_addresses` every resource has the address that deployments of this project have had from the start,
    such as `aws_rds_cluster.aurora`; there can be one such construct of a kind in a stack. Without it, the address
    comes from the construct's path, and a stack can hold several. What is not said here, addresses and tags, is as in
    the construct around it, if that is one of these.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        fixed_addresses: bool | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id_)
        around = scope if isinstance(scope, AddressedConstruct) else None
        inherited = around is not None and around._fixed_addresses
        self._fixed_addresses: bool = inherited if fixed_addresses is None else fixed_addresses
        self._tags: Mapping[str, str] | None = around._tags if tags is None and around is not None else tags

    def _addressed(self, element: Element, name: str) -> Element:
        """Return `element`, named `name` in Terraform where addresses are fixed.

        CDKTF settles an element's address when anything first reads one of its attributes, and ignores a later
        override without a word: so this wraps the call that makes the element.
        """
        if self._fixed_addresses:
            element.override_logical_id(name)
        return element

    def ephemeral(self, type_: str, name: str, arguments: Mapping[str, object]) -> str:
        """Make an ephemeral resource, named `name` where addresses are fixed, and return its address.

        CDKTF has no ephemeral resources: the stack's JSON gets one.
        """
        name = name if self._fixed_addresses else f"{self.node.id}_{self.node.addr[-8:]}"
        TerraformStack.of(self).add_override(f"ephemeral.{type_}.{name}", dict(arguments))
        return f"ephemeral.{type_}.{name}"
