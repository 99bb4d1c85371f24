"""Makes `python -m local_aws` work."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))  # a source root: docs/architecture.md

from local_aws.command_line import main

if __name__ == "__main__":
    sys.exit(main())
