"""What a run ran on and with."""

from __future__ import annotations

from typing import Any

from client.resource import Resource


class Gpu(Resource):
    """``memory`` in bytes, ``temperature`` in degrees Celsius; None for what the driver does not tell."""

    name: str
    driver: str = ""
    memory: int | None = None
    clock_hz: float | None = None
    temperature: float | None = None


class Machine(Resource):
    """The device just before the engine got the job. ``memory`` in bytes, ``temperature`` in degrees Celsius; None where the machine does not tell."""

    cpu: str = ""
    cores: int = 0
    memory: int = 0
    kernel: str = ""
    governor: str | None = None
    frequency_hz: float | None = None
    load: float | None = None
    temperature: float | None = None
    gpus: list[Gpu] | None = None


class EngineFacts(Resource):
    """``warm``: whether the engine was up before the attempt began."""

    version: str = ""
    driver: str = ""
    build: str | None = None
    warm: bool | None = None


class Commands(Resource):
    """The same run by hand; None where the tool cannot do it."""

    load_and_run: str | None = None
    load_network_and_run: str | None = None


class Environment(Resource):
    """``model`` and ``inputs`` (by the model's names): SHA-256 digests."""

    software: str = ""
    platform: str = ""
    machine: Machine = Machine()
    engine: EngineFacts = EngineFacts()
    model: str = ""
    inputs: dict[str, str] = {}
    options: dict[str, Any] = {}
    commands: Commands = Commands()
