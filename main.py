"""Synthesizes every environment file to a Terraform stack: `python main.py`, or through the cdktf CLI."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "constructs"))  # a source root, not a package: docs/architecture.md

import lazy_bindings  # noqa: E402


def main() -> int:
    """Run the command and return its exit status."""
    try:
        lazy_bindings.enable(lazy=os.environ.get("LAZY_BINDINGS") != "off", start_node=True)
    except lazy_bindings.NodeNotFoundError as error:
        sys.exit(f"error: {error}")
    from stacks.command import parse_arguments, run  # noqa: PLC0415 (slow imports, while Node starts)

    return run(parse_arguments(sys.argv[1:], root=ROOT, output_directory=os.environ.get("CDKTF_OUTDIR")))


if __name__ == "__main__":
    sys.exit(main())
