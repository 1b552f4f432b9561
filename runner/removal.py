"""Being no runner any more: the server voids the registration, then this machine forgets it."""

import shutil
from pathlib import Path

from core.nats.connection import BrokerUnreachableError, connect
from core.nats.edge import ControlPlaneSilentError, RunnerLink
from core.protocol.calls import REMOVE, Remove, Removed
from runner.config import ConfigError, RunnerConfig, read_seed
from runner.registration import ENROLLED, RegistrationError, key_state

_PATIENCE_S = 15.0


class NotToldError(Exception):
    """The server still takes this machine for a runner; the message says why."""


async def resign(config: RunnerConfig) -> None:
    """Have the server void this runner's registration, where it has one. May be repeated. Raises NotToldError."""
    if config.url is None:
        return
    try:
        seed = read_seed(config)
        if await key_state(config.url, seed) != ENROLLED:
            return
        refused = await _ask(config, seed)
        # The answer may have been lost with the connection, which the broker ends.
        if await key_state(config.url, seed) == ENROLLED:
            raise NotToldError(refused or "it says that the key is still enrolled.")
    except (ConfigError, RegistrationError, BrokerUnreachableError) as error:
        raise NotToldError(str(error)) from error


async def _ask(config: RunnerConfig, seed: str) -> str:
    """By its own credentials, which are good for nothing but itself; why it was not removed, if it was not."""
    inbox = f"_INBOX_{config.id}"
    nc = await connect(config.nats_url, seed, name="remove", inbox_prefix=inbox, timeout_s=_PATIENCE_S)
    try:
        answer = await RunnerLink(nc, config.id).call(REMOVE, Remove(runner=config.id), Removed)
    except ControlPlaneSilentError as error:
        return f"{error}. Is the server's api running, and not of an earlier release?"
    finally:
        await nc.close()
    return answer.refused or ""


def forget(config: RunnerConfig, file: Path) -> None:
    """Take configuration, key and state from this machine."""
    shutil.rmtree(config.state_dir, ignore_errors=True)
    config.seed_file.unlink(missing_ok=True)
    file.unlink(missing_ok=True)
