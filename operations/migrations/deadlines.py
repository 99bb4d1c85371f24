"""How long migrations wait. Apart, because the help of the command says it too, and imports nothing slow."""

from typing import Final

RESUME_SECONDS: Final = 90.0
"""How long a paused cluster is waited for; it takes about 15 seconds, and 30 or more after a day."""

LOCK_SECONDS: Final = 200.0
"""How long another run is waited for. The transaction of one that was killed ends by itself after 180 seconds."""

BLOCKED_SECONDS: Final = 10.0
"""How long a statement of a transaction waits for a lock at most: whoever comes after it waits behind it."""
