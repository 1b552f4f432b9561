"""Which process reads which settings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from api.settings import ApiSettings
from core.configuration import SECRETS_DIR, Configuration, Fault, inner, parts, variable
from core.s3.settings import S3Settings
from core.scheduler.settings import Periods, SchedulerSettings
from projections.settings import Settings as ProjectorSettings

PROCESSES: Final[Mapping[str, tuple[type[Configuration], ...]]] = {
    "api": (ApiSettings, S3Settings),
    "scheduler": (SchedulerSettings, Periods, S3Settings),
    "projector": (ProjectorSettings,),
}
"""The runner has a file instead."""
_ELSEWHERE: Final = frozenset({SECRETS_DIR, "MGEPROF_URL", "MGEPROF_TOKEN", "MGEPROF_CONFIG_DIR", "MGEPROF_UV"})
"""Variables of the command line and of the set-up; those of the embedded runner begin with ``MGEPROF_RUNNER_``."""


@dataclass(frozen=True)
class Setting:
    """One variable or entry. ``default``: as one would write it, empty for none; None: it must be given."""

    name: str
    default: str | None
    is_secret: bool
    explanation: str


def settings(process: str) -> Iterator[Setting]:
    """All that a process reads, in the order of its models."""
    for model in PROCESSES[process]:
        for part in parts(model):
            for name, field in part.model_fields.items():
                if name not in inner(part):
                    yield described(variable(part, name), field)


def described(name: str, field: FieldInfo) -> Setting:
    """What a field of a model says about itself."""
    default = None if field.is_required() else _written(field.get_default(call_default_factory=True))
    return Setting(name, default, "SecretStr" in str(field.annotation), " ".join((field.description or "").split()))


def unknown(environment: Iterable[str]) -> Iterator[Fault]:
    """Variables that nobody reads: most likely misspelt."""
    known = {setting.name for process in PROCESSES for setting in settings(process)}
    for name in sorted(environment):
        ours = name.startswith("MGEPROF_") and not name.startswith("MGEPROF_RUNNER_")
        if ours and name not in known | _ELSEWHERE:
            close = difflib.get_close_matches(name, known, n=1)
            yield Fault(name, "is read by nobody" + (f": {close[0]} is meant?" if close else ""))


def _written(value: object) -> str:
    if value in (None, (), {}):
        return ""
    if isinstance(value, SecretStr):
        raise TypeError("a secret has no default")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value).removesuffix(".0")
