"""Makes `python -m cli` work, which the launcher `aurora-serverless` runs."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))  # a source root: docs/architecture.md

# Nothing is open yet: Ctrl-C while this is imported just ends it, without a traceback.
at_ctrl_c = signal.getsignal(signal.SIGINT)
if at_ctrl_c is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from cli.main import main  # noqa: E402 (after Ctrl-C is settled)

signal.signal(signal.SIGINT, at_ctrl_c)

if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:  # once more, while the first one was being told
        status = 130
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end is near, and its status is known
    sys.exit(status)
