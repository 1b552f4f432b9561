"""Every sentence with which the api refuses something is there in Chinese, with the same values in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from api.errors.chinese_details import DETAILS, QUOTED, said
from api.errors.chinese_texts import TEXTS
from api.errors.language import asked
from api.errors.mapping import problem_of
from api.errors.problem import RefusedError, Wrong
from api.tasks.waiting import HELP
from api.uploads.checks import check_model
from api.uploads.recognise import NONE_OF_THEM
from core.domain.decider import RejectedError
from core.domain.told import Sentences, Told
from core.events.failure import EXPLANATIONS as FAILURES
from core.events.failure import FailureKind
from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options.explanations import EXPLANATIONS as OPTIONS
from core.options.table import LIMITS, LOAD_AND_RUN, output_names_problem, problems
from core.profile.header import HOW_TO_DUMP, ModelFormat, ModelHeader

ROOT = Path(__file__).parents[3]
RAISED = frozenset({"RefusedError", "RejectedError", "QueryRefused", "NpyRefused", "BadCursorError"})
"""Whose words reach people: the sentence is the last argument that stands without a name."""


def sentences() -> Iterator[str]:
    """What stands in `RefusedError(code, sentence)` and the like, and in `Told(template, …)`, as templates."""
    for folder in ("api", "core/domain", "core/profile", "core/protocol", "projections"):
        for file in (ROOT / folder).rglob("*.py"):
            of_people = folder in {"api", "core/protocol"}
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=name), args=[*_, ast.Constant(value=str(said))]) if (
                        name in RAISED or (name == "ValueError" and of_people)
                    ):
                        yield said.replace("{", "{{").replace("}", "}}")
                    case ast.Call(func=ast.Name(id=name), args=[*_, ast.JoinedStr()]) if name in RAISED:
                        pytest.fail(
                            f"{file}:{node.lineno}: say it with Told(template, …), so that it can be translated"
                        )
                    case (
                        ast.Call(func=ast.Name(id="Told"), args=[ast.Constant(value=str(said)), *_])
                        | ast.keyword(arg="advice", value=ast.Constant(value=str(said)))
                    ):
                        yield said


def texts() -> Iterator[str]:
    """What is said from tables, and what stands in names before it is said."""
    for failure in FAILURES.values():
        yield from (failure.title, failure.hint)
    yield from HELP.values()
    yield from OPTIONS.values()
    yield from (limit.reason for limit in LIMITS)
    yield output_names_problem([LOAD_AND_RUN]) or ""
    yield from (one.reason for one in problems(ProfileOptions(nchw4=True, nchw88=True), Platform.X86, []))
    yield from (NONE_OF_THEM, HOW_TO_DUMP)
    for form in (ModelFormat.EMPTY, ModelFormat.PICKLE, ModelFormat.UNKNOWN):
        problem = ModelHeader(form).problem(0)
        assert isinstance(problem, Told)
        yield problem.values["what"]
    yield from (
        f"Input {{name!r}} has {what} {{given}}; the model declares {{declared}}." for what in ("dtype", "shape")
    )


def values(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_sentence_has_chinese_words() -> None:
    said, known = {*sentences(), *texts()}, {*DETAILS, *TEXTS}
    assert sorted(said - known - QUOTED.keys()) == []
    assert sorted(known - said) == [], "nobody says these any more"
    assert sorted(QUOTED.keys() - said) == []


@pytest.mark.parametrize("english", sorted({**DETAILS, **TEXTS, **QUOTED}))
def test_both_languages_are_made_of_the_same_values(english: str) -> None:
    chinese = {**DETAILS, **TEXTS, **QUOTED}[english]
    assert values(chinese) == values(english)
    assert english in QUOTED or any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


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


def test_a_sentence_within_a_sentence_is_told_in_chinese_and_an_analysers_is_not() -> None:
    shape = Told(
        "Input {name!r} has shape {given}; the model declares {declared}.", name="data", given=[2], declared=[3]
    )
    inputs = Told("The model's inputs: {inputs}.", inputs="data (float32)")
    refused = RefusedError(
        "bad_input",
        Told(
            "{told} {inputs}", told=Sentences([shape, Told("Input {name!r} is missing.", name="mask")]), inputs=inputs
        ),
        hint=Told("Give one for each, no more. {inputs}", inputs=inputs),
        errors=[Wrong("inputs.data", shape)],
    )
    english, chinese = problem_of(refused, None), problem_of(refused, None, "zh")
    told = "Input 'data' has shape [2]; the model declares [3]."
    assert english.detail == f"{told} Input 'mask' is missing. The model's inputs: data (float32)."
    assert [one.message for one in english.errors or ()] == [told]
    assert chinese.detail == "输入 'data' 的形状是 [2]；模型声明的是 [3]。缺少输入 'mask'。模型的输入：data (float32)。"
    assert chinese.hint == "请为每个输入各给一份，不要多给。模型的输入：data (float32)。"
    assert [one.message for one in chinese.errors or ()] == ["输入 'data' 的形状是 [2]；模型声明的是 [3]。"]
    quoting = RefusedError("profile_outdated", Told("Task {task}: {error}", task="T", error="a reader's own words"))
    assert problem_of(quoting, None, "zh").detail == "任务 T：a reader's own words"


def test_a_file_that_is_no_model_is_refused_in_chinese() -> None:
    with pytest.raises(RefusedError) as refused:
        check_model(b"\x80\x04 a checkpoint", 14)
    problem = problem_of(refused.value, None, "zh")
    assert problem.detail.startswith("文件是 megengine.save 写出的 pickle")
    assert problem.hint is not None
    assert problem.hint.startswith("请用 megengine.jit.trace")


def test_what_is_said_follows_the_request() -> None:
    title = FAILURES[FailureKind.OUT_OF_MEMORY].title
    assert said(title) == title
    token = asked.set("zh")
    try:
        assert said(title) == "模型需要的内存超过运行器所允许的。"
    finally:
        asked.reset(token)
