"""Every sentence with which the api refuses something is there in Chinese, with the same values in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from api.errors.chinese_details import DETAILS
from api.errors.mapping import problem_of
from api.errors.problem import RefusedError
from api.uploads.recognise import NONE_OF_THEM
from core.domain.decider import RejectedError
from core.domain.told import Told

ROOT = Path(__file__).parents[3]
QUOTING = frozenset(
    {
        "{told} {inputs}",
        "{option}: {reason}",
        "{field}: {message}",
        "{name} of task {task}: {refusal}",
        "Task {task}: {error}",
        "Task {task_id}: {error}",
    }
)
"""These hold somebody else's words."""


def sentences() -> Iterator[str]:
    """What stands in `RefusedError(code, sentence)` and `Told(template, …)`, as templates."""
    for folder in ("api", "core/domain"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Name(id="RefusedError" | "RejectedError"), args=[_, ast.Constant(value=str(said)), *_]
                    ):
                        yield said.replace("{", "{{").replace("}", "}}")
                    case ast.Call(func=ast.Name(id="RefusedError" | "RejectedError"), args=[_, ast.JoinedStr(), *_]):
                        pytest.fail(
                            f"{file}:{node.lineno}: say it with Told(template, …), so that it can be translated"
                        )
                    case ast.Call(func=ast.Name(id="Told"), args=[ast.Constant(value=str(said)), *_]):
                        yield said


def values(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_sentence_has_chinese_words() -> None:
    said = {*sentences(), NONE_OF_THEM}
    assert sorted(said - DETAILS.keys() - QUOTING) == []
    assert sorted(DETAILS.keys() - said) == [], "nobody says these any more"


@pytest.mark.parametrize("english", sorted(DETAILS))
def test_both_languages_are_made_of_the_same_values(english: str) -> None:
    assert values(DETAILS[english]) == values(english)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in DETAILS[english])


def test_a_problem_speaks_the_readers_language() -> None:
    refused = RefusedError("task_unknown", Told("There is no task {task}.", task="T{1}"))
    assert (problem_of(refused, None).detail, problem_of(refused, None, "zh").detail) == (
        "There is no task T{1}.",
        "没有任务 T{1}。",
    )
    rejected = RejectedError(
        "task_not_ended", Told("The task is {status}. Cancel it first, then delete.", status="queued")
    )
    assert problem_of(rejected, None, "zh").detail == "任务状态为 queued。请先取消，再删除。"
    assert problem_of(RefusedError("rejected", "No words for {this}."), None, "zh").detail == "No words for {this}."
