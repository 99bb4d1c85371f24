"""Synthesizes every environment file to a Terraform stack: `python main.py`, or through the cdktf CLI."""

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "constructs"))  # a source root, not a package: docs/architecture.md

import cdktf_fast_start  # noqa: E402

import aurora_serverless  # noqa: E402, F401 (which lets cdktn answer for cdktf, before the fast start looks for it)
from cli.output import streams  # noqa: E402

if TYPE_CHECKING:
    from stacks.synthesis import SynthesizedStack

PROVIDER_PACKAGES = "cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_random"
NOT_SHOWN = 2
INTERRUPTED = 130
READER_ENDED = 141
"""The last two as a shell has them for a process that SIGINT or SIGPIPE ended."""


def main() -> int:
    """Run the command and return its exit status, whatever becomes of standard output."""
    with streams.ready():
        try:
            status = _run()
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read the output has ended, such as `head`
            streams.drop()
            return READER_ENDED
        except KeyboardInterrupt:
            print("error: stopped by Ctrl-C", file=sys.stderr)
            return INTERRUPTED
        except OSError as error:
            if error.filename is not None:
                raise
            streams.drop(sys.stdout)
            print(f"error: standard output: {error.strerror}", file=sys.stderr)
            return NOT_SHOWN
        return status


def _run() -> int:
    try:
        cdktf_fast_start.enable(start_node=True, provider_packages=PROVIDER_PACKAGES)
    except cdktf_fast_start.NodeNotFoundError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: Node cannot be started: {error.strerror}")
    from stacks.command import parse_arguments, run  # noqa: PLC0415 (slow imports, while Node starts)

    options = parse_arguments(sys.argv[1:], root=ROOT, output_directory=os.environ.get("CDKTF_OUTDIR"))
    return run(options, summary=_summary, say=_say)


def _say(line: str) -> None:
    print(streams.folded(line, sys.stderr), file=sys.stderr)


def _summary(stacks: "Sequence[SynthesizedStack]") -> Iterable[str]:
    from cli.summary import summary  # noqa: PLC0415 (prices, for who runs this without the cdktf CLI)

    return summary(stacks, today=date.today())


if __name__ == "__main__":
    sys.exit(main())
