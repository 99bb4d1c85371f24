"""The package alone: copied into a Lambda function's bundle, with the function that the documentation shows."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aurora_serverless_data_api import DataApiClient
from tests.conftest import ROOT
from tests.local_aws.data_api.database import Database

PACKAGE = ROOT / "aurora_serverless_data_api"
PAGE = ROOT / "docs" / "data-api-client.md"
NOT_NEEDED = ("analysis", "cli", "operations", "pydantic", "moto", "psycopg", "cdktf", "jsii", "local_aws", "stacks")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return a folder with the package and the documentation's example."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    [example] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    (tmp_path / "lambda_function.py").write_text(example, encoding="utf-8")
    return tmp_path


def run(bundle: Path, code: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=bundle, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_package_needs_boto3_only(bundle: Path) -> None:
    code = f"import sys, aurora_serverless_data_api; print([name for name in {NOT_NEEDED} if name in sys.modules])"

    assert run(bundle, code, {}) == "[]"


def test_the_documented_lambda_function_runs(bundle: Path, client: DataApiClient, database: Database) -> None:
    client.execute("CREATE TABLE orders (id uuid PRIMARY KEY, customer text, total numeric, placed_at timestamptz)")
    client.execute("CREATE TABLE lines (order_id uuid REFERENCES orders, article text, count integer)")
    event = {
        "id": "6f2b1c2e-5f0a-4f6e-9a44-0d3b8c1f7a10",
        "customer": "Alex",
        "total": "12.50",
        "lines": [{"article": "pen", "count": 2}, {"article": "ink", "count": 1}],
    }
    code = f"import lambda_function; print([lambda_function.handler({event!r}, None) for _ in range(2)][-1]['body'])"
    target = {
        "AURORA_CLUSTER_ARN": database.arn,
        "AURORA_SECRET_ARN": database.secret_arn,
        "DATABASE_NAME": "alex",
    }

    assert json.loads(run(bundle, code, database.aws.environment | target)) == {"totals": ["12.50"]}

    assert client.query_one("SELECT count(*) AS orders FROM orders") == {"orders": 1}
    assert client.query_one("SELECT count(*) AS lines FROM lines") == {"lines": 2}


def test_every_file_of_the_package_is_short() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.glob("*.py")}

    assert {name: length for name, length in lengths.items() if length > 300} == {}
