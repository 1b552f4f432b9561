from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from api.asyncapi import reference as events
from api.asyncapi.chinese import MEANINGS
from api.errors.catalogue import CATALOGUE
from api.errors.chinese import CHINESE
from api.errors.documents import answer, problem
from api.errors.language import Language, preferred
from api.errors.mapping import problem_of
from api.errors.page import DOCS, FILES, page
from core.events.catalogue import FACTS


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("de,zh-Hant;q=0.5,en;q=0.4", "zh"),
        ("ZH-hans", "zh"),
        ("de, fr", "en"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense,,;", "en"),
        ("en;q=0.1, zh;q=2", "zh"),
        ("de," * 30 + "zh", "en"),
    ],
)
def test_the_language_is_what_the_reader_prefers(accepted: str, expected: str) -> None:
    assert preferred(accepted) == expected


def test_every_error_is_told_in_chinese() -> None:
    assert set(CHINESE) == set(CATALOGUE), "api/errors/chinese.py and api/errors/catalogue.py name different codes"
    for code, (title, hint) in CHINESE.items():
        assert re.search("[\u4e00-\u9fff]", title), code
        assert (hint is None) == (CATALOGUE[code].hint is None), code


def test_what_was_written_for_the_case_stays() -> None:
    document = json.loads(bytes(answer(problem("task_unknown", "There is no task 7."), language="zh").body))
    assert (document["title"], document["detail"]) == ("没有这个任务。", "There is no task 7.")
    assert document["hint"] == CHINESE["task_unknown"][1]
    document = json.loads(bytes(answer(problem("internal", hint="Do this."), language="zh").body))
    assert (document["detail"], document["hint"]) == (document["title"], "Do this.")


@pytest.mark.parametrize("language", FILES)
def test_the_pages_of_errors_are_current(language: Language) -> None:
    written = (DOCS / FILES[language]).read_text(encoding="utf-8")
    assert written == page(language), "run `python -m api.errors.page`"


@pytest.mark.parametrize("language", events.FILES)
def test_the_pages_of_events_are_current(language: Language) -> None:
    written = (DOCS / events.FILES[language]).read_text(encoding="utf-8")
    assert written == events.page(language), "run `python -m api.asyncapi.reference`"


def test_every_event_is_told_in_both_languages() -> None:
    known = {f"{aggregate}.{type_}": fact for aggregate, facts in FACTS.items() for type_, fact in facts.items()}
    assert set(MEANINGS) == set(known)
    assert all(re.search("[\u4e00-\u9fff]", said) for said in MEANINGS.values())
    assert [name for name, fact in known.items() if not fact.__doc__] == []


def _refuse(_text: str) -> str:
    raise ValueError("not this one")


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=9)]
    platform: Literal["x86", "cuda", "arm"]
    names: Annotated[list[str], Field(min_length=2)]
    text: Annotated[str, AfterValidator(_refuse)] = ""


def told(given: Any) -> dict[str, str]:
    """What a reader of Chinese is told about a form, by field."""
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(given)
    errors = [dict(error) | {"loc": ("body", *error["loc"])} for error in refused.value.errors()]
    problem = problem_of(RequestValidationError(errors), None, "zh")
    assert problem.detail.startswith(
        f"{problem.errors[0].field}: {problem.errors[0].message}" if problem.errors else "?"
    )
    return {one.field: one.message for one in problem.errors or ()}


def test_fields_are_told_in_chinese_with_their_limits() -> None:
    assert told({"count": 0, "platform": "riscv", "names": ["a"], "more": 1}) == {
        "count": "应大于或等于 1。",
        "platform": "应为以下之一：'x86', 'cuda'、'arm'。",
        "names": "至少应有 2 项，现有 1 项。",
        "more": "不接受此字段。",
    }
    assert told({}) == {"count": "缺少此字段。", "platform": "缺少此字段。", "names": "缺少此字段。"}


def test_what_only_english_knows_stays_english() -> None:
    good = {"count": 1, "platform": "x86", "names": ["a", "b"]}
    assert told({**good, "text": "x"}) == {"text": "not this one"}
