"""The guides as pages: whole, in both languages, and without anything that runs or comes from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.web.guides import GuidesMount
from infra.site.build import DOCS, build
from infra.site.contents import SECTIONS
from infra.site.drawings import FOLDER, name_of, texts
from infra.site.page import rendered
from infra.version import version


class Seen(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        return [value for _, known in self.tags if (value := known.get(attribute))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Seen]:
    return {file: Seen(file.read_text()) for file in site.rglob("*.html") if not file.name.startswith("index.")}


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Seen]) -> None:
    anchors = {file: set(seen.all("id")) for file, seen in pages.items()}
    checked = 0
    for file, seen in pages.items():
        for target in seen.all("href"):
            parts = urlsplit(target)
            if parts.scheme or target == "/":
                continue
            there = (file.parent / parts.path).resolve() if parts.path else file
            assert there.is_file(), f"{file.name}: {target}"
            if parts.fragment:
                assert unquote(parts.fragment) in anchors[there], f"{file.relative_to(site)}: {target}"
            checked += 1
    assert checked > 500


def test_nothing_runs_and_nothing_is_loaded_from_elsewhere(pages: dict[Path, Seen]) -> None:
    for file, seen in pages.items():
        tags = {tag for tag, _ in seen.tags}
        assert not tags & {"script", "style", "iframe", "object", "embed", "form", "base"}, file.name
        names = {name for _, known in seen.tags for name in known}
        assert "style" not in names, file.name
        assert not [name for name in names if name.startswith("on")], file.name
        loaded = seen.all("src") + [known["href"] or "" for tag, known in seen.tags if tag == "link"]
        assert all(not urlsplit(one).netloc for one in loaded), file.name


def test_each_page_is_there_in_both_languages_and_names_the_other(site: Path, pages: dict[Path, Seen]) -> None:
    for section in SECTIONS:
        for name in section.pages:
            one, other = site / f"{name}.html", site / f"{name}.zh-CN.html"
            assert one in pages, name
            assert other in pages, name
            assert other.name in pages[one].all("href")
            assert one.name in pages[other].all("href")
            assert "zh-CN" in pages[other].all("lang")
            assert re.search("[\\u4e00-\\u9fff]", other.read_text())


def test_the_version_stands_on_every_page(pages: dict[Path, Seen]) -> None:
    assert all(f"<span>{version()}</span>" in file.read_text() for file in pages)


def test_every_drawing_is_there_as_its_text_is_now_and_no_other(site: Path, pages: dict[Path, Seen]) -> None:
    """After a change: `make drawings`."""
    wanted = {name_of(text) for text in texts(DOCS)}
    assert len(wanted) >= 2
    assert {file.name for file in (DOCS / FOLDER).iterdir()} == wanted
    shown = {
        Path(source).name for seen in pages.values() for source in seen.all("src") if Path(source).parent.name == FOLDER
    }
    assert shown == wanted
    assert not any("stateDiagram" in file.read_text() for file in pages)
    for file in (site / FOLDER).iterdir():
        assert not re.search(r"<script|<foreignObject|@import|url\((?!#)|\son\w+=", file.read_text())


def test_a_drawing_whose_text_was_changed_is_shown_as_text() -> None:
    drawn = "# A\n\n```mermaid\nstateDiagram-v2\n```\n"
    assert "stateDiagram-v2" in rendered(drawn, lambda _: True)
    shown = rendered(drawn, lambda _: True, lambda text: f"x/{name_of(text)}")
    assert f'<img src="x/{name_of("stateDiagram-v2" + chr(10))}" alt="A">' in shown


def test_a_text_is_a_text() -> None:
    html = rendered("# A <b>b</b>\n\n<script>alert(1)</script> [x](javascript:alert(1)) `<i>`\n", lambda _: True)
    assert "<script" not in html
    assert "<b>" not in html
    assert 'href="javascript' not in html


def test_the_api_serves_them_under_its_strict_policy(site: Path) -> None:
    with TestClient(Starlette(routes=[GuidesMount(site)])) as http:
        page = http.get("/docs/guides/first-profile.html")
        assert page.status_code == 200
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert http.get("/docs/").url.path == "/docs/index.html"
        assert http.get("/docs/style.css").headers["Content-Type"].startswith("text/css")
        assert http.get("/docs/../pyproject.toml").status_code == 404
        assert http.get("/docs/no-such-page.html").status_code == 404
        assert http.post("/docs/index.html").status_code == 405


def test_pages_that_were_not_built_say_so(tmp_path: Path) -> None:
    with TestClient(Starlette(routes=[GuidesMount(tmp_path / "nothing")])) as http:
        assert (http.get("/docs/index.html").status_code, "make site" in http.get("/docs/index.html").text) == (
            503,
            True,
        )


def test_every_document_has_its_twin() -> None:
    english = [file for file in DOCS.rglob("*.md") if not file.name.endswith(".zh-CN.md") and file.parent.name != "adr"]
    assert len(english) >= 18
    assert not [file.name for file in english if not file.with_name(f"{file.stem}.zh-CN.md").exists()]
