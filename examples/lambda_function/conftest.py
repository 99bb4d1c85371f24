"""Finds the client and its plugin of pytest in the checkout; where the package is installed, this file goes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

pytest_plugins = ["aurora_serverless_data_api.pytest_plugin"]
