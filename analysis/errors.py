"""What analysis raises: one line in lower case that says what is wrong and what to do."""


class AnalysisError(Exception):
    """What keeps a stack from being read, synthesized or worked out."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class FileError(AnalysisError):
    """A file cannot be read, or is not what it should be."""


class UsageError(AnalysisError):
    """What is said of a month does not fit; among its `parts`, each Field is the name of a field of `Usage`."""

    def __init__(self, *parts: str) -> None:
        super().__init__("".join(parts))
        self.parts = parts


class Field(str):
    """The name of a field, which the caller may know by another one."""

    __slots__ = ()


class UnknownEnvironment(AnalysisError):
    """There is no environment of that name."""
