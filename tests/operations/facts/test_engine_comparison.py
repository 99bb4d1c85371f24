"""What AWS says of versions: against botocore's own model, which refuses what AWS would not answer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]

from aurora_serverless.facts.engine_versions import CapabilityFact, MajorFact, VersionFact
from aurora_serverless.facts.files import FactFile
from cli.exit_status import ExitStatus
from local_aws.process import LocalAws
from operations.aws.session import AwsSession
from operations.facts import engine
from tests.deployed.deployment import Done
from tests.deployed.stubs import stubbed
from tests.operations.facts.conftest import Facts

TODAY = date(2026, 11, 30)
Answering = Callable[[str, Any], None]


def version(text: str, *, creatable: bool = True, end: date | None = date(2029, 2, 28)) -> VersionFact:
    return VersionFact(
        version=text,
        released=None,
        creatable=creatable,
        end_of_standard_support=end,
        long_term_support=False,
        source="a calendar",
        seen="2026-10",
        certainty="aws page",
    )


def capability(name: str, major: int, since: int) -> CapabilityFact:
    return CapabilityFact(
        capability=name, major=major, since_minor=since, source="a table", seen="2026-10", certainty="aws page"
    )


def answer(text: str, *, status: str = "available", minimum: float = 0, maximum: float = 256, **more: Any) -> Any:
    """Return a version as DescribeDBEngineVersions has it."""
    return {
        "Engine": "aurora-postgresql",
        "EngineVersion": text,
        "Status": status,
        "SupportedFeatureNames": ["s3Import", "s3Export", "Lambda"],
        "ServerlessV2FeaturesSupport": {"MinCapacity": minimum, "MaxCapacity": maximum},
    } | more


def asked(*answers: Any) -> dict[engine.Version, engine.Answer]:
    """Return what `ask_versions` makes of the answers, which botocore checks."""
    client, stubber = stubbed("rds")
    expected = {"Engine": "aurora-postgresql", "IncludeAll": True}
    stubber.add_response("describe_db_engine_versions", {"DBEngineVersions": answers[:1], "Marker": "next"}, expected)
    stubber.add_response(
        "describe_db_engine_versions", {"DBEngineVersions": answers[1:]}, expected | {"Marker": "next"}
    )
    found = engine.ask_versions(client)
    stubber.assert_no_pending_responses()
    return found


def test_a_version_that_aws_creates_no_more_is_taken_over_and_keeps_its_end_and_its_source() -> None:
    compared = engine.compare_versions([version("16.8")], asked(answer("16.8", status="deprecated")), TODAY)
    [difference] = compared.differences
    assert (difference.row, difference.what, difference.known, difference.aws) == ("16.8", "creatable", True, False)
    assert compared.rows == (
        replace(
            version("16.8", creatable=False),
            source="AWS: DescribeDBEngineVersions; the rest: a calendar, 2026-10",
            seen="2026-11-30",
            certainty="api",
        ),
    )


def test_a_row_that_is_taken_over_again_names_its_first_source_once() -> None:
    [first] = engine.compare_versions([version("16.8")], asked(answer("16.8", status="deprecated")), TODAY).rows
    assert isinstance(first, VersionFact)
    [again] = engine.compare_versions([first], asked(answer("16.8")), TODAY).rows
    assert again.source == "AWS: DescribeDBEngineVersions; the rest: a calendar, 2026-10"


def test_a_version_that_is_not_known_is_added_in_its_place_without_an_end() -> None:
    known = [version("16.8"), version("16.10")]
    compared = engine.compare_versions(known, asked(*(answer(text) for text in ("16.8", "16.9", "16.10"))), TODAY)
    [difference] = compared.differences
    assert (difference.row, difference.known, difference.aws, difference.obstacle) == ("16.9", None, True, "")
    assert [row.version for row in compared.rows if isinstance(row, VersionFact)] == ["16.8", "16.9", "16.10"]
    added = compared.rows[1]
    assert isinstance(added, VersionFact)
    assert (added.end_of_standard_support, added.source, added.certainty) == (
        None,
        "AWS: DescribeDBEngineVersions",
        "api",
    )


def test_rows_that_agree_or_that_aws_does_not_speak_of_stay_as_they_are() -> None:
    known = [version("16.8"), version("16.9")]
    compared = engine.compare_versions(known, asked(answer("16.8"), answer("12.9"), answer("16.4-limitless")), TODAY)
    assert (compared.rows, compared.differences) == (tuple(known), ())
    assert compared.silent == ("AWS does not list 16.9 in this Region",)


def test_an_upgrade_that_is_advised_and_that_aws_does_not_offer_is_told_and_not_written() -> None:
    target = {"Engine": "aurora-postgresql", "EngineVersion": "14.22"}
    known = [version("14.18", end=date(2026, 12, 31))]
    compared = engine.compare_versions(known, asked(answer("14.18", ValidUpgradeTarget=[target])), TODAY)
    [difference] = compared.differences
    assert (difference.what, difference.aws) == ("upgrade", "14.22")
    assert difference.obstacle
    assert compared.rows == tuple(known)


def test_a_capability_agrees_where_every_listed_version_has_what_its_row_says() -> None:
    known = [capability("auto_pause", 16, 3), capability("capacity_256", 16, 1), capability("auto_pause", 17, 0)]
    answers = asked(answer("16.2", minimum=0.5), answer("16.8"), answer("17.4"))
    compared = engine.compare_capabilities(known, answers, TODAY)
    assert (compared.rows, compared.differences, compared.silent) == (tuple(known), (), ())


def test_a_capability_that_comes_later_than_known_is_taken_over() -> None:
    answers = asked(answer("16.3", minimum=0.5), answer("16.4"), answer("16.8"))
    compared = engine.compare_capabilities([capability("auto_pause", 16, 3)], answers, TODAY)
    [difference] = compared.differences
    assert (difference.row, difference.known, difference.aws) == ("auto_pause of 16", 3, 4)
    [row] = compared.rows
    assert isinstance(row, CapabilityFact)
    assert (row.since_minor, row.source, row.seen) == (4, "AWS: DescribeDBEngineVersions", "2026-11-30")


def test_a_capability_that_a_later_version_lost_is_told_and_not_written() -> None:
    answers = asked(answer("16.3"), answer("16.4", maximum=128), answer("16.8"))
    compared = engine.compare_capabilities([capability("capacity_256", 16, 3)], answers, TODAY)
    [difference] = compared.differences
    assert (difference.aws, difference.obstacle) == ("16.3, 16.8", "a row says a version from which on all have it")
    assert compared.rows == (capability("capacity_256", 16, 3),)


def test_a_capability_that_is_one_of_the_supported_feature_names_is_compared_by_them() -> None:
    answers = asked(answer("16.3", SupportedFeatureNames=["Lambda"]), answer("16.4"))
    compared = engine.compare_capabilities([capability("s3_import", 16, 3)], answers, TODAY)
    assert [difference.aws for difference in compared.differences] == [4]


def test_what_aws_does_not_tell_of_is_said() -> None:
    known = [capability("data_api", 16, 3), capability("auto_pause", 16, 3)]
    compared = engine.compare_capabilities(known, asked({"EngineVersion": "16.4"}), TODAY)
    assert (compared.rows, compared.differences) == (tuple(known), ())
    assert compared.silent == ("DescribeDBEngineVersions does not tell of data_api, auto_pause",)


MAJOR = MajorFact(
    major=16,
    end_of_standard_support=date(2029, 2, 28),
    extended_support_since=date(2029, 3, 1),
    extended_support_year_3_since=date(2031, 3, 1),
    end_of_extended_support=date(2032, 2, 28),
    source="a calendar",
    seen="2026-10",
    certainty="aws page",
)


def lifecycles(major: str, standard_end: datetime, extended_end: datetime) -> Any:
    def phase(name: str, begins: datetime, ends: datetime) -> Mapping[str, Any]:
        return {
            "LifecycleSupportName": f"open-source-rds-{name}-support",
            "LifecycleSupportStartDate": begins,
            "LifecycleSupportEndDate": ends,
        }

    return {
        "Engine": "aurora-postgresql",
        "MajorEngineVersion": major,
        "SupportedEngineLifecycles": [
            phase("standard", datetime(2024, 1, 31, tzinfo=UTC), standard_end),
            phase("extended", datetime(2029, 3, 1, tzinfo=UTC), extended_end),
        ],
    }


STANDARD_END = datetime(2029, 2, 28, 23, 59, 59, 999000, tzinfo=UTC)
EXTENDED_END = datetime(2032, 2, 28, 23, 59, 59, 999000, tzinfo=UTC)


def majors(*answers: Any) -> dict[int, dict[str, Any]]:
    client, stubber = stubbed("rds")
    expected = {"Engine": "aurora-postgresql"}
    stubber.add_response("describe_db_major_engine_versions", {"DBMajorEngineVersions": answers}, expected)
    return engine.ask_majors(client)


def test_the_phases_of_a_major_version_agree_to_the_day() -> None:
    compared = engine.compare_majors([MAJOR], majors(lifecycles("16", STANDARD_END, EXTENDED_END)), TODAY)
    assert (compared.rows, compared.differences, compared.silent) == ((MAJOR,), (), ())


def test_another_end_of_support_is_taken_over() -> None:
    later = EXTENDED_END.replace(month=8)
    compared = engine.compare_majors([MAJOR], majors(lifecycles("16", STANDARD_END, later)), TODAY)
    [difference] = compared.differences
    assert (difference.what, difference.known, difference.aws) == (
        "end_of_extended_support",
        date(2032, 2, 28),
        date(2032, 8, 28),
    )
    [row] = compared.rows
    assert isinstance(row, MajorFact)
    assert (row.end_of_extended_support, row.extended_support_year_3_since) == (date(2032, 8, 28), date(2031, 3, 1))


def test_a_new_major_version_is_told_and_not_written_and_an_old_one_is_nothing() -> None:
    answers = majors(*(lifecycles(major, STANDARD_END, EXTENDED_END) for major in ("11", "16", "19")))
    compared = engine.compare_majors([MAJOR], answers, TODAY)
    assert [(one.row, bool(one.obstacle)) for one in compared.differences] == [("19", True)]
    assert compared.rows == (MAJOR,)


class OlderRds:
    """A client of a botocore that does not know the action yet."""


def test_a_botocore_without_the_action_is_said(facts: Facts, answering: Answering) -> None:
    answering("rds", OlderRds())
    done = facts("majors", "--compare")
    assert done.status == ExitStatus.DONE
    assert "not compared: majors: DescribeDBMajorEngineVersions is not known to the installed botocore" in done.output


def values(done: Done) -> list[Any]:
    """Return the differences of values; an upgrade that is advised is not a value of a file."""
    return [one for one in done.json["differences"] if one["what"] != "upgrade"]


def test_the_local_aws_has_what_is_known(facts: Facts, aws: LocalAws, answering: Answering) -> None:
    answering("rds", AwsSession("us-east-1", aws).client("rds"))
    done = facts("capabilities", "--compare")
    assert (done.status, done.errors) == (ExitStatus.DONE, "")
    assert "capabilities: no difference" in done.output
    assert values(facts("versions", "--compare", "--json")) == []


def test_what_the_local_aws_has_otherwise_is_shown_and_written_once(
    facts: Facts, aws: LocalAws, answering: Answering, copies: dict[str, FactFile]
) -> None:
    path = copies["versions"].path
    before = path.read_text()
    lines = [line for line in before.splitlines() if not line.startswith("17.9,")]
    path.write_text("\n".join(lines).replace("\n16.8,2025-04-08,yes,", "\n16.8,2025-04-08,no,") + "\n")
    answering("rds", AwsSession("us-east-1", aws).client("rds"))

    shown = facts("versions", "capabilities", "--compare", "--json")
    assert shown.status == ExitStatus.FAILED
    assert [(one["of"], one["known"], one["aws"], one["written"]) for one in values(shown)] == [
        ("16.8", False, True, False),
        ("17.9", None, True, False),
    ]
    written = facts("versions", "capabilities", "--compare", "--write", "--json")
    assert written.json["written"] == ["engine_versions.csv"]
    assert [one["written"] for one in values(written)] == [True, True]
    now = path.read_text().splitlines()
    assert [line.split(",")[0] for line in now] == [line.split(",")[0] for line in before.splitlines()]

    again = facts("versions", "capabilities", "--compare", "--write", "--json")
    assert (values(again), again.json["written"]) == ([], [])


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("AccessDenied", ExitStatus.NO_ACCESS, "access denied to DescribeDBEngineVersions"),
        ("Throttling", ExitStatus.AWS_UNAVAILABLE, "AWS throttles DescribeDBEngineVersions"),
    ],
)
def test_a_part_that_aws_refuses_is_said_and_nothing_of_it_is_written(
    facts: Facts, answering: Answering, copies: dict[str, FactFile], code: str, status: ExitStatus, words: str
) -> None:
    before = copies["versions"].path.read_bytes()
    client, stubber = stubbed("rds")
    stubber.add_client_error("describe_db_engine_versions", code, "no")
    later = EXTENDED_END.replace(year=2033)
    phases = lifecycles("16", STANDARD_END, later)
    stubber.add_response("describe_db_major_engine_versions", {"DBMajorEngineVersions": [phases]})
    answering("rds", client)
    done = facts("versions", "majors", "--compare", "--write")
    assert done.status == status
    assert words in done.error
    assert "nothing of it is written" in done.error
    assert copies["versions"].path.read_bytes() == before
    assert "2033-02-28" in copies["majors"].path.read_text()


def test_what_aws_would_not_answer_is_refused_by_the_stand_in() -> None:
    _, stubber = stubbed("rds")
    assert isinstance(stubber, Stubber)
    with pytest.raises(Exception, match="Unknown parameter"):
        stubber.add_response("describe_db_engine_versions", {"DBEngineVersions": [{"Engine": "x", "EndDate": "x"}]})
