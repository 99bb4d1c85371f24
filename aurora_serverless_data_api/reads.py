"""Whether the words of a statement only read, so that it can be asked again when its answer was lost.

Words are not all: a SELECT can write by a function behind a view, an operator, a cast, a row-level policy, or one of
the caller's own that hides PostgreSQL's of the same name. PostgreSQL alone knows that, so a read is asked again in a
transaction that cannot write. What such a transaction does not undo is a call that leaves the database, or ends or
locks a session: a function that is not known to be harmless is never called again, unless the caller calls the
statement idempotent.
"""

import functools

from .sql_tokens import Token, tokens

_FIRST_WORDS = frozenset({"select", "values", "table", "show", "with"})
_WRITING_WORDS = frozenset(
    {"insert", "update", "delete", "merge", "into", "call", "do", "create", "drop", "alter", "truncate", "lock", "copy"}
)
# What a parenthesis can follow without being a call: words of SQL, and types.
_WORDS_BEFORE_A_PARENTHESIS = frozenset(
    """all and any array as between bit by case char decimal distinct else except exists filter from group having ilike
    in intersect interval lateral like limit materialized not numeric offset on or over row select some then
    time timestamp union using values varchar when where with within""".split()
)
# Functions of PostgreSQL that change nothing.
# Source: https://www.postgresql.org/docs/current/functions.html
_HARMLESS_FUNCTIONS = frozenset(
    """abs age array_agg array_append array_cat array_length array_position array_remove array_to_string avg bit_length
    bool_and bool_or btrim cardinality cast ceil ceiling char_length coalesce concat concat_ws convert_from
    convert_to count cume_dist current_database current_schema current_setting date_bin date_part date_trunc
    decode dense_rank digest encode every extract first_value floor format format_type gen_random_uuid
    generate_series generate_subscripts greatest grouping has_table_privilege initcap json_agg
    json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_each
    json_each_text json_extract_path json_extract_path_text json_object_agg json_object_keys json_typeof
    jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_object_agg
    jsonb_object_keys jsonb_path_exists jsonb_path_query jsonb_set jsonb_strip_nulls jsonb_typeof lag last_value
    lead least left length localtimestamp lower lpad ltrim make_date make_interval make_time make_timestamp
    make_timestamptz max md5 min mod mode now nth_value ntile nullif obj_description octet_length overlay
    percent_rank percentile_cont percentile_disc pg_column_size pg_database_size pg_get_constraintdef
    pg_get_expr pg_get_indexdef pg_get_viewdef pg_relation_size pg_size_pretty pg_table_size
    pg_total_relation_size pg_typeof position power quote_ident quote_literal quote_nullable random rank
    regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table repeat replace
    reverse right round row_number row_to_json rpad rtrim sha224 sha256 sha384 sha512 sign similarity split_part
    sqrt starts_with stddev string_agg string_to_array strpos substr substring sum to_char to_date to_json
    to_jsonb to_number to_regclass to_timestamp to_tsquery to_tsvector translate trim trunc ts_headline ts_rank
    unnest upper variance version websearch_to_tsquery width_bucket""".split()
)
_SYSTEM_SCHEMA = frozenset({"pg_catalog", '"pg_catalog"'})
_HARMLESS = _WORDS_BEFORE_A_PARENTHESIS | _HARMLESS_FUNCTIONS


@functools.lru_cache(maxsize=256)
def is_read(sql: str) -> bool:
    """Return whether the words of `sql` only read. False is not a promise that it changes something."""
    found = list(tokens(sql))
    words = {token.text.lower() for token in found if token.kind == "word"}
    if not found or found[0].text.lower() not in _FIRST_WORDS or words & _WRITING_WORDS:
        return False
    opened = (position for position, token in enumerate(found) if token.text == "(")
    return all(_is_harmless(found[max(position - 3, 0) : position]) for position in opened)


def _is_harmless(before: list[Token]) -> bool:
    """Return whether a parenthesis after these three tokens calls nothing, or a function that is known."""
    if not before or before[-1].kind not in {"word", "quoted"}:
        return True
    *schema, function = [token.text.lower() for token in before]
    is_of_a_schema = schema[-1:] == ["."]
    return function in _HARMLESS and (not is_of_a_schema or schema[0] in _SYSTEM_SCHEMA)
