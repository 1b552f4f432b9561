"""The list of all errors as pages of the documentation: ``python -m api.errors.page`` writes them, and a test says when to."""

from pathlib import Path
from typing import Final

from api.errors.catalogue import CATALOGUE
from api.errors.documents import words
from api.errors.language import Language

DOCS: Final = Path(__file__).parents[2] / "docs"
FILES: Final[dict[Language, str]] = {"en": "errors.md", "zh": "errors.zh-CN.md"}

_HEADS: Final[dict[Language, str]] = {
    "en": """# Errors

[中文](errors.zh-CN.md)

Every refusal is a problem document (RFC 9457, `application/problem+json`). Its `code` is stable and made for programs; `title`, `hint` and `detail`,
which says what was wrong in this case, are made for people and come in the language of `Accept-Language` (English or Chinese). What quotes a file, an option or the analyser
keeps the English words of that.
Answers of 503 and 429 say in `Retry-After` when to ask again.

This page is written by `python -m api.errors.page`.

| code | status | what it says | what to do |
| --- | --- | --- | --- |
""",
    "zh": """# 错误

[English](errors.md)

每个拒绝都是一份问题文档（RFC 9457，`application/problem+json`）。`code` 稳定不变，供程序使用；`title`、`hint` 以及说明此次具体原因的 `detail` 供人阅读，
语言由 `Accept-Language` 决定（英文或中文）；引自文件、选项或分析器的内容保留英文原文。503 和 429 的响应在 `Retry-After` 中说明何时可以重试。

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
    return _HEADS[language] + "".join(rows)


if __name__ == "__main__":
    for language, name in FILES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")
