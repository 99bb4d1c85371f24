"""One reader of botocore's descriptions of AWS for all sessions of a process.

Each session of boto3 reads them again, a tenth of a second for a service, and moto makes three sessions and more for
each service that is asked: most of the time in which local AWS starts, and of its first answers.
"""

import functools

import botocore.session  # type: ignore[import-untyped]

create_loader = functools.cache(botocore.session.create_loader)


def share_loader() -> None:
    """Let every session from now on read with the same loader, which keeps what it has read, as one session does."""
    botocore.session.create_loader = create_loader
