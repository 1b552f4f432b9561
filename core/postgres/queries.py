"""SQL by name: a ``.sql`` file holds queries that each begin with a line ``-- name: what_it_is``."""

import re
from pathlib import Path

_HEADING = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def escaped_like(text: str) -> str:
    """A text inside of a pattern for LIKE that stands for itself."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return text


class Queries:
    """``Queries.beside(__file__)["insert_task"]`` is that query's text."""

    def __init__(self, text: str) -> None:
        """Raises ValueError when a name stands there twice: the first query would silently be lost."""
        parts = _HEADING.split(text)
        self._by_name: dict[str, str] = {}
        for name, sql in zip(parts[1::2], parts[2::2], strict=True):
            if name in self._by_name:
                raise ValueError(f"there are two queries {name}")
            self._by_name[name] = sql.strip()

    @classmethod
    def beside(cls, module_file: str, name: str = "queries.sql") -> "Queries":
        return cls((Path(module_file).parent / name).read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> str:
        """Raises KeyError when the file holds no such query."""
        return self._by_name[name]
