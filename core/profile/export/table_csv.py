"""Operators as comma-separated values (RFC 4180), for spreadsheets."""

import csv
import io
from collections.abc import Sequence

import orjson

from core.profile.table import Operator, OperatorTable

COLUMNS = (
    "order", "id", "name", "type", "node", "device_s", "share", "p90_s", "min_s", "max_s", "spread", "noisy", "wait_s", "host_s",
    "host_wait_s", "start_s", "computation", "memory", "flops", "bandwidth", "input_shapes", "output_shapes", "input_dtypes",
    "output_dtypes", "param", "passes_s",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def operators_csv(table: OperatorTable) -> bytes:
    """A header and one line for each operator, UTF-8. Unknown figures are empty; shapes such as ``1x64x56x56``, several apart by spaces; seconds and bytes as plain numbers."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in table.rows():
        writer.writerow([_cell(row, column) for column in COLUMNS])
    return out.getvalue().encode()


def _cell(row: Operator, column: str) -> object:
    value = getattr(row, column)
    match column:
        case "input_shapes" | "output_shapes":
            return " ".join(map(_shape, value))
        case "input_dtypes" | "output_dtypes":
            return safe(" ".join(one or "?" for one in value))
        case "param":
            return safe(orjson.dumps(value).decode())
        case "passes_s":
            return " ".join(map(repr, value))
        case _:
            return safe(value) if isinstance(value, str) else value


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: names come from whoever made the model. An apostrophe before what begins like one, as OWASP advises."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shape(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes)) or "()"
