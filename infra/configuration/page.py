"""The reference of all settings as pages of the documentation: ``python -m infra.configuration.page`` writes them, and a test says when to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel

from api.accounts.settings import AccountSettings, AdminSettings, SmtpSettings
from api.fleet.door import CalloutSettings
from api.quotas.settings import QuotaSettings
from api.settings import ApiSettings
from api.webhooks.settings import WebhookSettings
from core.configuration import Background, Configuration, ControlPlane, TraceSettings, inner, variable
from core.s3.settings import S3Settings
from core.scheduler.settings import Periods, SchedulerSettings
from infra.configuration.chinese import RUNNER_FILE, VARIABLES
from infra.configuration.processes import PROCESSES, Setting, described, settings
from projections.settings import Settings as ProjectorSettings
from runner.config import EngineConfig, RunnerConfig

Language = Literal["en", "zh"]

DOCS: Final = Path(__file__).parents[2] / "docs"
FILES: Final[dict[Language, str]] = {"en": "configuration.md", "zh": "configuration.zh-CN.md"}
GROUPS: Final[tuple[tuple[type[Configuration], str, str], ...]] = (
    (ControlPlane, "Log and database", "事件日志与数据库"),
    (S3Settings, "Object store", "对象存储"),
    (ApiSettings, "HTTP service", "HTTP 服务"),
    (AccountSettings, "Accounts", "账号"),
    (AdminSettings, "The first administrator", "第一位管理员"),
    (SmtpSettings, "Mail", "邮件"),
    (QuotaSettings, "Quotas", "配额"),
    (WebhookSettings, "Webhooks", "Webhook"),
    (CalloutSettings, "Letting registered runners in", "让已注册的运行器接入"),
    (SchedulerSettings, "Scheduler", "调度器"),
    (Periods, "Periods of the scheduler", "调度器的时间参数"),
    (ProjectorSettings, "Projector", "投影器"),
    (Background, "Metrics of scheduler and projector", "调度器与投影器的指标"),
    (TraceSettings, "Traces", "链路追踪"),
)
_MUST: Final[dict[Language, str]] = {"en": "**must be set**", "zh": "**必须设置**"}

_HEADS: Final[dict[Language, str]] = {
    "en": """# Settings

[中文](configuration.zh-CN.md)

The processes of the control plane read environment variables; times are in seconds and sizes in bytes where nothing else is said. A variable can come from a file, too: set
`MGEPROF_SECRETS_DIR` to a folder whose files are named as the variables and hold their values, as container engines mount secrets; the environment wins.

`mgeprof config check` looks at everything before anything starts, names what is missing, wrong or misspelt, and never shows a secret; `mgeprof config list` shows what is set.
`mgeprof up` sets addresses and keys of its own and passes on what you set for a process.

This page is written by `python -m infra.configuration.page`.
""",
    "zh": """# 设置

[English](configuration.md)

控制面的各进程读取环境变量；未特别说明时，时间以秒计，大小以字节计。变量也可以来自文件：把 `MGEPROF_SECRETS_DIR` 设为一个目录，
其中的文件以变量名命名、内容为变量的值（容器引擎就是这样挂载机密的）；环境变量优先。

`mgeprof config check` 在启动之前检查全部设置，指出缺少、错误或拼错的变量，并且从不显示机密；`mgeprof config list` 显示已设置的内容。
`mgeprof up` 自行设置地址和密钥，并把您为某个进程设置的变量传递给它。

本页由 `python -m infra.configuration.page` 生成。
""",
}
_COLUMNS: Final[dict[Language, str]] = {
    "en": "| variable | of | default | what it is |\n| --- | --- | --- | --- |\n",
    "zh": "| 变量 | 进程 | 默认值 | 含义 |\n| --- | --- | --- | --- |\n",
}
_RUNNER: Final[dict[Language, str]] = {
    "en": """
## The runner's file

TOML; `mgeprof runner register` writes it, and `mgeprof config check --runner FILE` looks at it. Paths are relative to the file.

| entry | default | what it is |
| --- | --- | --- |
""",
    "zh": """
## 运行器的配置文件

TOML 格式；由 `mgeprof runner register` 写出，可用 `mgeprof config check --runner FILE` 检查。路径相对于该文件。

| 条目 | 默认值 | 含义 |
| --- | --- | --- |
""",
}


def page(language: Language) -> str:
    """The page's text."""
    text, seen = _HEADS[language], set[str]()
    for model, english, chinese in GROUPS:
        rows = [one for one in _of(model) if one.name not in seen]
        seen.update(one.name for one in rows)
        text += f"\n## {english if language == 'en' else chinese}\n\n{_COLUMNS[language]}"
        for one in rows:
            text += _row(f"`{one.name}`", ", ".join(_readers(one.name)), *_rest(one, language, VARIABLES))
    return text + _RUNNER[language] + "".join(_runner_rows(language))


def _of(model: type[Configuration]) -> Iterator[Setting]:
    """The settings that stand in this model itself."""
    inherited = {name for base in model.__bases__ for name in getattr(base, "model_fields", {})}
    for name, field in model.model_fields.items():
        if name not in inherited and name not in inner(model):
            yield described(variable(model, name), field)


def _readers(name: str) -> list[str]:
    return [process for process in PROCESSES if any(one.name == name for one in settings(process))]


def _runner_rows(language: Language) -> Iterator[str]:
    tables: tuple[tuple[str, type[BaseModel]], ...] = (("", RunnerConfig), ("engine.", EngineConfig))
    for prefix, model in tables:
        for name, field in model.model_fields.items():
            one = described(prefix + name, field)
            yield _row(f"`{one.name}`", *_rest(one, language, RUNNER_FILE))


def _rest(one: Setting, language: Language, chinese: dict[str, str]) -> tuple[str, str]:
    default = _MUST[language] if one.default is None else f"`{one.default}`" if one.default else ""
    return default, one.explanation if language == "en" else chinese[one.name]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n".replace("  |", " |")


if __name__ == "__main__":
    for language, name in FILES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")
