from pathlib import Path

import pytest

from core.postgres.queries import Queries


def test_a_query_goes_by_its_name() -> None:
    queries = Queries("-- name: one\nSELECT 1\n\n-- name: two\nSELECT 2,\n    -- why\n    3\n")
    assert queries["one"] == "SELECT 1"
    assert queries["two"] == "SELECT 2,\n    -- why\n    3"


def test_what_stands_before_the_first_name_is_no_query() -> None:
    queries = Queries("-- What these are for.\n-- name: one\nSELECT 1")
    assert queries["one"] == "SELECT 1"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        Queries("-- name: one\nSELECT 1")["two"]


def test_a_name_that_is_there_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="one"):
        Queries("-- name: one\nSELECT 1\n-- name: one\nSELECT 2")


def test_a_file_beside_a_module(tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text("-- name: one\nSELECT '\u00e9'\n", encoding="utf-8")
    assert Queries.beside(str(tmp_path / "module.py"))["one"] == "SELECT '\u00e9'"
