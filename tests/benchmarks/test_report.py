"""What `make bench --check` tells: a ratio that is worse by more than a tenth, and nothing else."""

import re
from pathlib import Path

import pytest

from benchmarks.report import DATA_API, DOCUMENT, REVIEW, SYNTHESIS, worse_than_in_document, write_into_document

TABLE = """
| target                                | measured |     |
|---------------------------------------|---------:|-----|
| at least 15 times faster than stock   |     {stock} | met |
| at most 2.5 times JavaScript, for 100 |      {javascript} | met |
| at most 4 s more than two syntheses   |      {seconds} | met |
"""
LAST = {"stock": 30.0, "javascript": 2.0, "seconds": 1.0}


def document(tmp_path: Path) -> Path:
    path = tmp_path / "performance.md"
    path.write_text("before\n<!-- written by make bench: begin -->\nold\n<!-- written by make bench: end -->\nafter\n")
    write_into_document(TABLE.format(**LAST), document=path)
    return path


def test_a_report_takes_the_place_of_the_last(tmp_path: Path) -> None:
    path = document(tmp_path)
    write_into_document("new", document=path)
    assert path.read_text() == (
        "before\n<!-- written by make bench: begin -->\nnew\n<!-- written by make bench: end -->\nafter\n"
    )


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ({}, []),
        ({"javascript": 2.2, "stock": 27.3}, []),
        ({"javascript": 2.3}, ["at most 2.5 times JavaScript, for 100: 2.3, was 2"]),
        ({"stock": 27.0}, ["at least 15 times faster than stock: 27, was 30"]),
        ({"stock": 60.0, "javascript": 0.1}, []),
        ({"seconds": 3.9}, []),
    ],
)
def test_what_is_worse_by_a_tenth_is_told(measured: dict[str, float], told: list[str], tmp_path: Path) -> None:
    path = document(tmp_path)
    assert list(worse_than_in_document(TABLE.format(**LAST | measured), document=path)) == told


def test_a_target_that_is_new_is_compared_with_nothing(tmp_path: Path) -> None:
    text = TABLE.format(**LAST | {"javascript": 9.9}).replace("for 100", "for 300")
    assert list(worse_than_in_document(text, document=document(tmp_path))) == []


@pytest.mark.parametrize(("place", "least"), [(SYNTHESIS, 3), (DATA_API, 1), (REVIEW, 1)])
def test_the_ratios_of_the_document_are_found(place: str, least: int, tmp_path: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    report = text.partition(f"<!-- written by {place}: begin -->")[2].partition("<!-- written by")[0]
    ten_times = re.sub(r"^(\| at most .+?\| +)([\d.]+)", r"\1 9\2", report, flags=re.MULTILINE)
    (tmp_path / "performance.md").write_text(text)
    told = list(worse_than_in_document(ten_times, place, tmp_path / "performance.md"))
    assert len(told) >= least, told
