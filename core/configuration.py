"""Settings of a process: environment variables ``MGEPROF_…``, and files for secrets. What is wrong is said by the variable's name, never with its value."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

S = TypeVar("S", bound="Configuration")

SECRETS_DIR = "MGEPROF_SECRETS_DIR"
"""Folder whose files are named as the variables, in either case, and hold their values: as container engines mount secrets."""
_EX_CONFIG = 78
"""How a program says that its configuration is wrong (sysexits.h)."""


class Configuration(BaseSettings):
    """Base of all settings. A text below a field explains it to those who set it."""

    model_config = SettingsConfigDict(
        env_prefix="MGEPROF_", frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its folder is fixed when the class is made
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = os.environ.get(SECRETS_DIR)
        files = [SecretsSettingsSource(settings_cls, secrets_dir=folder)] if folder and Path(folder).is_dir() else []
        return (init_settings, env_settings, dotenv_settings, *files)


CollectorUrl = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]


class TraceSettings(Configuration):
    """Where spans are sent. How the collector is spoken to besides is OpenTelemetry's: ``OTEL_EXPORTER_OTLP_…``."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_TRACES_")

    url: CollectorUrl = ""
    """Where spans are sent: an OpenTelemetry collector's address for traces, OTLP over HTTP, such as `http://collector:4318/v1/traces`. Without one none are kept."""
    share: float = Field(default=1.0, ge=0, le=1)
    """How much of all traces is sent: 1 all, 0.1 every tenth, each from its first span to its last. The same for all processes."""


class ControlPlane(Configuration):
    """What the processes of the control plane share: where the log and the database are. Times in seconds, sizes in bytes."""

    nats_url: str
    """Address of the broker, or of several nodes with commas between."""
    nats_core_seed: SecretStr
    """The nkey seed of a user in the broker's account CORE, which holds the event log."""
    nats_replicas: int = Field(default=1, ge=1, le=5)
    """Copies of each stream, for the process that makes it: 1 on one machine, 3 in a cluster."""
    database_url: SecretStr
    """PostgreSQL, with name and password."""
    traces: TraceSettings = Field(default_factory=TraceSettings)


class Background(ControlPlane):
    """A process of the control plane that serves no HTTP but its metrics."""

    metrics_host: str = "127.0.0.1"
    """Address on which the metrics for Prometheus are served."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """Port of the metrics; 0: none."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one variable; ``message`` does not hold its value."""

    variable: str
    message: str


def inner(model: type[Configuration]) -> dict[str, type[Configuration]]:
    """The fields that are settings of their own, with variables of their own."""
    kinds = ((name, field.annotation) for name, field in model.model_fields.items())
    return {name: kind for name, kind in kinds if isinstance(kind, type) and issubclass(kind, Configuration)}


def parts(model: type[Configuration]) -> Iterator[type[Configuration]]:
    """The model and those inside of it."""
    yield model
    for part in inner(model).values():
        yield from parts(part)


def variable(model: type[Configuration], field: str) -> str:
    """The environment variable of a field."""
    return f"{model.model_config.get('env_prefix', '')}{field}".upper()


def faults(model: type[Configuration]) -> list[Fault]:
    """What the environment has wrong for these settings."""
    found: list[Fault] = []
    for part in parts(model):
        looked_at_apart: dict[str, Any] = {name: kind.model_construct() for name, kind in inner(part).items()}
        try:
            part(**looked_at_apart)
        except ValidationError as error:
            found += [Fault(variable(part, str(one["loc"][0])), _said(dict(one))) for one in error.errors()]
        except SettingsError as error:
            field = next((name for name in part.model_fields if f'"{name}"' in str(error)), "")
            found.append(Fault(variable(part, field), "is not JSON"))
    return found


def configured(model: type[S]) -> S:
    """The settings that the environment holds. Ends the process, with a line for each fault, where they cannot be used."""
    found = faults(model)
    if found:
        for fault in found:
            sys.stderr.write(f"{fault.variable} {fault.message}\n")
        sys.stderr.write("`mgeprof config check` looks at all settings of all processes.\n")
        raise SystemExit(_EX_CONFIG)
    return model()


def _said(error: Mapping[str, object]) -> str:
    if error["type"] == "missing":
        return "is not set"
    return f"cannot be used: {error['msg']}"
