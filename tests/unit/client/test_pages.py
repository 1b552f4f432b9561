"""Whatever command a page of the documentation shows, the command line has, with every option. Those of the guides are run besides, in tests/e2e."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from infra.cli.main import COMMANDS
from tests.unit.client.commands import command

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_INLINE = re.compile(r"`(mgeprof [^`\n]+)`")
_SHOWN = re.compile(r"(?:^|[\s/(`])mgeprof (?!is ready)([a-z][^`]*)")
"""A line that a command prints may begin like one."""
_ENDS = {"|", "\\|", "&&", "||", ";", ">", ">>", "2>&1", "&", "…", "#"}
_GLOBAL = {"--help", "--version"}


def lines(text: str) -> Iterator[str]:
    """Commands in blocks, with what follows them after a backslash, and those within sentences."""
    inside = False
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside and "psql" not in line:  # where it is the name of the database
            yield line
        else:
            yield from _INLINE.findall(line)


def words_of(line: str) -> list[str]:
    """What stands behind `mgeprof`, up to where the shell goes on."""
    found = _SHOWN.search(line)
    if found is None:
        return []
    lexer = shlex.shlex(found.group(1), posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, "#"
    try:
        words = list(lexer)
    except ValueError:  # an apostrophe: a sentence that a program prints
        return []
    end = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
    return [word.strip("[]()…") for word in words[:end]]


def fault(words: list[str]) -> str | None:
    """What of it there is not."""
    if words[0] not in COMMANDS:
        return f"no command {words[0]}"
    at = command(words[0])
    for word in words[1:]:
        if word.startswith("-") and not re.fullmatch(r"-[\d.]+|-", word):
            known = {name for one in at.params for name in (*one.opts, *one.secondary_opts)} | _GLOBAL
            if word.partition("=")[0] not in known:
                return f"no option {word}"
        elif isinstance(at, TyperGroup):
            if word not in at.commands and words[0] == "events":
                return fault(["events", "show", *words[1:]])  # which need not be said
            if word not in at.commands:
                return f"no command {word}"
            at = at.commands[word]
    return None


def test_every_command_and_option_that_a_page_shows_is_there() -> None:
    wrong, looked_at = [], set()
    for page in PAGES:
        for line in lines(page.read_text(encoding="utf-8")):
            words = words_of(line)
            if words and (said := fault(words)) is not None:
                wrong.append(f"{page.relative_to(ROOT)}: {said}: {line.strip()}")
            looked_at.add(tuple(words))
    assert wrong == []
    assert len(looked_at) > 150


def leaves(name: str, at: Any) -> Iterator[str]:
    """Commands that are no groups of others."""
    if not isinstance(at, TyperGroup):
        yield name
        return
    for word, found in at.commands.items():
        yield from leaves(f"{name} {word}", found)


@pytest.mark.parametrize("name", ["cli.md", "cli.zh-CN.md"])
def test_the_reference_has_every_command(name: str) -> None:
    """Where several stand in one row, the later ones need not say again what they share with the first."""
    rows = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    known = [one for first in COMMANDS for one in leaves(first, command(first))]
    assert [one for one in known if not any(_names(row, one) for row in rows) and one != "events show"] == []


def _names(row: str, whole: str) -> bool:
    shared, _, last = whole.rpartition(" ")
    short = shared and f"mgeprof {shared}" in row and re.search(rf"[`|] ?(?:{shared} )?{last}(?![\w-])", row)
    return bool(short) or re.search(rf"mgeprof {whole}(?![\w-])", row) is not None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("$ mgeprof ls --limit 3", None),
        ("mgeprof profile ID --top 5 --sort=-computation   # a word", None),
        ("sudo -u me .venv/bin/mgeprof runner doctor --config FILE | less --nothing", None),
        ("mgeprof lss", "no command lss"),
        ("mgeprof runner dcotor", "no command dcotor"),
        ("mgeprof ls --limits 3", "no option --limits"),
    ],
)
def test_what_is_not_there_is_found(line: str, said: str | None) -> None:
    assert fault(words_of(line)) == said
