"""The operators of a run, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, overload

from client.profiles import Operator

if TYPE_CHECKING:
    from pandas import DataFrame

_SHOWN = 20
_COLUMNS = ("name", "type", "device_s", "share", "computation", "memory", "spread", "output_shapes")


class Operators(Sequence[Operator]):
    """Typed rows, the slowest first if nothing else was asked for; ``frame()`` gives them to pandas."""

    def __init__(self, rows: Sequence[Operator]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Operator: ...
    @overload
    def __getitem__(self, at: slice) -> Operators: ...
    def __getitem__(self, at: int | slice) -> Operator | Operators:
        return Operators(self._rows[at]) if isinstance(at, slice) else self._rows[at]

    def __repr__(self) -> str:
        return f"<{len(self)} operators>"

    def frame(self) -> DataFrame:
        """A pandas frame with a row for each operator, by its id. Raises ImportError where pandas is not installed."""
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("frames need pandas: pip install pandas") from error
        rows: list[dict[str, Any]] = [one.model_dump(exclude={"roofline"}) for one in self._rows]
        return pd.DataFrame(rows).set_index("id") if rows else pd.DataFrame()

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        lines = ["".join(f"<td>{_cell(getattr(one, name))}</td>" for name in _COLUMNS) for one in self._rows[:_SHOWN]]
        more = len(self) - _SHOWN
        foot = f"<p>and {more} more</p>" if more > 0 else ""
        return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>{foot}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))
