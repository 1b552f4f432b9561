"""Becoming a runner: a key of its own, a token spent, and a configuration file written."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from core.events.ids import Platform
from core.nats.nkey import public_key, user_seed
from runner.config import EngineConfig

API = "/api/v1"
CONFIG, SEED = "runner.toml", "runner.nk"
ENROLLED = "enrolled"
_TIMEOUT_S = 30.0


class RegistrationError(Exception):
    """The device was not registered; the message says why, and what to do."""


@dataclass(frozen=True)
class Asked:
    """``folder`` is to hold the configuration, the key and the runner's state. ``engines`` have paths that hold from everywhere."""

    url: str
    token: str
    name: str
    folder: Path
    engines: Sequence[EngineConfig]
    platform: Platform | None = None
    labels: Sequence[str] = ()
    private: bool = False


def this_platform() -> Platform:
    """What this machine is: CUDA where there is an NVIDIA device, else by its processor."""
    if Path("/dev/nvidiactl").exists():
        return Platform.CUDA
    return Platform.ARM if platform.machine() in {"aarch64", "arm64", "armv7l"} else Platform.X86


async def register(asked: Asked) -> Path:
    """The configuration file. May be repeated after a failure: the key is kept until the token was spent. Raises RegistrationError."""
    config = asked.folder / CONFIG
    if config.exists():
        raise RegistrationError(
            f"{config} is there already. Remove that runner first: mgeprof runner remove --config {config}"
        )
    asked.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = _kept_seed(asked.folder / SEED)
    chosen = asked.platform or this_platform()
    body = {
        "token": asked.token,
        "public_key": public_key(seed),
        "name": asked.name,
        "platform": chosen.value,
        "labels": list(asked.labels),
        "private": asked.private,
    }
    made = await call("POST", asked.url, "/runners", body)
    _write_private(config, _toml(asked, chosen, made))
    return config


@dataclass(frozen=True)
class Standing:
    """What the server says of a key. ``state``: ``enrolled``, ``revoked`` or ``unknown``. ``storage_url``: where its files are; ``software``: its own version. Servers of earlier releases do not tell."""

    state: str
    storage_url: str | None = None
    software: str | None = None


async def standing(url: str, seed: str) -> Standing:
    """Raises RegistrationError."""
    told = await call("GET", url, f"/runner-keys/{public_key(seed)}")
    return Standing(str(told["state"]), told.get("storage_url"), told.get("software"))


async def key_state(url: str, seed: str) -> str:
    """As ``Standing.state``. Raises RegistrationError."""
    return (await standing(url, seed)).state


async def call(method: str, url: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One request to the api, without an account. Raises RegistrationError."""
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT_S) as client:
            response = await client.request(method, f"{url.rstrip('/')}{API}{path}", json=body)
            answer: dict[str, Any] = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise RegistrationError(
            f"no answer from {url}: {error!r}. Is this the address of an mgeprof server?"
        ) from error
    if response.status_code >= 400:
        words = [str(answer.get(part) or "") for part in ("title", "detail", "hint")]
        raise RegistrationError(" ".join(dict.fromkeys(filter(None, words))))
    return answer


def _kept_seed(file: Path) -> str:
    """The key of an earlier try, or a new one, on disk before anybody hears of it."""
    if not file.exists():
        _write_private(file, user_seed() + "\n")
    return file.read_text(encoding="utf-8").strip()


def _toml(asked: Asked, chosen: Platform, made: Mapping[str, Any]) -> str:
    lines = [
        f"id = {json.dumps(made['id'])}",
        f"name = {json.dumps(made['name'])}",
        f"platform = {json.dumps(chosen.value)}",
        f"url = {json.dumps(asked.url)}",
        f"nats_url = {json.dumps(made['nats_url'])}",
        f"seed_file = {json.dumps(SEED)}",
        'state_dir = "state"',
    ]
    for engine in asked.engines:
        kind = "python" if engine.driver == "megengine" else "binary"
        lines += [
            "",
            "[[engine]]",
            f"version = {json.dumps(engine.version)}",
            f"driver = {json.dumps(engine.driver)}",
            f"{kind} = {json.dumps(str(engine.program))}",
        ]
    return "\n".join(lines) + "\n"


def _write_private(file: Path, text: str) -> None:
    """Whole or not at all, for nobody else's eyes."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
