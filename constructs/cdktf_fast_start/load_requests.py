"""What importing a package will ask Node to load, read from its files before it is imported.

Node is ready long before Python has imported jsii; with these it need not wait.
"""

import importlib.util
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

# In the `_jsii/__init__.py` of every generated package; without one exactly like it, the package asks in its own time.
_LOAD = re.compile(
    r'jsii\.JSIIAssembly\.load\(\s*"(?P<name>[^"]+)",\s*"(?P<version>[^"]+)",'
    r'\s*__name__\[0:-6\],\s*"(?P<file>[^"]+)",?\s*\)'
)


def load_requests(packages: Iterable[str]) -> list[Mapping[str, str]]:
    """Return the requests of those of `packages` that are installed and read as expected."""
    requests: list[Mapping[str, str]] = []
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).parent / "_jsii"
        try:
            found = _LOAD.search((folder / "__init__.py").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            continue
        if found and (folder / found["file"]).is_file():
            tarball = str(folder / found["file"])
            request = {"api": "load", "name": found["name"], "version": found["version"], "tarball": tarball}
            if request not in requests:  # cdktf may be another name of cdktn
                requests.append(request)
    return requests
