"""Synthesizes every environment file to a Terraform stack: `python main.py`, or through the cdktf CLI."""

import gc
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "constructs"))  # a source root, not a package: docs/architecture.md

import cdktf_fast_start  # noqa: E402

import aurora_serverless  # noqa: E402, F401 (which lets cdktn answer for cdktf, before the fast start looks for it)
from cli.output import streams  # noqa: E402
from stacks.command_line import parse_arguments, processes_for_files  # noqa: E402

if TYPE_CHECKING:
    from analysis.cost.estimate import Estimate
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
    # What is imported stays: looking for garbage in it, and for plugins of pydantic, would take a tenth of the start.
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    options = parse_arguments(sys.argv[1:], root=ROOT, output_directory=os.environ.get("CDKTF_OUTDIR"))
    try:
        cdktf_fast_start.enable(
            start_node=True,
            provider_packages=PROVIDER_PACKAGES,
            send_ahead=True,
            further_nodes=processes_for_files(options.environments) - 1,
        )
    except cdktf_fast_start.NodeNotFoundError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: Node cannot be started: {error.strerror}")
    # All of this is slow to import, and Node loads what it is told meanwhile: so cdktf, which tells it, first.
    with suppress(Exception):  # what is wrong with Node is told where it is used
        import cdktf  # noqa: F401, PLC0415

    from stacks.command import run  # noqa: PLC0415

    return run(options, summary=_Summary(), say=_say)


def _say(line: str) -> None:
    print(streams.folded(line, sys.stderr), file=sys.stderr)


class _Summary:
    """What `cli.summary` says, imported for who runs this without the cdktf CLI."""

    def prepare(self) -> None:
        import cli.summary  # noqa: F401, PLC0415

    def examine(self, name: str, document: Mapping[str, Any]) -> "Estimate":
        from cli.summary import examine  # noqa: PLC0415

        return examine(name, document, today=date.today())

    def lines(self, stacks: "Sequence[SynthesizedStack]") -> Iterable[str]:
        from cli.summary import lines  # noqa: PLC0415

        return lines(stacks)


if __name__ == "__main__":
    sys.exit(main())
