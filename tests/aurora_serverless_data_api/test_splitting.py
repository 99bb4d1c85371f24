"""Files into statements: a table of what must not be cut, each part checked by PostgreSQL itself."""

import pytest

from aurora_serverless_data_api import DataApiClient
from aurora_serverless_data_api.splitting import NotClosed, split

WHOLE = {
    "a string": "SELECT 'a;b'",
    "a quote in a string": "SELECT 'a'';b'",
    "a backslash at the end of a string": "SELECT 'a\\'",
    "an escaped quote in an E string": r"SELECT E'a\';b'",
    "a small e string": r"SELECT e'a\\', ';'",
    "a Unicode string": r"SELECT U&'d\0061;t'",
    "a bit string": "SELECT B'101' = X'5', ';'",
    "a name in quotes": 'SELECT 1 AS "a;b"',
    "quotes in a name in quotes": 'SELECT 1 AS "a"";b"',
    "a comment": "SELECT 1 -- ; it's\n + 1",
    "a comment in a comment": "SELECT /* a; /* b; */ c; it's */ 1",
    "a dollar quote": "SELECT $$a;b$$",
    "a tagged dollar quote": "SELECT $tag$a; $$ b; $tag$",
    "a dollar quote in a dollar quote": "DO $a$ BEGIN EXECUTE $b$SELECT 1;$b$; END $a$",
    "a string that looks like a dollar quote": "SELECT '$$', ';', '$$'",
    "a dollar in a name": 'SELECT 1 AS a$b$c, 2 AS "$$;$$"',
    "a dollar with an umlaut": "SELECT $ä$;$ä$",
    "a function's body as a string": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2;'",
    "BEGIN ATOMIC": "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "CASE in BEGIN ATOMIC": (
        "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql\n"
        "BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN CASE a WHEN 1 THEN 2 END END; SELECT 3; END"
    ),
    "a procedure": "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "CASE in a default of a function": (
        "CREATE FUNCTION f(a int DEFAULT CASE WHEN true THEN 1 END) RETURNS int LANGUAGE sql AS $$SELECT 1;$$"
    ),
    "a rule of many statements": (
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM t WHERE a = 1; DELETE FROM t WHERE a = 2)"
    ),
    "columns named like words of a body": 'CREATE TABLE words ("end" int, "begin" int, declare int, "case" int)',
    "CASE alone": "SELECT CASE WHEN true THEN 1 END",
    "nested parentheses": "SELECT ((1) + (2)), array[1, 2]",
}


@pytest.mark.parametrize("sql", WHOLE.values(), ids=WHOLE)
def test_a_statement_stays_whole(sql: str) -> None:
    texts = [statement.text for statement in split(f"SELECT 0;\n{sql};\nSELECT 9")]
    assert texts == ["SELECT 0", sql, "SELECT 9"]


def test_postgresql_takes_each_of_them_for_one_statement(client: DataApiClient) -> None:
    for sql in WHOLE.values():
        transaction = client.begin()
        transaction.execute("CREATE TEMPORARY TABLE t (a int)")
        transaction.execute(sql)
        transaction.roll_back()


@pytest.mark.parametrize(
    ("sql", "texts"),
    [
        ("", []),
        (" \n-- nothing\n/* nothing */ ;; ; \n", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("-- a\nSELECT 1 -- b\n; -- c\nSELECT 2 -- d", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1;\r\nSELECT 2;\r\n", ["SELECT 1", "SELECT 2"]),
        ("BEGIN; SELECT 1; COMMIT", ["BEGIN", "SELECT 1", "COMMIT"]),
        ("CREATE TABLE function_begin (a int); SELECT 1", ["CREATE TABLE function_begin (a int)", "SELECT 1"]),
    ],
)
def test_statements_come_without_what_is_around_them(sql: str, texts: list[str]) -> None:
    assert [statement.text for statement in split(sql)] == texts


def test_a_statement_knows_its_line() -> None:
    sql = "-- one\n\nSELECT 1;\n/* four\nfive */ SELECT\n2; SELECT 3;\n\n$$\n$$"
    assert [statement.line for statement in split(sql)] == [3, 5, 6, 8]


@pytest.mark.parametrize(
    ("sql", "what", "line"),
    [
        ("SELECT 1;\nSELECT 'a", "a ' has no end", 2),
        ('SELECT 1;\nSELECT\n"a', 'a " has no end', 3),
        ("SELECT 1;\nDO $a$ BEGIN $$ $$", "$a$ has no end", 2),
        ("SELECT $$", "$$ has no end", 1),
        ("SELECT 1;\nSELECT 2 /* a /* b */", "a comment has no end", 2),
        ("SELECT 1;\nSELECT (2;\nSELECT 3;", "an open parenthesis", 2),
        ("CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;\nSELECT 3;", "BEGIN ATOMIC", 1),
    ],
)
def test_what_is_not_closed_is_told_with_its_line(sql: str, what: str, line: int) -> None:
    with pytest.raises(NotClosed, match="has") as raised:
        split(sql)
    assert what in str(raised.value)
    assert raised.value.line == line
