"""One page: markdown in, HTML out, without a script and without a style of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from infra.site.contents import SECTIONS, Language
from infra.site.drawings import LANGUAGE

INSIDE = Callable[[str], bool]
"""Whether a link's target, relative to its page, is part of the site."""
DRAWING = Callable[[str], str | None]
"""Where the drawing with this text is, as seen from the page."""
_LANGUAGE_LINK = re.compile(r"^\[(中文|English)\]\([^)]*\)\n+", re.MULTILINE)
_WORDS: Mapping[Language, tuple[str, str, str]] = {
    "en": ("Contents", "中文", "Dashboard"),
    "zh": ("目录", "English", "控制台"),
}
_TAG: Mapping[Language, str] = {"en": "en", "zh": "zh-CN"}


def title_of(text: str) -> str:
    """The first heading."""
    return next(line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# "))


def anchor_of(heading: str) -> str:
    """As the hosts of repositories make them, so that links between files hold in both places."""
    words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return words.replace(" ", "-")


def rendered(text: str, inside: INSIDE, drawing: DRAWING = lambda _: None) -> str:
    """The body of a page. A drawing that is not there is shown as its text."""
    markdown = MarkdownIt("commonmark", {"html": False, "highlight": _coloured}).enable("table")
    tokens = markdown.parse(_LANGUAGE_LINK.sub("", text, count=1))
    _anchor(tokens)
    for token in tokens:
        _relink(token.children or (), inside)
    return _Plain(markdown).render(tokens, markdown.options, {"drawing": drawing})


class _Plain(RendererHTML):
    """Tables can be wider than the page; alignment is a class, for styles in attributes are not allowed."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        source = env["drawing"](token.content) if token.info == LANGUAGE else None
        if source is None:
            return super().fence(tokens, idx, options, env)
        # Its title for those who do not see it is the heading that it stands under.
        above = next(at for at in reversed(range(idx)) if tokens[at].type == "heading_open")
        title = tokens[above + 1].content
        return f'<p class="drawing"><img src="{escape(source)}" alt="{escape(title)}"></p>\n'

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<div class="wide">{self.renderToken(tokens, idx, options, env)}'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"{self.renderToken(tokens, idx, options, env)}</div>"


def _anchor(tokens: Sequence[Token]) -> None:
    seen: dict[str, int] = {}
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            anchor = anchor_of("".join(child.content for child in inline.children or ()))
            seen[anchor] = seen.get(anchor, -1) + 1
            heading.attrSet("id", f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        if "style" in heading.attrs:
            heading.attrSet("class", str(heading.attrs.pop("style")).partition(":")[2])


def _relink(tokens: Sequence[Token], inside: INSIDE) -> None:
    """Pages of the site are linked as pages; what stands elsewhere in the repository is named and not linked."""
    unlinked = False
    for token in tokens:
        if token.type == "link_open":
            unlinked = not _linked(token, inside)
        if unlinked and token.type in {"link_open", "link_close"}:
            token.tag, token.attrs = "span", {}


def _linked(token: Token, inside: INSIDE) -> bool:
    parts = urlsplit(str(token.attrs["href"]))
    if parts.scheme in {"http", "https"}:
        token.attrSet("rel", "noopener noreferrer")
    elif parts.path and not inside(parts.path):
        return False
    elif parts.path.endswith(".md"):
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        token.attrSet("href", f"{parts.path.removesuffix('.md')}.html{fragment}")
    return True


def _coloured(code: str, name: str, _attrs: str) -> str:
    try:
        lexer = get_lexer_by_name(name)
    except ClassNotFound:
        return ""
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))


@dataclass(frozen=True)
class Place:
    """Where a page stands. `up`: the way to the site's root; `other`: the same page in the other language."""

    language: Language
    name: str
    up: str
    other: str | None


def page(place: Place, titles: Mapping[str, str], title: str, body: str, version: str) -> str:
    """The whole page; `titles`: of all that the contents list."""
    language, up, other = place.language, place.up, place.other
    contents, other_language, dashboard = _WORDS[language]
    switch = (
        f'<a href="{escape(other)}" hreflang="{_TAG["zh" if language == "en" else "en"]}">{other_language}</a>'
        if other
        else ""
    )
    return f"""\
<!doctype html>
<html lang="{_TAG[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · mgeprof</title>
<link rel="stylesheet" href="{up}style.css">
</head>
<body>
<header><a class="name" href="{up}index{"" if language == "en" else ".zh-CN"}.html">mgeprof</a> <span>{escape(version)}</span> <a href="/">{dashboard}</a> {switch}</header>
<nav aria-label="{contents}">{_navigation(place, titles)}</nav>
<main>
{body}</main>
</body>
</html>
"""


def _navigation(place: Place, titles: Mapping[str, str]) -> str:
    language, name, up = place.language, place.name, place.up
    ending = "" if language == "en" else ".zh-CN"
    blocks = []
    for section in SECTIONS:
        links = [
            f'<li><a href="{up}{one}{ending}.html"{" aria-current=page" if one == name else ""}>{escape(titles[one])}</a></li>'
            for one in section.pages
            if one in titles
        ]
        blocks.append(f"<h2>{section.en if language == 'en' else section.zh}</h2><ul>{''.join(links)}</ul>")
    return "".join(blocks)
