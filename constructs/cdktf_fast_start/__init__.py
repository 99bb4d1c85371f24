"""Makes a CDKTF program start in less than a second instead of ten or twenty: bindings load as they are used.

Stock, Python imports each of the AWS provider's 2,139 modules and Node reads each of its 2,135 before the first line of
a stack runs. Here each is loaded when something asks for it, Node runs as one process instead of two and beside Python
instead of after it, and an argument check is not repeated. The output is the same, byte for byte, and whatever is not
recognised (another jsii, another layout of a package) is left to load the stock way: correct, only slower.

`docs/performance.md` says what each measure brings. One file each:

- `auto`: the one line that most programs need, as an import;
- `node`: which Node to run on;
- `provider_package`: Python's side of the provider bindings;
- `preload.js`: Node's side of them;
- `node_process`: one Node process instead of two;
- `load_requests`: what that process is told to load before Python has imported anything;
- `kernel`: has jsii use it, and not wait for it where nothing needs the answer;
- `sent_values`: no argument is sent that was not given;
- `type_checks`: argument checks that are not repeated;
- `type_lookup`: what Node may answer with before Python has imported it;
- `unused_imports`: what jsii imports and a program never uses.

All but the first four lean on private parts of jsii, and are used with the one version that they were written for.
"""

import atexit
import gc
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cdktf_fast_start import unused_imports
from cdktf_fast_start.load_requests import load_requests
from cdktf_fast_start.node import NodeNotFoundError, choose_node
from cdktf_fast_start.node_process import PRELOAD, NodeProcess
from cdktf_fast_start.provider_package import LazyBindings

__all__ = ["NodeNotFoundError", "enable"]

SWITCH: Final = "CDKTF_FAST_START"
"""The environment variable that switches all of this off, but for the choice of Node."""

TOO_LATE: Final = "cdktf is imported already, so this program starts the stock way: import cdktf_fast_start before it"

KNOWN_JSII: Final = "1.142.0"
ALWAYS_LOADED: Final = ("constructs", "cdktf", "cdktn")
"""In the order in which importing the last of them loads them; cdktn takes the place of cdktf."""

DEBUGGING: Final = ("JSII_RUNTIME", "JSII_HOST_STACK_TRACES")
"""Settings of jsii with which its own code is wanted, and none of ours in its place."""


def enable(
    *,
    start_node: bool = False,
    provider_packages: Sequence[str] = (),
    send_ahead: bool = False,
    further_nodes: int = 0,
) -> None:
    """Choose the Node that jsii runs on and, unless `CDKTF_FAST_START=off`, load provider bindings as they are used.

    Call it before the first `import cdktf` or `import constructs`; calling it again changes nothing, and calling it too
    late nothing but a warning.

    Args:
        start_node: True starts Node at once and has it read the bindings while Python goes on: for a program that
            will surely need them, before its other slow imports. Otherwise Node starts with the first `import cdktf`.
        provider_packages: What that Node shall read besides cdktf, such as `cdktf_cdktf_provider_aws`: it saves the
            time until the package is imported. Other packages load as fast, only later.
        send_ahead: True lets Python go on while Node makes objects and notes settings, which saves a third of the time
            that a stack takes. What Node refuses (two constructs of one name, say) is then raised by a later call, with
            a note that says which call it was about: for a program that does not catch such errors.
        further_nodes: How many more to start at once, for a program that forks processes, each with a Node of its own:
            `kernel.further_nodes` has them.

    Raises:
        NodeNotFoundError: no Node could be found.

    """
    choose_node()
    if os.environ.get(SWITCH) == "off" or LazyBindings in sys.meta_path:
        return
    if any(name.endswith("._jsii") for name in sys.modules):
        warnings.warn(TOO_LATE, RuntimeWarning, stacklevel=2)
        return
    sys.meta_path.insert(0, LazyBindings)
    jsii_folder = _known_jsii()
    if jsii_folder is None:
        _preload_in_node(PRELOAD)
        return
    packages = (*ALWAYS_LOADED, *provider_packages)
    requests = load_requests(packages) if start_node else []
    nodes = [NodeProcess(jsii_folder, requests) for _ in range(1 + further_nodes if start_node else 0)]
    unused_imports.enable()
    # These import jsii, which takes as long as Node to start.
    from cdktf_fast_start import kernel, sent_values, type_checks, type_lookup  # noqa: PLC0415

    kernel.enable(jsii_folder, nodes, send_ahead=send_ahead)
    sent_values.enable()
    type_checks.enable()
    type_lookup.enable()
    if start_node:
        # The last collection of garbage, on leaving, costs 40 ms, for memory that goes back a moment later anyhow.
        atexit.register(gc.freeze)


def _known_jsii() -> Path | None:
    """Return the folder of jsii's package if its private parts are known and can be used here."""
    spec = importlib.util.find_spec("jsii")
    if spec is None or spec.origin is None or os.name != "posix" or any(name in os.environ for name in DEBUGGING):
        return None
    folder = Path(spec.origin).parent
    try:
        version = json.loads((folder / "_metadata.json").read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        return None
    return folder if version == KNOWN_JSII else None


def _preload_in_node(script: Path) -> None:
    """Have every Node that is started from here run `script` first, after what NODE_OPTIONS says already.

    For a Node that jsii starts: ours alone is told by its command line, and other programs of the user are left alone.
    """
    path = str(script).replace("\\", "\\\\").replace('"', '\\"')
    option = f'--require "{path}"'
    options = os.environ.get("NODE_OPTIONS", "")
    if option not in options:
        os.environ["NODE_OPTIONS"] = f"{options} {option}".strip()
