"""In which order Terraform removes what a running cluster uses: the new one first, then the cluster, then the old one.

Without `create_before_destroy` Terraform destroys what is replaced, or no longer asked for, before it changes what uses
it; the state keeps the mark for the day on which a resource is no longer in the configuration.
"""

from collections.abc import Sequence

from cdktf import Postcondition, TerraformResource, TerraformResourceLifecycle


def reference(resource: TerraformResource) -> str:
    """Return `type.name` of a resource, for `replace_triggered_by`; it settles the address."""
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"


def removed_last(*, postconditions: Sequence[Postcondition] = ()) -> TerraformResourceLifecycle:
    """Return the lifecycle of what other resources use, and of which two may stand side by side."""
    return TerraformResourceLifecycle(create_before_destroy=True, postcondition=list(postconditions) or None)


def security_group_lifecycle(
    description: str | None = None, *, postconditions: Sequence[Postcondition] = ()
) -> TerraformResourceLifecycle:
    """Return the lifecycle of a security group whose name is fixed.

    A VPC has one group of a name, so a new group needs a new name. EC2 changes no description either: a group that is
    there keeps its own. Terraform refuses that where a `description` is given.
    """
    return TerraformResourceLifecycle(
        create_before_destroy=True,
        ignore_changes=["description"],
        postcondition=[*([] if description is None else [_has_description(description)]), *postconditions] or None,
    )


def _has_description(description: str) -> Postcondition:
    return Postcondition(
        condition=f'${{self.description == "{description}"}}',  # EC2 takes no character that would have to be escaped
        error_message="The security group ${self.name} keeps its description, ${jsonencode(self.description)}, which "
        "EC2 cannot change: ask for that one, or give the group another name too (names.security_group), so that "
        "a new one is made.",
    )
