"""What keeps this machine from being a runner, and what to do about it."""

import asyncio
import shutil
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from core.events.runner import SandboxKind
from core.nats.connection import BrokerUnreachableError, connect
from runner import machine
from runner.config import ConfigError, RunnerConfig, read_seed
from runner.engine.drivers.of import driver_of, sandbox_of
from runner.engine.probe import EngineUnusable
from runner.registration import ENROLLED, RegistrationError, Standing, standing
from runner.sandbox.find import NOT_INSTALLED
from runner.sandbox.unconfined import Unconfined

ENOUGH_DISK = 5 * 2**30
"""Bytes: a model, its inputs, raw profiles, and some of the cache."""
CLOCK_OFF_S = 30.0
_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Finding:
    """``advice`` is empty when nothing has to be done. A finding that is not ``good`` keeps the runner from working, unless it is ``open``."""

    what: str
    good: bool
    told: str
    advice: str = ""
    open: bool = False


async def examine(config: RunnerConfig) -> list[Finding]:
    """All findings, in a stable order."""
    looks: list[Callable[[RunnerConfig], Coroutine[None, None, Finding]]] = [_broker, _clock, _disk, _sandbox]
    engines, server, others = await asyncio.gather(
        asyncio.gather(*(_engine(config, place) for place in range(len(config.engine)))),
        _server(config),
        asyncio.gather(*(look(config) for look in looks)),
    )
    return [*engines, *server, *others]


async def _engine(config: RunnerConfig, place: int) -> Finding:
    engine = config.engine[place]
    what = f"engine {engine.version}"
    try:
        build = await driver_of(engine, config.platform, Unconfined()).probe()
    except EngineUnusable as error:
        # Of load_and_run the error itself says what to do.
        advice = f"mgeprof engine install {engine.version}" if engine.driver == "megengine" else ""
        return Finding(what, False, str(error), advice)
    return Finding(what, True, f"{engine.driver} {build.build}")


async def _server(config: RunnerConfig) -> list[Finding]:
    """What the server says of this runner, and whether its files can be reached."""
    try:
        seed = read_seed(config)
        if config.url is None:
            return [Finding("key", True, "not registered over HTTP: the broker's own configuration lets it in")]
        known = await standing(config.url, seed)
    except (ConfigError, RegistrationError) as error:
        return [Finding("key", False, str(error), "Check `url` and `seed_file` in the configuration.")]
    found = [_key(known), _server_line(config.url)]
    if known.software is not None:
        found.append(_version(known.software))
    if known.storage_url is not None:
        found.append(await _storage(known.storage_url))
    return found


def _key(known: Standing) -> Finding:
    advice = "" if known.state == ENROLLED else "Register anew: mgeprof runner remove, then mgeprof runner register."
    return Finding("key", known.state == ENROLLED, known.state, advice)


def _server_line(url: str) -> Finding:
    return Finding("server", True, "reached") if secure(url) else _unencrypted("server", "https")


def _version(theirs: str) -> Finding:
    """Both understand each other over releases; what one of them does not know yet fails as unsupported."""
    ours = machine.software()
    if ours == theirs:
        return Finding("version", True, f"{ours}, as the server's")
    return Finding("version", False, f"{ours}, the server's is {theirs}", "Bring both to the same release.", open=True)


async def _storage(url: str) -> Finding:
    """Any answer will do: without a signature it is a refusal."""
    try:
        async with httpx2.AsyncClient(timeout=_PATIENCE_S) as client:
            await client.get(url)
    except httpx2.HTTPError as error:
        told = f"the object store at {url} is not reached: {error!r}"
        return Finding(
            "storage",
            False,
            told,
            "Models and results go there: open the way, or tell the server's operator (MGEPROF_S3_RUNNER_ENDPOINT).",
        )
    return Finding("storage", True, "reached") if secure(url) else _unencrypted("storage", "https")


def secure(url: str) -> bool:
    """Whether nobody on the way can read along."""
    at = urlsplit(url)
    return at.scheme in {"https", "tls", "wss"} or at.hostname in {"127.0.0.1", "::1", "localhost"}


def _unencrypted(what: str, scheme: str) -> Finding:
    return Finding(what, False, "reached, but not encrypted", f"Use a {scheme}:// address off this machine.", open=True)


async def _broker(config: RunnerConfig) -> Finding:
    at = urlsplit(config.nats_url)
    try:
        inbox = f"_INBOX_{config.id}"
        nc = await connect(config.nats_url, read_seed(config), name="doctor", inbox_prefix=inbox, timeout_s=_PATIENCE_S)
        await nc.close()
    except (BrokerUnreachableError, ConfigError) as error:
        return Finding(
            "broker", False, str(error), f"Is port {at.port} of {at.hostname} open from here, and the key enrolled?"
        )
    return Finding("broker", True, "reached") if secure(config.nats_url) else _unencrypted("broker", "tls")


async def _clock(config: RunnerConfig) -> Finding:
    """Leases run by the scheduler's clock; a wrong one here only makes logs hard to read, and certificates fail."""
    if config.url is None:
        return Finding("clock", True, "nothing to compare with")
    try:
        async with httpx2.AsyncClient(timeout=_PATIENCE_S) as client:
            response = await client.get(f"{config.url.rstrip('/')}/api/v1/openapi.json")
        theirs = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (httpx2.HTTPError, KeyError, ValueError) as error:
        return Finding(
            "clock", False, f"no time from {config.url}: {error!r}", "Check `url` in the configuration.", open=True
        )
    off = abs(time.time() - theirs)
    advice = "" if off < CLOCK_OFF_S else "Set the clock, for instance with systemd-timesyncd."
    return Finding("clock", off < CLOCK_OFF_S, f"{off:.0f} s off the server's", advice, open=True)


async def _disk(config: RunnerConfig) -> Finding:
    free = shutil.disk_usage(_existing(config.state_dir)).free
    advice = "" if free >= ENOUGH_DISK else f"Free some of {config.state_dir}, or set `state_dir` elsewhere."
    return Finding("disk", free >= ENOUGH_DISK, f"{free / 2**30:.1f} GiB free for {config.state_dir}", advice)


async def _sandbox(config: RunnerConfig) -> Finding:
    """Which kind works here, and what would make a tighter one work."""
    found = await sandbox_of(config)
    kind, advice = found.sandbox.kind, _sandbox_advice(found.refused)
    if kind is SandboxKind.NONE:
        told = f"none, so this runner takes only its owner's tasks ({found.why})"
        return Finding("sandbox", False, told, advice, open=True)
    what_is_open = [f"{kind.value}, tried on this machine"]
    what_is_open += [f"not {one.value} ({reason})" for one, reason in found.refused.items()]
    if any(engine.driver == "load_and_run" for engine in config.engine):
        what_is_open.append("without the lock: load_and_run is a program that has to be run")
    if config.devices:
        what_is_open.append(f"devices are open: {', '.join(map(str, config.devices))}")
    return Finding("sandbox", True, "; ".join(what_is_open), advice)


def _sandbox_advice(refused: Mapping[SandboxKind, str]) -> str:
    reason = refused.get(SandboxKind.BUBBLEWRAP)
    if reason is None:
        return 'Set sandbox = "auto" in the configuration.' if SandboxKind.NONE in refused else ""
    if reason == NOT_INSTALLED:
        return "Install bubblewrap (Debian: apt install bubblewrap)."
    return "Let users make namespaces: kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0; in a container, allow /proc to be mounted."


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())
