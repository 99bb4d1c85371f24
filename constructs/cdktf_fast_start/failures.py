"""What has gone wrong in Node, in a line: jsii shows the stacks of both languages."""

import re
from typing import Final

from cdktf_fast_start import kernel
from jsii.errors import JavaScriptError, JSIIError

_SYSTEM_ERROR: Final = re.compile(r"E[A-Z0-9]+: ")
"""What Node begins an error of the operating system with, such as `ENOSPC: `."""


def failure_in_node(error: BaseException) -> str | None:
    """Return what Node, or jsii in it, says went wrong; None for an error of Python's own."""
    if not isinstance(error, JSIIError) and not isinstance(error.__cause__, JavaScriptError):
        return None
    if str(error) == kernel.NODE_ENDED:
        return f"Node ended before it answered: {kernel.why_node_ended()}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].removeprefix("Error: ") if lines else "it did not say why"


def is_of_the_system(failure: str) -> bool:
    """Whether the operating system refused: a full disk, a file that may not be written."""
    return _SYSTEM_ERROR.match(failure) is not None
