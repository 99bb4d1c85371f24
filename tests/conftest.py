"""What every test shares: bindings that load lazily, the shipped environments synthesized once, and a fixed day."""

import gc
import importlib.util
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import cdktf_fast_start
import pytest

import aurora_serverless  # noqa: F401 (which lets cdktn answer for cdktf)
from local_aws.programs import TERRAFORM_VARIABLE, engine

cdktf_fast_start.enable()  # before anything imports cdktf

# A fifth of the processor time of Terraform and its providers goes into collecting garbage of schemas that they only
# just read. These programs end soon: they collect when they are near the limit, which keeps them from growing.
os.environ.setdefault("GOGC", "off")
os.environ.setdefault("GOMEMLIMIT", "700MiB")

# Commands name the program that it says; help is made once, when its module is imported.
os.environ.pop(TERRAFORM_VARIABLE, None)

# What a make that runs the tests hands on to those that they run.
for name in ("ENGINE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)

from tests import accepted as accepted_files  # noqa: E402
from tests import quick  # noqa: E402
from tests.terraform_json import TerraformJson, read_stacks  # noqa: E402

HAS_LOCAL_AWS = importlib.util.find_spec("moto") is not None
"""Whether requirements/dev.txt is installed, and not only requirements.txt."""

# Of plugins, a fixture is one in all folders: those of a session start one local AWS in a process.
pytest_plugins = ["tests.deployed.fixtures", "tests.packages.installed"] if HAS_LOCAL_AWS else []

ROOT = Path(__file__).resolve().parent.parent
COMMAND_PACKAGES = ("analysis", "aurora_serverless_data_api", "cli", "operations")
"""The packages that the command aurora-serverless is made of, beside those that synthesize."""
TODAY = date(2026, 11, 1)
"""The day on which tests synthesize: retirement warnings depend on it, the JSON does not."""


NEED_MORE = [
    "analysis",
    "aurora_serverless_data_api",
    "cli",
    "end_to_end",
    "local_aws",
    "operations",
    "packages",
    "stacks/test_engines.py",
    "stacks/test_environment_properties.py",
    "stacks/test_generated_files.py",
    "terraform_providers",
    "test_documentation.py",
    "test_workflow_scripts.py",
    "test_workflows.py",
]

NEED_CDKTF = [
    "benchmarks/test_javascript.py",
    "cdktf_fast_start",
    "local_aws/test_deployment.py",
    "local_aws/test_interruptions.py",
    "local_aws/test_local_deploy.py",
    "packages",
    "test_examples.py",
    "test_snapshots.py",
]
"""What holds cdktf's own files, its names, its CLI or its version.

What cdktn makes is compared with it in test_engines.py, and its CLI is a case of test_deployment.py.
"""

collect_ignore = [*([] if HAS_LOCAL_AWS else NEED_MORE), *(NEED_CDKTF if engine() == "cdktn" else [])]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what is not quick before it is even imported."""
    return True if config.getoption("quick") and quick.is_left_out(collection_path) else None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is left out: a test that does not run must not pass unseen."""
    missing = "tests/local_aws, tests/end_to_end and others are left out: they need requirements/dev.txt"
    of_cdktf = f"left out on cdktn: {', '.join(NEED_CDKTF)}"
    left_out = [*([] if HAS_LOCAL_AWS else [missing]), *([of_cdktf] if engine() == "cdktn" else [])]
    return [*left_out, *([quick.summary()] if config.getoption("quick") else [])]


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TerraformJson]:
    """Return the parsed JSON of every environment that ships, by its name."""
    from stacks.environment_files import read_environments  # noqa: PLC0415
    from stacks.synthesis import synthesize  # noqa: PLC0415

    output = tmp_path_factory.mktemp("cdktf.out")
    synthesize(read_environments(ROOT / "environments"), output, today=TODAY)
    return read_stacks(output)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options behind `make snapshots` and `make test-quick`."""
    parser.addoption(
        "--wheels",
        type=Path,
        metavar="FOLDER",
        help="test the wheels in FOLDER; build those that it has not",
    )
    parser.addoption("--quick", action="store_true", help="leave out Terraform and what takes long")
    parser.addoption(accepted_files.OPTION, action="store_true", help="write what is generated, and say which files")


@pytest.fixture
def accepted(request: pytest.FixtureRequest) -> accepted_files.Accepted:
    """Return the files that `make snapshots` writes."""
    return accepted_files.Accepted(request.config)


LONGEST_GROUPS = {
    "adoption",
    "credentials-modes",
    "environment-properties",
    "examples",
    "final-snapshots",
    "global-database",
    "kills",
    "local-up",
    "policy-enforced",
    "restore",
    "restore-without-database",
    "safe-changes",
    "transitions",
    "upgrade",
    "version-changes",
}
"""Groups of a long test, or of deployments that follow from one another: started late, they are waited for alone."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among what stays: half the processor time of collecting, in each process, went into that."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests, which share their fixtures and one Node, in one process when many run side by side.

    Those with a group of their own come first, the longest before the others: they wait for Terraform most of the time.
    """

    def place(item: pytest.Item) -> int:
        group = item.get_closest_marker("xdist_group")
        if group is None:
            return 2
        return 0 if group.args[0] in LONGEST_GROUPS else 1

    items.sort(key=place)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was written, and how many end-to-end tests ran and were skipped, and why: none must pass unseen."""
    for line in accepted_files.told(terminalreporter.config):
        terminalreporter.line(line)
    ran, reasons, providers = 0, [], set()
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.getreports(outcome):
            if not report.nodeid.startswith("tests/end_to_end/"):
                continue
            providers |= {value for name, value in report.user_properties if name == "provider"}
            if outcome == "skipped":
                reasons.append(report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr))
            elif report.when == "call":
                ran += 1
    if ran or reasons:
        terminalreporter.section("end-to-end tests")
        terminalreporter.line(f"{ran} ran, {len(reasons)} skipped")
        for reason in sorted(set(reasons)):
            terminalreporter.line(f"skipped: {reasons.count(reason)} x {reason}")
        for provider in sorted(providers):
            terminalreporter.line(f"provider {provider}")
