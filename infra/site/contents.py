"""What stands where in the site. A page is named as its file in docs/, without the ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["en", "zh"]
ENDINGS: Final[dict[Language, str]] = {"en": ".md", "zh": ".zh-CN.md"}


@dataclass(frozen=True)
class Section:
    en: str
    zh: str
    pages: tuple[str, ...]


SECTIONS: Final = (
    Section("Tutorial", "教程", ("guides/first-profile",)),
    Section(
        "How to",
        "操作指南",
        (
            "guides/add-a-device",
            "board",
            "guides/read-a-profile",
            "guides/compare-two-versions",
            "guides/sweep-options",
            "guides/continuous-integration",
            "guides/subscribe-to-events",
            "guides/audit-a-run",
            "deploy",
            "operations",
        ),
    ),
    Section(
        "Reference",
        "参考",
        ("cli", "sdk", "api", "integrations", "configuration", "errors", "events", "figures", "devices", "accounts"),
    ),
    Section("Explanation", "原理", ("guides/why-an-event-log", "guides/how-we-measure", "sandbox", "architecture")),
)
START: Final = "guides/first-profile"
