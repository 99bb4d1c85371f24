"""AWS on this machine: moto's server, patched where Terraform would notice that it is not AWS."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))  # a source root: docs/architecture.md
