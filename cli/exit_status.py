"""The exit statuses of every command: a script tells by them what to do next."""

from enum import IntEnum

from operations.errors import ErrorKind


class ExitStatus(IntEnum):
    """What a command ended with; `meaning` is its line in the help."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitStatus":
        """Make a member with its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    @classmethod
    def of(cls, kind: ErrorKind) -> "ExitStatus":
        """Return the one for a kind of error, which has its name."""
        return cls[kind.name]

    DONE = 0, "done, and nothing failed"
    FAILED = 1, "a check or a statement failed, or the cluster is in a failed state"
    WRONG_INPUT = 2, "the command line or a file is wrong"
    NOT_DEPLOYED = 3, "no such environment or cluster, or it is not deployed yet"
    NO_ACCESS = 4, "no credentials, expired ones, or access denied"
    TOO_LATE = 5, "not there before the deadline"
    AWS_UNAVAILABLE = 6, "AWS cannot be reached or is too busy: try again later"
    LOCKED = 7, "another run is migrating this database, or somebody holds a lock on it"
    MIGRATIONS_DIFFER = 8, "migration files and database do not match, or a file is half applied"
    REVIEW_FAILED = 9, "review: what --fail-on names happened"
    OWN_MISTAKE = 70, "a bug in aurora-serverless itself"
    INTERRUPTED = 130, "Ctrl-C"
    READER_ENDED = 141, "the reader of the output ended first, such as head"
    STOPPED = 143, "SIGTERM"
