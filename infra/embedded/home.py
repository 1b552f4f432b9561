"""The home of a stack: its folder, its lock, and what is made once and kept (secrets, ports)."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nkeys
import psutil

from core.nats import xkey
from infra.embedded.ports import choose_ports

# How long a second start waits for the rest of a stack that was killed: its parts are ending by themselves.
LEFTOVERS_END_WITHIN_S = 15.0


class HomeInUseError(Exception):
    """Another stack runs on this home."""

    def __init__(self, home: Path, stack: Mapping[str, Any]) -> None:
        where = f" at {stack['url']}" if "url" in stack else ""
        pid = f" (pid {stack['pid']})" if "pid" in stack else ""
        super().__init__(f"mgeprof runs on {home} already{where}{pid}. Stop it, or choose another --home.")


@dataclass(frozen=True)
class Secrets:
    """What nobody but this stack knows. Nkey seeds for NATS (``SU…``, the callout's issuer ``SA…`` and seal ``SX…``); the rest are random texts."""

    nats_sys: str
    nats_core: str
    nats_run: str
    nats_edge: str
    nats_auth: str
    nats_view: str
    nats_issuer: str
    nats_xkey: str
    runner_id: str
    postgres_password: str
    s3_access_key: str
    s3_secret_key: str
    token: str
    token_key: str
    webhooks_key: str

    @staticmethod
    def make() -> Secrets:
        """Fresh ones."""
        return Secrets(
            nats_sys=user_seed(),
            nats_core=user_seed(),
            nats_run=user_seed(),
            nats_edge=user_seed(),
            nats_auth=user_seed(),
            nats_view=user_seed(),
            nats_issuer=user_seed(nkeys.PREFIX_BYTE_ACCOUNT),
            nats_xkey=xkey.make_seed(),
            runner_id=str(uuid.uuid4()),
            postgres_password=secrets.token_urlsafe(24),
            s3_access_key=secrets.token_hex(10),
            s3_secret_key=secrets.token_hex(20),
            token=f"mgp_{secrets.token_urlsafe(32)}",
            token_key=secrets.token_urlsafe(48),
            webhooks_key=secrets.token_urlsafe(48),
        )


def user_seed(kind: int = nkeys.PREFIX_BYTE_USER) -> str:
    """A new nkey seed, a user's if nothing else is said."""
    seed: bytes = nkeys.encode_seed(secrets.token_bytes(32), kind)
    return seed.decode()


def public_key(seed: str) -> str:
    """The public nkey (U…) of a seed."""
    key: bytes = nkeys.from_seed(seed.encode()).public_key
    return key.decode()


class Home:
    """A folder that one stack at a time owns. Use as a context manager: it holds the lock meanwhile.

    Raises:
        HomeInUseError: on entering, when another stack holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.stack_file = self.path / "stack.json"
        self.token_file = self.path / "token"
        self.examples = self.path / "examples"
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = self._take_lock()
        self.logs.mkdir(exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack_file.unlink(missing_ok=True)
        os.close(self.lock)
        self._lock = None

    @property
    def lock(self) -> int:
        """The descriptor of the lock. Parts inherit it, so the home is free only when the last of them has ended."""
        if self._lock is None:
            raise RuntimeError(f"{self.path} is not held")
        return self._lock

    def _take_lock(self) -> int:
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + LEFTOVERS_END_WITHIN_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stack = running_stack(self.path)
                if stack is not None or time.monotonic() > until:
                    os.close(lock)
                    raise HomeInUseError(self.path, stack or {}) from None
                time.sleep(0.1)
            else:
                return lock

    def secrets(self) -> Secrets:
        """This home's secrets, made the first time."""
        file = self.path / "secrets.json"
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        known = Secrets(**{**Secrets.make().__dict__, **kept})
        if known.__dict__ != kept:  # a new home, or one of an older program that knew fewer
            write_private(file, json.dumps(known.__dict__, indent=2))
        write_private(self.token_file, known.token)
        return known

    def ports(self, names: tuple[str, ...], given: Mapping[str, int]) -> dict[str, int]:
        """A free port for each name: the given one, the one used last time, or a fresh one."""
        file = self.path / "ports.json"
        last: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        ports = choose_ports(names, given, last)
        write_private(file, json.dumps({**last, **ports}, indent=2))
        return ports


def running_stack(home: Path) -> dict[str, Any] | None:
    """What stack.json says about the stack that runs on `home`, None when none does."""
    try:
        stack: dict[str, Any] = json.loads((home / "stack.json").read_text())
    except FileNotFoundError:
        return None
    try:
        process = psutil.Process(stack["pid"])
        # Neither a stack that was killed and not yet buried, nor a later process with its number.
        written = (home / "stack.json").stat().st_mtime
        alive = process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= written
    except (psutil.NoSuchProcess, FileNotFoundError):
        return None
    return stack if alive else None


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)
