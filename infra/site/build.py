"""Building the site."""

from __future__ import annotations

import shutil
from pathlib import Path

from infra.site.contents import ENDINGS, SECTIONS, START, Language
from infra.site.drawings import FOLDER, name_of
from infra.site.page import Place, page, rendered, title_of
from infra.version import version

DOCS = Path(__file__).parents[2] / "docs"
HERE = Path(__file__).parent


def build(to: Path, docs: Path = DOCS) -> list[Path]:
    """Write every page in both languages, beside the folder first and then in its place; the pages."""
    fresh = to.with_name(f"{to.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    written = []
    for language, ending in ENDINGS.items():
        for file in sorted(docs.rglob(f"*{ending}")):
            name = str(file.relative_to(docs)).removesuffix(ending)
            if language == "en" and file.name.endswith(ENDINGS["zh"]):
                continue
            out = fresh / f"{name}{ending.removesuffix('.md')}.html"
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(_page(docs, name, language, file.read_text()))
            written.append(to / out.relative_to(fresh))
    for folder in ("pictures", "examples", FOLDER):
        shutil.copytree(docs / folder, fresh / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "style.css", fresh / "style.css")
    for ending in ENDINGS.values():
        tail = f"{ending.removesuffix('.md')}.html"
        (fresh / f"index{tail}").write_text(
            f'<!doctype html><meta http-equiv="refresh" content="0; url={START}{tail}">\n'
        )
    shutil.rmtree(to, ignore_errors=True)
    fresh.rename(to)
    return written


def _page(docs: Path, name: str, language: Language, text: str) -> str:
    up = "../" * name.count("/")
    ending = ENDINGS[language]
    known = {one: (docs / f"{one}{ending}") for section in SECTIONS for one in section.pages}
    titles = {one: title_of(file.read_text()) for one, file in known.items() if file.exists()}
    other: Language = "zh" if language == "en" else "en"
    twin = docs / f"{name}{ENDINGS[other]}"
    there = f"{Path(name).name}{ENDINGS[other].removesuffix('.md')}.html" if twin.exists() else None
    place = Place(language, name, up, there)

    def inside(target: str) -> bool:
        return (docs / name).parent.joinpath(target).resolve().is_relative_to(docs)

    def drawing(drawn: str) -> str | None:
        file = f"{FOLDER}/{name_of(drawn)}"
        return f"{up}{file}" if (docs / file).exists() else None

    body = rendered(text, inside, drawing)
    return page(place, titles, title_of(text), body, version())
