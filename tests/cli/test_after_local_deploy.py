"""The way of a user, from `make local-deploy` over every step with `./aurora-serverless` to `make local-destroy`."""

import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from local_aws.process import PROJECT
from tests.deployed.checkout import Checkout, check_out
from tests.terraform_providers.finding import find_terraform_providers

LEAST_PNG_BYTES = 30_000
"""A picture of seven panels has more than twice that; one without curves and labels has less."""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Return a clone with a local AWS of its own, stopped at the end; skip what cannot run here."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH")
    if not (PROJECT / "node_modules/.bin/cdktf").is_file():
        pytest.skip("the cdktf CLI is not installed: run `make cdktf ARGS=--version` once")
    providers = find_terraform_providers(tmp_path / "providers")
    if providers.missing is not None:
        pytest.skip(providers.missing)
    made = check_out(tmp_path / "project", providers)
    yield made
    made.background.stop()


@pytest.mark.xdist_group("aurora-serverless-after-local-deploy")
def test_from_deploy_to_destroy(checkout: Checkout) -> None:
    assert checkout.command("wait").status == 3
    deployed = checkout.make("local-deploy")
    assert deployed.status == 0, deployed.output + deployed.errors
    _, _, ending = deployed.output.rpartition("\n\n")
    lines = ending.splitlines()
    assert len(lines) <= 20
    assert lines[1].startswith("  SELECT version() = PostgreSQL ")
    for line in ("env dev --local --output .env", "migrate dev --local", "seed dev --local", "check dev --local"):
        assert f"  ./aurora-serverless {line}" in lines, "what is next"
    for line in lines:
        assert deployed.output.count(line) == 1, "no line twice"
    assert re.search(r"^(\S+)? +Outputs:$", deployed.output, re.MULTILINE) is None, "the ending has them"
    assert "reference" not in deployed.output, "of the other environments nobody is warned"
    password = _master_password(checkout)
    _wait(checkout)
    _write_env_file(checkout)
    _check(checkout)
    _migrate_and_seed(checkout)
    _ask(checkout)
    _watch(checkout)
    _migrate_again(checkout)
    _destroy(checkout)
    assert password not in "".join(checkout.printed)


def _master_password(checkout: Checkout) -> str:
    aws = checkout.background.running()
    assert aws is not None
    secrets = aws.client("secretsmanager")
    [secret] = secrets.list_secrets()["SecretList"]
    value = json.loads(secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"])
    password: str = value["password"]
    assert len(password) >= 16
    return password


def _wait(checkout: Checkout) -> None:
    done = checkout.command("wait")
    assert (done.status, done.errors) == (0, "")
    lines = done.output.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["cluster", "instances", "Data", "SQL"]
    assert all(line.startswith("✓ ") for line in lines[:-1])
    assert lines[-1] == "dev is ready"


def _write_env_file(checkout: Checkout) -> None:
    file = checkout.folder / ".env"
    file.write_text("# mine\nDEBUG=1\n")
    file.chmod(0o640)
    done = checkout.command("env", "--output", ".env")
    assert (done.status, done.output) == (0, ".env: 12 lines set\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    comment, mine, *lines = file.read_text().splitlines()
    assert [comment, mine] == ["# mine", "DEBUG=1"]
    values = dict(line.split("=", 1) for line in lines)
    assert values == checkout.command("env", "--json").json
    aws = checkout.background.running()
    assert aws is not None
    [cluster] = aws.client("rds").describe_db_clusters()["DBClusters"]
    assert (values["AURORA_CLUSTER_ARN"], values["AURORA_ENDPOINT"]) == (cluster["DBClusterArn"], cluster["Endpoint"])
    # What it names is enough for a program of its own, with any credentials.
    code = (
        "import boto3, os; e = os.environ; print(boto3.client('rds-data').execute_statement("
        "resourceArn=e['AURORA_CLUSTER_ARN'], secretArn=e['AURORA_SECRET_ARN'], database=e['DATABASE_NAME'], "
        "sql='SELECT current_database()')['records'][0][0]['stringValue'])"
    )
    variables = {**values, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    program = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)
    assert (program.stdout, program.stderr) == ("alex\n", "")


def _check(checkout: Checkout) -> None:
    assert checkout.command("check").output.splitlines()[-1] == "dev: 17 passed, 1 unknown"
    found = checkout.command("check", "--json")
    assert found.status == 0, found.output
    outcomes = {check["name"]: check["outcome"] for check in found.json["checks"]}
    assert {name for name, outcome in outcomes.items() if outcome != "passed"} == {"role's permissions"}


def _migrate_and_seed(checkout: Checkout) -> None:
    done = checkout.command("migrate")
    assert (done.status, done.errors) == (0, "")
    lines = done.output.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [
        ["✓", "0001_tables"],
        ["✓", "0002_indexes"],
        ["✓", "0003_updated_at"],
    ]
    assert lines[-1] == "dev: 3 migrations applied, at 0003"
    seeded = checkout.command("seed")
    assert (seeded.status, seeded.output) == (0, "dev: 11 rows written\n")


def _ask(checkout: Checkout) -> None:
    sql = (
        "SELECT email, title, metadata ->> 'source' AS source FROM documents JOIN users ON users.id = user_id "
        "ORDER BY title"
    )
    done = checkout.command("sql", sql)
    assert (done.status, done.errors) == (0, "")
    lines = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in done.output.splitlines()]
    assert lines[0] == ["email", "title", "source"]
    assert lines[2:] == [
        ["editor@example.com", "Draft without a vector", "NULL"],
        ["reader@example.com", "House rules", "upload"],
        ["reader@example.com", "Opening hours", "web"],
        ["(3 rows)"],
    ]
    [result] = checkout.command("sql", sql, "--json").json["results"]
    assert [column["name"] for column in result["columns"]] == ["email", "title", "source"]
    assert result["rows"][0] == ["editor@example.com", "Draft without a vector", None]
    refused = checkout.command("sql", "DELETE FROM users")
    assert (refused.status, refused.output) == (1, "")
    assert "add --write" in refused.errors


def _watch(checkout: Checkout) -> None:
    done = checkout.command("status")
    assert done.status == 0
    assert "activity     awake" in done.output
    assert "0.5 ACU at " in done.output
    state = checkout.command("status", "--json").json
    assert (state["status"], state["activity"]) == ("available", "awake")
    assert [member["role"] for member in state["members"]] == ["writer"]
    for command in ("activity", "scaling"):
        assert checkout.command(command).status == 0
    drawn = checkout.command("metrics", "--hours", "0.25", "--plot", "load.png")
    assert (drawn.status, drawn.output.splitlines()[-1]) == (0, "drawn into load.png")
    picture = checkout.folder / "load.png"
    assert picture.stat().st_size > LEAST_PNG_BYTES
    with Image.open(picture) as image:
        assert (image.format, image.size) == ("PNG", (1200, 1524))
        colours = image.convert("RGB").getcolors(maxcolors=1 << 20)
    assert colours is not None
    background = max(colours)[0]
    assert max(colours)[1] == (255, 255, 255)
    assert 0.01 < 1 - background / (1200 * 1524) < 0.5, "blank, or filled"
    [capacity] = [
        metric for metric in checkout.command("metrics", "--json").json["metrics"] if "Capacity" in metric["name"]
    ]
    assert capacity["points"]
    assert capacity["points"][-1]["value"] == 0.5


def _migrate_again(checkout: Checkout) -> None:
    again = checkout.command("migrate")
    assert (again.status, again.output) == (0, "dev: nothing to apply\n")
    assert checkout.command("migrate", "--json").json == {"target": "dev", "dry_run": False, "applied": []}
    assert checkout.command("seed").output == "dev: the sample data already exist\n"


def _destroy(checkout: Checkout) -> None:
    destroyed = checkout.make("local-destroy")
    assert destroyed.status == 0, destroyed.output + destroyed.errors
    assert "local AWS is stopped: nothing was left on it" in destroyed.output
    assert checkout.background.running() is None
    assert not [path for path in checkout.folder.rglob("*.tfstate*") if ".terraform" not in path.parts]
    gone = checkout.command("wait")
    assert (gone.status, gone.output) == (3, "")
