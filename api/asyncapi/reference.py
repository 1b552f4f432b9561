"""The list of all events as pages of the documentation: ``python -m api.asyncapi.reference`` writes them, and a test says when to."""

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from api.asyncapi.chinese import MEANINGS
from api.errors.language import Language
from core.events.catalogue import FACTS
from core.events.envelope import Fact
from core.events.ids import Aggregate

DOCS: Final = Path(__file__).parents[2] / "docs"
FILES: Final[dict[Language, str]] = {"en": "events.md", "zh": "events.zh-CN.md"}

_HEADS: Final[dict[Language, str]] = {
    "en": """# Events

[中文](events.zh-CN.md)

Everything that happens is one of these. An event is stored once, never changed and never deleted; each version that was ever written can be read for ever. Around `data`, whose fields stand here, each has its `id`, time, place in the log, `version`, `owner`
(whose it is), `actor` (who did it), `correlation_id` (the request that it goes back to) and `causation_id` (the event that it follows from). Names and other words of people stand in tables, not in events: here are ids, digests, enumerations and numbers.
How to follow them: [Subscribe to events](guides/subscribe-to-events.md). As schemas, for programs: `/api/v1/asyncapi.json`.

This page is written by `python -m api.asyncapi.reference`.
""",
    "zh": """# 事件

[English](events.md)

发生的一切都是下列事件之一。事件只存一次，从不修改，也从不删除；曾经写过的每个版本永远可以读取。除了此处列出字段的 `data`，每个事件还带有 `id`、时间、在日志中的位置、`version`、`owner`（属于谁）、`actor`（谁做的）、
`correlation_id`（源自哪个请求）和 `causation_id`（由哪个事件引起）。名称等人写的文字在表中，不在事件里：事件只含 id、摘要、枚举和数字。如何跟随事件：[订阅事件](guides/subscribe-to-events.zh-CN.md)。供程序使用的模式：`/api/v1/asyncapi.json`。

本页由 `python -m api.asyncapi.reference` 生成。
""",
}
_AGGREGATES: Final[dict[Language, dict[Aggregate, str]]] = {
    "en": {aggregate: aggregate.capitalize() for aggregate in Aggregate},
    "zh": {
        Aggregate.TASK: "任务（task）",
        Aggregate.RUNNER: "运行器（runner）",
        Aggregate.MODEL: "模型（model）",
        Aggregate.DATASET: "数据集（dataset）",
        Aggregate.PROJECT: "项目（project）",
        Aggregate.ACCOUNT: "账户（account）",
    },
}
_COLUMNS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("event", "version", "what happened", "fields"),
    "zh": ("事件", "版本", "发生了什么", "字段"),
}
_VALUES: Final[dict[Language, tuple[str, str, str]]] = {
    "en": ("Values", "value", "fields"),
    "zh": ("值", "值", "字段"),
}


def page(language: Language) -> str:
    """The page's text."""
    values: dict[str, Any] = {}
    parts = [_HEADS[language], *(_chapter(aggregate, language, values) for aggregate in FACTS)]
    title, *columns = _VALUES[language]
    rows = [(f"`{name}`", _fields(schema)) for name, schema in sorted(values.items())]
    return "".join([*parts, f"\n## {title}\n\n", *_table(columns, rows)])


def meaning(aggregate: Aggregate, type_: str, fact: type[Fact], language: Language) -> str:
    """What it says that such an event stands in the log."""
    if language == "zh":
        return MEANINGS[f"{aggregate}.{type_}"]
    return " ".join(inspect.cleandoc(fact.__doc__ or "").split()).replace("``", "`")


def _chapter(aggregate: Aggregate, language: Language, values: dict[str, Any]) -> str:
    rows = []
    for type_, fact in FACTS[aggregate].items():
        schema = fact.model_json_schema(mode="serialization")
        values |= {name: value for name, value in schema.get("$defs", {}).items() if "enum" not in value}
        told = meaning(aggregate, type_, fact, language)
        rows.append((f"`{aggregate}.{type_}`", str(fact.version), told, _fields(schema)))
    return "".join([f"\n## {_AGGREGATES[language][aggregate]}\n\n", *_table(_COLUMNS[language], rows)])


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (columns, ["---"] * len(columns), *rows):
        yield f"| {' | '.join(row)} |\n".replace("|  |", "| |")


def _fields(schema: Any) -> str:
    known = schema.get("$defs", {})
    fields = {name: field for name, field in schema.get("properties", {}).items() if name != "type"}
    return "; ".join(f"`{name}`: {_type(field, known)}" for name, field in fields.items())


def _type(field: Any, known: dict[str, Any]) -> str:
    """In JSON's own words; enumerations by their values."""
    match field:
        case {"$ref": ref}:
            name = ref.rpartition("/")[2]
            return _type(known[name], known) if "enum" in known.get(name, {}) else name
        case {"enum": choices}:
            return ", ".join(f"`{choice}`" for choice in choices)
        case {"anyOf": choices}:
            return ", ".join(_type(choice, known) for choice in choices)
        case {"type": "array", "items": item}:
            return f"[{_type(item, known)}]"
        case {"type": "object", "patternProperties": values}:
            return ", ".join(f"{{{_type(value, known)}}}" for value in values.values())
        case {"format": format_}:
            return str(format_)
        case {"type": type_}:
            return str(type_)
    return "any"


if __name__ == "__main__":
    for language, name in FILES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")
