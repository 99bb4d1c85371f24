"""What the key of an object in S3 may be in which Terraform keeps a state."""

from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import refuse

# Source: Amazon S3 User Guide, "Naming Amazon S3 objects". Terraform's lock file is the object with a suffix.
LONGEST_BYTES: Final = limit("s3_object_key_longest") - len(".tflock")


def check_object_key(value: str, *, argument: str = "key") -> None:
    """Raise `RuleViolation` unless Terraform and S3 take `value` as the key of a state.

    Source: Terraform's documentation and source of the S3 backend: no slash at an end, and no two in a row.
    """
    remedy = 'write, for example, "databases/production.tfstate"'
    if not 1 <= len(value.encode(errors="surrogatepass")) <= LONGEST_BYTES:
        refuse(argument, value, f"an object's key is 1 to {LONGEST_BYTES} bytes here", remedy)
    if value.startswith("/") or value.endswith("/"):
        refuse(argument, value, "must not start or end with /", remedy)
    if "//" in value:
        refuse(argument, value, "must not hold //", remedy)
    if {".", ".."} & set(value.split("/")):
        refuse(argument, value, "must not have . or .. between slashes, which clients take for folders", remedy)
    if not value.isprintable():
        refuse(argument, value, "must not hold control characters", remedy)
