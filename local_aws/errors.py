"""The one error that the command line turns into a sentence and an exit status."""


class LocalAwsError(Exception):
    """What went wrong, in one sentence, and the exit status of the command that ran into it.

    `exit_status` is 2 for wrong use and for what this machine lacks, 1 for a deployment that failed.
    """

    def __init__(self, message: str, *, exit_status: int = 2) -> None:
        super().__init__(message)
        self.exit_status = exit_status
