"""AWS's limits on tags.

Source: AWS Tagging User Guide, "Tag naming limits and requirements".
"""

import re
from collections.abc import Mapping
from typing import Final

from aurora.rules import refuse
from aurora.tokens import is_token

MOST_TAGS: Final = 50
_KEY: Final = re.compile(r"[\w .:/=+@-]{1,128}")
_VALUE: Final = re.compile(r"[\w .:/=+@-]{0,256}")


def check_tags(tags: Mapping[str, str]) -> None:
    """Raise `RuleViolation` for tags that AWS refuses; the error's argument is the tag's key."""
    if len(tags) > MOST_TAGS:
        refuse("", f"{len(tags)} tags", f"AWS takes at most {MOST_TAGS} tags a resource", "leave some out")
    for key, value in tags.items():
        if is_token(key) or is_token(value):
            continue
        if not key:
            refuse('""', value, "a tag's key must not be empty", "name the tag, or leave it out")
        if _KEY.fullmatch(key) is None:
            refuse(
                key,
                value,
                "a tag's key is 1 to 128 letters, digits, spaces and _.:/=+-@",
                "write a shorter or plainer key",
            )
        if key.lower().startswith("aws:"):
            refuse(key, value, "a tag's key must not start with aws:, which AWS keeps for itself", "write another key")
        if _VALUE.fullmatch(value) is None:
            refuse(
                key,
                value,
                "a tag's value is at most 256 letters, digits, spaces and _.:/=+-@",
                "write a shorter or plainer value",
            )
