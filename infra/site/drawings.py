"""The drawings of the documentation, which stand there as text in Mermaid's language.

`make drawings` writes each as an SVG into docs/drawings/, under the digest of its text; so a page can show it without a script, and a
drawing whose text was changed is not shown in its old form. What draws them is in the environment of the release tools only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FOLDER: Final = "drawings"
LANGUAGE: Final = "mermaid"
_BLOCK = re.compile(rf"^```{LANGUAGE}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STYLE = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)
_UNUSED = ("data-color-id", "edge-animation", "error-", "edge-thickness-thick", "edge-pattern-d", "neo")
"""In the selectors of the drawing program's style sheet: what our drawings have not, two thirds of each file."""
_POINTS = re.compile(r' data-points="[^"]*"')
"""For programs that go on drawing."""
_OURS = (
    'text{font-family:Arial,"Liberation Sans","Noto Sans CJK SC",sans-serif!important}'
    'text[data-merman-source-classes~="edgeLabel"]{font-size:12px!important}'
    'rect[fill^="hsl"]{fill:#fff}'
)
"""Fonts that are there, and words on lines that can be read: their boxes are measured for another font."""


def name_of(text: str) -> str:
    """The file of the drawing with this text."""
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.svg"


def texts(docs: Path) -> Iterator[str]:
    """Of all drawings."""
    for file in sorted(docs.rglob("*.md")):
        yield from _BLOCK.findall(file.read_text(encoding="utf-8"))


def draw(docs: Path) -> list[Path]:
    """Write those that are wanted and delete all others; the files."""
    import mmdr  # type: ignore[import-not-found,unused-ignore]  # of the release tools' environment

    folder = docs / FOLDER
    folder.mkdir(exist_ok=True)
    written = []
    for text in texts(docs):
        written.append(folder / name_of(text))
        svg = _POINTS.sub("", _STYLE.sub(_plain, mmdr.render(text).svg()))
        written[-1].write_text(svg + "\n", encoding="utf-8")
    for file in set(folder.iterdir()) - set(written):
        file.unlink()
    return written


def _plain(found: re.Match[str]) -> str:
    """The rules that a drawing of ours needs."""
    rules = [rule for rule in found.group().split("}") if not any(one in rule.partition("{")[0] for one in _UNUSED)]
    return "}".join(rules) + _OURS


if __name__ == "__main__":
    for file in draw(Path(__file__).parents[2] / "docs"):
        print(file)  # noqa: T201 - a tool for people
