"""`aurora-serverless explain`: every key, how a person names one, and what is not a key."""

import re
import subprocess
import sys

import pytest

from stacks.described_keys import described_file
from stacks.known_keys import known_keys
from tests.conftest import ROOT
from tests.deployed.deployment import run

KEYS = [key.path for key in described_file().all_keys()]
SECTIONS = [section.path for section in described_file().all_sections() if section.path]

Capsys = pytest.CaptureFixture[str]


def test_every_key_and_section_of_the_model_is_described() -> None:
    assert sorted(KEYS + SECTIONS) == sorted(known_keys())


def test_each_key_is_explained(capsys: Capsys) -> None:
    for path in KEYS:
        done = run(capsys, "explain", path)
        assert (done.status, done.errors, done.output.splitlines()[0]) == (0, "", path)
        assert "`" not in done.output
        for fact in ("type ", "default ", "makes ", "costs ", "change ", "example "):
            assert f"\n{fact}" in done.output, (path, fact)


def test_each_section_lists_its_keys(capsys: Capsys) -> None:
    for path in SECTIONS:
        done = run(capsys, "explain", path)
        assert (done.status, done.output.splitlines()[0]) == (0, f"[{path}]")
        for key in KEYS:
            section, _, name = key.rpartition(".")
            assert section != path or f"\n{name} " in done.output


@pytest.mark.parametrize("page", ["README.md", "docs/environment-files.md"])
def test_what_the_documentation_shows_is_what_is_printed(capsys: Capsys, page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = re.findall(r"^\$ \./aurora-serverless explain (\S+)\n(.*?)(?=^\$ |^```)", text, re.MULTILINE | re.DOTALL)
    assert shown
    for key, output in shown:
        assert run(capsys, "explain", key).output.rstrip() == output.rstrip()


def test_without_a_key_the_sections_are_listed(capsys: Capsys) -> None:
    done = run(capsys, "explain")
    assert done.status == 0
    assert all(f"\n[{path}] " in done.output for path in SECTIONS if "." not in path)
    assert "\nname_prefix " in done.output


def test_a_key_says_rules_cost_change_and_an_example(capsys: Capsys) -> None:
    facts = run(capsys, "explain", "encryption.key").output.partition("\n\n")[2].splitlines()
    told = dict(line.split("  ", 1) for line in facts)
    assert {name: text.strip() for name, text in told.items() if name != "makes"} == {
        "type": "string",
        "default": '"aws-owned"',
        "preset production": '"own"',
        "allowed": '"aws-owned", "aws-managed", "own", "given"',
        "costs": "own and given: $1.00 a month for the key, $0.03 for 10,000 requests (in us-east-1)",
        "change": "replaces the cluster, and so deletes its data, unless prevent_destroy refuses",
        "example": "[encryption]",
        "": 'key = "own"',
    }


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("maximum_acu", "capacity.maximum_acu"),
        ("[capacity]", "capacity"),
        ("capacity.minimum_acu = 0", "capacity.minimum_acu"),
        ("read_scaling", "instances.read_scaling"),
        ("tags.Project", "tags"),
        ("resource_tags.aws_rds_cluster.Backup", "resource_tags"),
        ("engine.cluster_parameters.rds.force_ssl", "engine.cluster_parameters"),
    ],
)
def test_a_key_may_be_named_as_it_stands_in_a_file(capsys: Capsys, asked: str, path: str) -> None:
    done = run(capsys, "explain", asked, "--json")
    assert (done.status, done.errors, done.json["path"]) == (0, "", path)


@pytest.mark.parametrize(
    ("word", "key"),
    {
        "aws_region": "region",
        "backup_retention_period": "backup.retention_days",
        "cidr_blocks": "network.allowed_cidr_blocks",
        "cluster_identifier": "names.cluster",
        "database_name": "database.name",
        "deletion_window_in_days": "encryption.deletion_window_days",
        "engine_version": "engine.version",
        "iam_database_authentication_enabled": "access.iam_authentication",
        "kms_key_id": "encryption.key",
        "max_capacity": "capacity.maximum_acu",
        "min_capacity": "capacity.minimum_acu",
        "preferred_backup_window": "backup.window",
        "preferred_maintenance_window": "maintenance.window",
        "seconds_until_auto_pause": "capacity.auto_pause_seconds",
    }.items(),
)
def test_a_word_of_terraforms_leads_to_the_key(capsys: Capsys, word: str, key: str) -> None:
    for asked in (word, f"aws_rds_cluster.{word}"):
        done = run(capsys, "explain", asked)
        assert (done.status, done.output.splitlines()[0]) == (0, key)
        assert re.fullmatch(rf"{word} is Terraform's word; the key is {key}(; see also [\w., ]+)?\n", done.errors)


@pytest.mark.parametrize(
    ("word", "section"),
    {
        "serverlessv2_scaling_configuration": "capacity",
        "aws_rds_cluster.lifecycle": "protection",
        "aws_backup_plan": "backup.aws_backup",
        "aws_db_proxy.aurora": "proxy",
        "aws_rds_cluster_role_association": "cluster_roles",
    }.items(),
)
def test_a_block_or_type_leads_to_the_section_that_has_it(capsys: Capsys, word: str, section: str) -> None:
    done = run(capsys, "explain", word)
    assert (done.status, done.output.splitlines()[0]) == (0, f"[{section}]")
    assert f"is Terraform's word; the section is [{section}]" in done.errors


def test_every_word_that_the_page_of_options_names_leads_somewhere(capsys: Capsys) -> None:
    """What a key makes, as the page says it: Terraform's arguments, blocks and types, and what an IAM policy allows."""
    page = (ROOT / "docs/options.md").read_text(encoding="utf-8")
    told = "\n".join(re.findall(r"^ *\*Makes\*.*|^\| `\w+` \|.*", page, re.MULTILINE))
    words = set(re.findall(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+(?:\.[a-z0-9_]+)*)`", told))
    assert len(words) > 150
    last = {word.rpartition(".")[2] for word in words if not word.startswith(("aws_", "random_", "data."))}
    for word in sorted(words | last):
        done = run(capsys, "explain", word)
        named = f"error: {word} is the name of several keys, name one: "
        assert done.status == 0 or done.error.startswith(named), (word, done.errors)


def test_a_key_of_another_section_is_still_no_word_of_terraforms(capsys: Capsys) -> None:
    done = run(capsys, "explain", "capacity.port")
    assert (done.status, done.error) == (2, 'error: there is no key "capacity.port"; did you mean network.port?')


def test_json_has_what_a_script_wants(capsys: Capsys) -> None:
    found = run(capsys, "explain", "backup.retention_days", "--json").json
    facts = ("kind", "type", "unit", "default", "presets", "allowed", "change", "example")
    assert [found[name] for name in facts] == [
        "key",
        "whole number",
        "days",
        7,
        {"production": 35},
        "1 to 35",
        "in place",
        ["retention_days = 14"],
    ]
    everything = run(capsys, "explain", "--json").json
    assert [section["path"] for section in everything["sections"]] == [path for path in SECTIONS if "." not in path]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("capacity.minimum_acuu", 'there is no key "capacity.minimum_acuu"; did you mean capacity.minimum_acu?'),
        ("capacity.retention_days", 'there is no key "capacity.retention_days"; did you mean backup.retention_days?'),
        ("maximum_akku", 'there is no key "maximum_akku"; did you mean capacity.maximum_acu?'),
        ("montoring", 'there is no key "montoring"; did you mean monitoring?'),
        ("key", "key is the name of several keys, name one: backend.key, encryption.key"),
        ("window", "window is the name of several keys, name one: backup.window, maintenance.window"),
        (
            "capacity.colour",
            'there is no key "capacity.colour"; [capacity] has minimum_acu, maximum_acu, auto_pause_seconds',
        ),
        ("colour", 'there is no key "colour"; ./aurora-serverless explain lists the sections'),
        ("", 'there is no key ""; ./aurora-serverless explain lists the sections'),
        ("\x1b[31m", 'there is no key "\\x1b[31m"; ./aurora-serverless explain lists the sections'),
        (
            "activity_stream",
            "there is no key activity_stream: Aurora Serverless v2 has no database activity streams; write "
            "pgaudit = true under [engine] and log_retention_days under [monitoring]",
        ),
    ],
)
def test_what_is_no_key_is_one_line(capsys: Capsys, asked: str, error: str) -> None:
    done = run(capsys, "explain", asked)
    assert (done.status, done.output, done.error) == (2, "", f"error: {error}")


def test_it_needs_neither_boto3_nor_node() -> None:
    code = (
        "import sys\nfrom cli.main import main\nstatus = main(['explain', 'capacity'])\n"
        "slow = {'boto3', 'botocore', 'cdktf', 'jsii', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(slow)}' if slow else status)"
    )
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()) == (0, ["./aurora-serverless explain capacity.KEY explains one"])
