"""Synthesizes every environment file to a Terraform stack: `python main.py`, or through the cdktf CLI."""

import atexit
import gc
import os
import sys
import typing
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
    # All of this is slow to import, and Node loads what it is told meanwhile: so what tells it comes first.
    with suppress(Exception):  # what is wrong with Node is told where it is used
        import stacks.first_bindings  # noqa: F401, PLC0415

    _import_pydantic_core()
    from stacks.command import run  # noqa: PLC0415

    return run(options, summary=_Summary(), say=_say)


def _import_pydantic_core() -> None:
    """Import what pydantic says of its schemas to type checkers as plain classes, which are made in no time."""
    import typing_extensions  # noqa: PLC0415

    class PlainDict(dict[str, Any]):
        def __init_subclass__(cls, *, total: bool = True) -> None:
            del total

    home = typing if sys.version_info >= (3, 12) else typing_extensions
    typed_dict = home.TypedDict
    setattr(home, "TypedDict", PlainDict)  # noqa: B010 (mypy)
    try:
        import pydantic_core.core_schema  # noqa: F401, PLC0415
    finally:
        setattr(home, "TypedDict", typed_dict)  # noqa: B010


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


def _leave(status: list[int]) -> None:
    """End at once: taking thousands of objects apart, whose memory goes back anyhow, takes 10 ms."""
    if status:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # nobody reads it any more
                stream.flush()
        os._exit(status[0])


if __name__ == "__main__":
    statuses: list[int] = []
    atexit.register(_leave, statuses)  # the first one, which Python calls last
    statuses.append(main())
    sys.exit(statuses[0])
