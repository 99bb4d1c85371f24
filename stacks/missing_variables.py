"""Refuses `make cdktf ARGS="deploy NAME"` where a variable has no value: the cdktf CLI would wait for one for ever.

Terraform asks for it where the cdktf CLI shows no question. Only `aws_region` may have no default: the one of an
environment file without `region`.
"""

import os
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

VARIABLE: Final = "aws_region"
_ASKING: Final = {"deploy", "apply", "destroy"}
"""The commands of the cdktf CLI at which Terraform asks; `diff` runs without questions."""


def missing(arguments: Sequence[str], variables: Mapping[str, str], root: Path) -> Iterator[str]:
    """Yield a line for each environment whose deploy would ask; `arguments` are those of the cdktf CLI."""
    command, *names = [word for word in arguments if not word.startswith("-")] or [""]
    has_file = any(word.startswith("--var-file") for word in arguments)
    is_given = any(word.removeprefix("--var=").startswith(f"{VARIABLE}=") for word in arguments)
    if command not in _ASKING or has_file or is_given or f"TF_VAR_{VARIABLE}" in variables:
        return
    for path in sorted((root / "environments").glob("*.toml")):
        if any(fnmatch(path.stem, name) for name in names) and not _has_region(path, root):
            yield (
                f"error: {path.stem}: the variable {VARIABLE} has no value: write region in environments/{path.name}, "
                f"or add --var {VARIABLE}=REGION behind {path.stem}"
            )


def _has_region(path: Path, root: Path) -> bool:
    """Say whether nothing is asked; of a wrong file the synthesis tells more."""
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    folder = root / "cdktf.out/stacks" / path.stem
    files = [folder / "terraform.tfvars", *folder.glob("*.auto.tfvars*")]
    return "region" in text or any(VARIABLE in file.read_text(encoding="utf-8") for file in files if file.is_file())


if __name__ == "__main__":
    lines = list(missing(sys.argv[1:], os.environ, Path.cwd()))
    for line in lines:
        print(line, file=sys.stderr)
    sys.exit(2 if lines else 0)
