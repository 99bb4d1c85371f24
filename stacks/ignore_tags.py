"""`[ignore_tags]`: tags of others, which Terraform leaves on the resources as they are."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from aurora_serverless.options.section import Rule, Section, checked_by, option
from aurora_serverless.rules.tags import LONGEST_KEY
from aurora_serverless.rules.violation import RuleViolation, check_different, refuse


def _check_key(value: str) -> None:
    if not 1 <= len(value) <= LONGEST_KEY:
        rule = f"a tag's key has 1 to {LONGEST_KEY} characters, and nothing would be ignored" if value else "is empty"
        refuse("", value, rule, "name a tag, or leave it out")


def _check_prefix(value: str) -> None:
    if not value:
        refuse("", value, "every key begins so, and Terraform would set no tag", "write how the others' tags begin")
    _check_key(value)


class IgnoreTags(Section):
    """Tags that others set on the resources: an organization's policies, a cost tool, a person."""

    keys: tuple[Annotated[str, checked_by(_check_key)], ...] = option(
        "Keys of tags that Terraform neither sets nor takes away.",
        default=(),
        unset="none: a deploy takes away each tag that the file does not have",
        allowed="keys of tags that [tags] and [resource_tags] do not have",
        makes="`keys` of `ignore_tags` of the provider",
        example=("CostCenter",),
    )
    key_prefixes: tuple[Annotated[str, checked_by(_check_prefix)], ...] = option(
        "Beginnings of such keys.",
        default=(),
        unset="none",
        allowed="texts that no key of [tags] and [resource_tags] begins with",
        makes="`key_prefixes` of `ignore_tags` of the provider",
        example=("map-",),
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """Each is named once, and one at least."""
        return (
            lambda: check_different("keys", self.keys),
            lambda: check_different("key_prefixes", self.key_prefixes),
            self._names_some,
        )

    def _names_some(self) -> None:
        if not self.keys and not self.key_prefixes:
            refuse("keys", self.keys, "nothing is ignored", "name a key or a prefix, or leave [ignore_tags] out")

    def violations(self, own_keys: Iterable[str]) -> Iterator[RuleViolation]:
        """Yield what would hide a tag that is set here: Terraform would not see it, and ask for it in every plan."""
        for own in sorted(set(own_keys)):
            remedy = "leave one of the two out"
            if own in self.keys:
                yield RuleViolation("ignore_tags.keys", own, "is a tag that this file sets", remedy)
            for prefix in self.key_prefixes:
                if own.startswith(prefix):
                    rule = f"is how the tag {own} begins, which this file sets"
                    yield RuleViolation("ignore_tags.key_prefixes", prefix, rule, remedy)
