"""Why PostgreSQL let nobody in. libpq gives the text of that, without its SQLSTATE."""

import re
from typing import Final

from local_aws.data_api.errors import DataApiError, database_error

# Source: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/postinit.c,
# miscinit.c, ../../libpq/auth.c, ../../storage/lmgr/proc.c and ../../tcop/backend_startup.c
_SQLSTATES: Final = (
    (r"password authentication failed for user ", "28P01"),
    (r"role \".*\" (does not exist|is not permitted to log in)", "28000"),
    (r"database \".*\" does not exist", "3D000"),
    (r"database \".*\" is not currently accepting connections", "55000"),
    (r"permission denied for database ", "42501"),
    (r"sorry, too many clients already|remaining connection slots are reserved |too many connections for ", "53300"),
    (r"the database system is ", "57P03"),
)
_ANYTHING_ELSE: Final = "08004"  # the server rejected the connection


def login_refusal(reason: str) -> DataApiError:
    """Return the answer for PostgreSQL's reason, with its detail where it has one."""
    message, _, detail = reason.partition("\nDETAIL:")
    sqlstate = next((state for pattern, state in _SQLSTATES if re.match(pattern, message)), _ANYTHING_ELSE)
    return database_error(f"{message}; Detail: {detail.strip()}" if detail else message, sqlstate)
