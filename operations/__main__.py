"""Makes `python -m operations` work, which the launcher `alexdb` runs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))  # a source root: docs/architecture.md

from operations.cli import main

if __name__ == "__main__":
    sys.exit(main())
