"""What is known: the files of facts by name, and their rows."""

import difflib
from collections.abc import Sequence

from aurora_serverless.facts.files import FACT_FILES, FactFile
from aurora_serverless.facts.table import Fact, FactError, columns
from operations.errors import wrong_input


def find_files(names: Sequence[str]) -> tuple[FactFile, ...]:
    """Return the files of these names, all of them for none. Raises OperationsError (WRONG_INPUT) for another name."""
    known = {file.name: file for file in FACT_FILES}
    for name in names:
        if name not in known:
            nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
            hint = f"did you mean {nearest[0]}? " if nearest else ""
            raise wrong_input(f"there are no facts called {name}; {hint}Known are {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names)) or FACT_FILES


def rows_of(file: FactFile, region: str | None = None) -> tuple[Fact, ...]:
    """Return the rows of a file, with `region` those of that Region. Raises OperationsError (WRONG_INPUT)."""
    try:
        rows = file.read()
    except FactError as error:
        raise wrong_input(str(error)) from None
    if region is None:
        return rows
    if "region" not in columns(file.row):
        raise wrong_input(f"--region {region}: {file.name} are of no Region; leave --region out")
    found = tuple(row for row in rows if getattr(row, "region", None) == region)
    if not found:
        known = sorted({str(getattr(row, "region", "")) for row in rows})
        raise wrong_input(f"--region {region}: {file.name} are known of {', '.join(known)}")
    return found
