"""Our processes as containers would run them: arguments and environment from the images and manifests, with the places of this machine put in."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.embedded.ports import HOST
from tests.unit.infra.test_manifests import composed, pods

ROOT = Path(__file__).parents[3]
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Told:
    """What a container is started with. ``health``: the image's own check."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    health: tuple[str, ...]


@dataclass(frozen=True)
class Image:
    """What a Dockerfile's last stage says."""

    entry: tuple[str, ...]
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> Image:
        text = (ROOT / "infra" / "images" / f"{name}.Dockerfile").read_text().rpartition("\nFROM ")[2]
        said = re.sub(r"\\\n\s*", " ", text)
        known = dict(re.findall(r"(\w+)=(\S+)", " ".join(re.findall(r"^ENV (.+)$", said, re.MULTILINE))))
        known.pop("PATH")
        return cls(_words("ENTRYPOINT", said), _words("CMD", said), known, _words("HEALTHCHECK .*CMD", said))


def _words(instruction: str, text: str) -> tuple[str, ...]:
    found = re.search(rf"^{instruction} (\[.*\])$", text, re.MULTILINE)
    return tuple(json.loads(found.group(1))) if found else ()


def by_kubernetes(process: str) -> Told:
    """A container's ``args`` stand for the image's command."""
    image = Image.of(process)
    [pod] = [pod for name, pod in pods("base") if name in {process, f"mgeprof-{process}"}]
    [container] = pod["containers"]
    given = {one["name"]: one["value"] for one in container["env"] if "value" in one}
    return _told(image, container.get("args"), given)


def by_compose(process: str) -> Told:
    service = composed()["services"][process]
    return _told(Image.of(process), service.get("command"), service.get("environment", {}))


def _told(image: Image, arguments: Any, environment: Mapping[str, str]) -> Told:
    command = image.command if arguments is None else tuple(arguments)
    return Told((*image.entry, *command), {**image.environment, **environment}, image.health)


@dataclass
class Machine:
    """Where on this machine what is that the containers name. ``places``: words, and what they become."""

    places: Mapping[str, str]
    folder: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def here(self, text: str) -> str:
        for place, ours in self.places.items():
            text = text.replace(place, ours)
        return text

    async def start(
        self, process: str, told: Told, more: Mapping[str, str] | None = None, *, within: tuple[str, ...] = ()
    ) -> None:
        """With nothing of this test's own environment; ``more`` are free ports for what listens, and the like. ``within``: what starts it."""
        environment = {name: self.here(value) for name, value in told.environment.items()}
        environment |= more or {}
        with (self.folder / f"{process}.log").open("wb") as log:
            self.running[process] = await asyncio.create_subprocess_exec(
                *within,
                *self._argv(told.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={"PATH": os.defpath, "HOME": "/nonexistent", **environment},
            )

    async def until_healthy(
        self, process: str, told: Told, port: int | None = None, *, within: tuple[str, ...] = ()
    ) -> None:
        """Until the image's own check says so."""
        check = [*within] + [re.sub(r"127\.0\.0\.1:\d+", f"{HOST}:{port}", word) for word in self._argv(told.health)]
        async with asyncio.timeout(PATIENCE_S):
            while True:
                assert self.running[process].returncode is None, self.log(process)
                looking = await asyncio.create_subprocess_exec(*check, cwd=ROOT)
                if await looking.wait() == 0:
                    return
                await asyncio.sleep(0.5)

    def log(self, process: str) -> str:
        return (self.folder / f"{process}.log").read_text()[-4000:]

    async def stop(self) -> dict[str, int | None]:
        """The codes with which they end when they are told to; all at once."""
        for process in self.running.values():
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        await asyncio.gather(*(process.wait() for process in self.running.values()))
        return {name: process.returncode for name, process in self.running.items()}

    def _argv(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable if word == "python" else self.here(word) for word in words]


def node_file(text: str, ports: Mapping[str, list[int]], node: int, store: Path) -> str:
    """The broker's file for one node on this machine."""
    listeners = {"4222": "client", "8222": "monitor", "6222": "cluster"}
    for port, kind in listeners.items():
        text = text.replace(f"0.0.0.0:{port}", f"{HOST}:{ports[kind][node]}")
    for number, own in enumerate(ports["cluster"]):
        text = text.replace(f"nats-{number}.nats:6222", f"{HOST}:{own}")
    return text.replace('"/data"', f'"{store}"')
