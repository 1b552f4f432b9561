"""The list of all errors as pages of the documentation: ``python -m api.errors.page`` writes them, and a test says when to."""

from pathlib import Path
from typing import Final

from api.errors.catalogue import CATALOGUE
from api.errors.chinese_texts import TEXTS
from api.errors.documents import words
from api.errors.language import Language
from core.events.failure import EXPLANATIONS

DOCS: Final = Path(__file__).parents[2] / "docs"
FILES: Final[dict[Language, str]] = {"en": "errors.md", "zh": "errors.zh-CN.md"}

_FAILURES: Final[dict[Language, str]] = {
    "en": """
## Why a task failed

`failure.kind` of a task; `failure.title` and `failure.hint` say this in the language of `Accept-Language`. `failure.message` and the log's last lines are the engine's own words.

| kind | whose move | what it says | what to try |
| --- | --- | --- | --- |
""",
    "zh": """
## 任务为何失败

任务的 `failure.kind`；`failure.title` 和 `failure.hint` 用 `Accept-Language` 的语言说明下列内容。`failure.message` 和日志的最后几行是引擎自己的话。

| 种类 | 由谁处理 | 含义 | 可以尝试 |
| --- | --- | --- | --- |
""",
}
_MOVES: Final[dict[Language, dict[str, str]]] = {
    "en": {"user": "user", "operator": "operator"},
    "zh": {"user": "用户", "operator": "运维"},
}

_HEADS: Final[dict[Language, str]] = {
    "en": """# Errors

[中文](errors.zh-CN.md)

Every refusal is a problem document (RFC 9457, `application/problem+json`). Its `code` is stable and made for programs; `title`, `hint` and `detail`,
which says what was wrong in this case, are made for people and come in the language of `Accept-Language` (English or Chinese), as do the messages of single fields under `errors`. What an engine, a library or the reader of a stored file says itself is quoted in English.
Answers of 503 and 429 say in `Retry-After` when to ask again.

This page is written by `python -m api.errors.page`.

| code | status | what it says | what to do |
| --- | --- | --- | --- |
""",
    "zh": """# 错误

[English](errors.md)

每个拒绝都是一份问题文档（RFC 9457，`application/problem+json`）。`code` 稳定不变，供程序使用；`title`、`hint` 以及说明此次具体原因的 `detail` 供人阅读，
语言由 `Accept-Language` 决定（英文或中文），`errors` 中各字段的说明亦然；引擎、程序库或读取已存文件者自己的话以英文引用。503 和 429 的响应在 `Retry-After` 中说明何时可以重试。

本页由 `python -m api.errors.page` 生成。

| 代码 | 状态 | 含义 | 怎么办 |
| --- | --- | --- | --- |
""",
}


def page(language: Language) -> str:
    """The page's text."""
    rows = []
    for code in sorted(CATALOGUE):
        title, hint = words(code, language)
        rows.append(f"| `{code}` | {CATALOGUE[code].status} | {title} | {hint or ''} |\n".replace("  |", " |"))
    return _HEADS[language] + "".join(rows) + _failures(language)


def _failures(language: Language) -> str:
    rows = []
    for kind, told in EXPLANATIONS.items():
        title, hint = (TEXTS[text] if language == "zh" else text for text in (told.title, told.hint))
        rows.append(f"| `{kind}` | {_MOVES[language][told.whose_move]} | {title} | {hint} |\n")
    return _FAILURES[language] + "".join(rows)


if __name__ == "__main__":
    for language, name in FILES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")
