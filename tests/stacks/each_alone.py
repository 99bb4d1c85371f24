"""Synthesizes environment files, each alone, with the engine of the Python that runs this: cdktf or cdktn."""

import sys
from datetime import date
from pathlib import Path


def synthesize_each(folder: Path, output: Path) -> str:
    """Write a stack for each environment file of `folder`, none of which knows of another; return the engine's name."""
    import cdktf_fast_start  # noqa: PLC0415

    import aurora_serverless  # noqa: F401, PLC0415 (before the fast start, as in main.py)

    cdktf_fast_start.enable()
    import cdktf  # noqa: PLC0415

    from stacks.database import DatabaseStack  # noqa: PLC0415
    from stacks.environment_files import read_environment  # noqa: PLC0415

    app = cdktf.App(outdir=str(output))
    for path in sorted(folder.glob("*.toml")):
        DatabaseStack(app, read_environment(path), today=date(2026, 11, 1))
    app.synth()
    return cdktf.__name__


if __name__ == "__main__":
    print(synthesize_each(Path(sys.argv[1]), Path(sys.argv[2])))
