import csv
import io
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from core.profile.analyse import analyse
from core.profile.export.chrome_trace import chrome_trace
from core.profile.export.table_csv import COLUMNS, operators_csv
from core.profile.export.whole_json import whole_json
from tests.unit.profile.generated import operator, operators, raw_profile
from tests.unit.profile.test_analyse import MEASURED


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_no_name_becomes_a_formula_and_every_name_comes_back(name: str) -> None:
    made = operator("=cmd|' /C calc'!A0", [(0, 0, 1)], [(0, 0, 1)], name=f"x{name}")
    made["name"] = name or "-"
    table = analyse([raw_profile([made])], MEASURED).operators
    content = operators_csv(table).decode()
    header, line = csv.reader(io.StringIO(content, newline=""))
    assert tuple(header) == COLUMNS
    row = dict(zip(header, line, strict=True))
    assert row["type"].startswith("'=")
    assert not row["name"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert row["name"].removeprefix("'") == made["name"].removeprefix("'")


@given(operators())
def test_a_trace_has_every_span_with_numeric_ids(made: list[dict[str, Any]]) -> None:
    document = analyse([raw_profile(made)], MEASURED)
    trace = orjson.loads(chrome_trace(document))
    events = [one for one in trace["traceEvents"] if one["ph"] == "X"]
    spans = sum(len(one[side] or ()) for one in made for side in ("device", "host"))
    assert len(events) == spans
    assert all(type(one["pid"]) is int and type(one["tid"]) is int and one["dur"] >= 0 <= one["ts"] for one in events)
    names = {(one["pid"], one["tid"]) for one in trace["traceEvents"] if one["name"] == "thread_name"}
    assert {(one["pid"], one["tid"]) for one in events} <= names


@given(operators())
def test_the_whole_document_has_a_row_for_each_operator(made: list[dict[str, Any]]) -> None:
    document = analyse([raw_profile(made)], MEASURED)
    rows = orjson.loads(whole_json(document))["operators"]
    assert [one["id"] for one in rows] == list(document.operators.id)
