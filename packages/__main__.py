"""Builds the packages: `make wheels`, or one of them for a release: `python -m packages --tag NAME-vVERSION`."""

import argparse
import sys
from pathlib import Path

from packages.package import PACKAGES, ROOT, UnknownTagError, package_of_tag


def main() -> int:
    """Build what the command line says and name each file that was written; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m packages",
        description="Build the packages that can be installed without this repository.",
        epilog="Exit status: 0 when all is built, 2 for a wrong tag.",
    )
    parser.add_argument("--tag", help="build only the package that this tag releases, such as cdktf-fast-start-v0.1.0")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", metavar="FOLDER", help="folder to write to (default: dist)"
    )
    options = parser.parse_args()
    try:
        packages = [package_of_tag(options.tag)] if options.tag else list(PACKAGES.values())
    except UnknownTagError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for package in packages:
        package.build(options.output)
    for path in sorted(options.output.iterdir()):
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
