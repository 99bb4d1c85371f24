"""The table of the arguments that force a replacement, held against the plans of the real provider, in both directions.

Each type has a resource in which every argument gets another value, one in which every argument goes that may go, and
more for arguments that exclude each other.
"""

import pytest

from analysis.review.propagation import WRITE_ONLY
from analysis.review.replacement import CONDITIONS, forcing, resource_types
from tests.end_to_end.provider_schema import ProviderSchemas
from tests.end_to_end.replacement.argument_cases import Case, cases_of
from tests.end_to_end.replacement.conftest import Bases
from tests.end_to_end.replacement.other_values import GIVEN_AS_BY_DEFAULT, NOT_PLANNED
from tests.end_to_end.replacement.side_by_side import PlannedChange, planned, terraform_for_cases

pytestmark = pytest.mark.xdist_group("replacement")

TYPES = sorted(resource_types())


@pytest.fixture(scope="module")
def cases(bases: Bases, schemas: ProviderSchemas) -> list[Case]:
    return list(cases_of(bases.documents, bases.state, schemas))


@pytest.fixture(scope="module")
def plans(bases: Bases, cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> dict[str, PlannedChange]:
    """Return what is planned for each case, by its address: one run for all of them."""
    configuration: dict[str, dict[str, object]] = {}
    for case in cases:
        configuration.setdefault(case.type, {})[case.name] = case.after
    folder = tmp_path_factory.mktemp("table") / "root"
    terraform = terraform_for_cases(
        folder, bases.aws, bases.providers, next(iter(bases.documents.values())), configuration
    )
    state = bases.state | {"resources": [case.state for case in cases]}
    return {address: change for address, (change,) in planned(terraform, state)[""].items()}


def test_every_type_that_is_made_is_in_the_table(bases: Bases) -> None:
    made = {type_ for document in bases.documents.values() for type_ in document["resource"]}
    assert made == set(TYPES)


@pytest.mark.parametrize("type_", TYPES)
def test_what_forces_is_in_the_table_and_the_table_has_nothing_else(
    type_: str, cases: list[Case], plans: dict[str, PlannedChange]
) -> None:
    for case in (case for case in cases if case.type == type_):
        forced = forcing(type_, case.before, case.after)
        paths = plans[case.address].replace_paths
        if case.name == "as_it_is":
            assert not {*paths, *forced.paths}, case.address
        else:
            assert paths == {*forced.paths, *forced.possible}, case.address


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_written_as_it_is_changes_nothing(
    type_: str, cases: list[Case], plans: dict[str, PlannedChange]
) -> None:
    """What the provider takes by default is in the table, and what AWS gave may be that already."""
    (case,) = (case for case in cases if case.type == type_ and case.name == "as_it_is")
    assert plans[case.address].actions == ("no-op",)
    for name in case.changed:
        expected = {"perhaps"} if name in resource_types()[type_].kept else {"same"}
        assert resource_types()[type_].difference(name, None, case.after[name]) in expected, name


@pytest.mark.parametrize("type_", TYPES)
def test_every_changed_argument_is_seen_by_the_provider(
    type_: str, cases: list[Case], plans: dict[str, PlannedChange]
) -> None:
    """An argument that had the new value already would show nothing."""
    for case in (case for case in cases if case.type == type_ and case.name not in {"unchanged", "as_it_is"}):
        assert not case.changed & plans[case.address].unseen, case.address


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_removed_is_kept_or_seen_to_go(type_: str, cases: list[Case], plans: dict[str, PlannedChange]) -> None:
    (case,) = (case for case in cases if case.type == type_ and case.name == "removed_in_place")
    gone = set(case.before) - set(case.after) - GIVEN_AS_BY_DEFAULT.get(type_, set())
    gone = {name for name in gone if not name.endswith(WRITE_ONLY)}
    assert gone & plans[case.address].unseen == gone & resource_types()[type_].kept


@pytest.mark.parametrize("type_", TYPES)
def test_an_unchanged_resource_plans_empty(type_: str, plans: dict[str, PlannedChange]) -> None:
    assert plans[f"{type_}.unchanged"].actions == ("no-op",)


@pytest.mark.parametrize("type_", TYPES)
def test_every_row_forces_in_some_plan(type_: str, plans: dict[str, PlannedChange]) -> None:
    forced = {
        path for address, change in plans.items() if address.startswith(f"{type_}.") for path in change.replace_paths
    }
    rows = resource_types()[type_].forces
    assert rows - forced == set(NOT_PLANNED.get(type_, {}))
    assert forced <= rows


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_kept_and_what_is_a_set_is_as_the_provider_has_it(type_: str, schemas: ProviderSchemas) -> None:
    row, arguments = resource_types()[type_], schemas.arguments(type_)
    kept = {name for name, of in arguments.items() if of.get("optional") and of.get("computed")}
    # A block that is kept does not show in the schema: the plans tell.
    assert row.kept & set(arguments) == kept - {"id", "tags_all"} - set(row.defaults)
    sets = {name for name, of in arguments.items() if of["type"][0] == "set"}
    assert row.unordered == sets & row.forces


def test_every_condition_is_that_of_a_row() -> None:
    conditions = {when for found in resource_types().values() for when in found.when.values()}
    assert conditions == set(CONDITIONS)
