"""The files: made once, and never made again over what is there."""

from __future__ import annotations

import json
import secrets as random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from infra.deploy.broker import broker_file
from infra.embedded.home import Secrets, public_key, user_seed
from infra.embedded.nats_server import VIEW_SEED

RUNNER = "mgeprof-runner-x86-{number}"
"""What runners are called: their pods' names."""
ENGINE = "1.13.0"


class FilesThereError(Exception):
    """The folder holds files already: making them again would lock everybody out."""


@dataclass(frozen=True)
class Wanted:
    """`nodes`: of the broker. `runners`: how many x86 runners the broker's own file lets in. `traces_url`: the collector to which those send spans."""

    nodes: int = 1
    runners: int = 1
    tls: bool = False
    database_host: str = "postgres"
    traces_url: str = ""


def write_files(folder: Path, wanted: Wanted) -> list[str]:
    """Write them; gives their names. Raises FilesThereError.

    The folder is its owner's alone. What is in it can be read by whoever gets there: containers see single files of it, as users of their own.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FilesThereError(f"{folder} is not empty. Keys are made once: to have others, use another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    names = []
    for name, text in sorted(_files(wanted)):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.parent.chmod(0o755)
        file.chmod(0o644)
        names.append(name)
    return names


def _files(wanted: Wanted) -> Iterator[tuple[str, str]]:
    secrets = Secrets.make()
    runners = {uuid.uuid4(): user_seed() for _ in range(wanted.runners)}
    keys = {runner: public_key(seed) for runner, seed in runners.items()}
    yield "nats/nats.conf", broker_file(secrets, keys, nodes=wanted.nodes, tls=wanted.tls)
    yield f"nats/{VIEW_SEED}", secrets.nats_view + "\n"
    yield "postgres/password", secrets.postgres_password
    yield "s3/access_key", secrets.s3_access_key
    yield "s3/secret_key", secrets.s3_secret_key
    yield "s3/seaweedfs.json", _seaweedfs(secrets)
    yield "grafana/admin_password", random.token_urlsafe(18)
    yield "api/admin_password", random.token_urlsafe(18)
    for process, known in _told(secrets, list(runners), wanted).items():
        for name, value in known.items():
            yield f"{process}/{name}", value
    for number, (runner, seed) in enumerate(runners.items()):
        name = RUNNER.format(number=number)
        yield f"runner/{name}.toml", _runner_file(runner, name, wanted)
        yield f"runner/{name}.nk", seed + "\n"


def _told(secrets: Secrets, runners: list[UUID], wanted: Wanted) -> dict[str, Mapping[str, str]]:
    """Named as the variables that each process reads, for MGEPROF_SECRETS_DIR: no process gets what it does not need."""
    database = f"postgresql://mgeprof:{secrets.postgres_password}@{wanted.database_host}:5432/mgeprof"
    log = {"mgeprof_nats_core_seed": secrets.nats_core, "mgeprof_database_url": database}
    run = {"mgeprof_nats_run_seed": secrets.nats_run}
    s3 = {"mgeprof_s3_access_key": secrets.s3_access_key, "mgeprof_s3_secret_key": secrets.s3_secret_key}
    names = {str(runner): RUNNER.format(number=number) for number, runner in enumerate(runners)}
    door = {
        "mgeprof_callout_auth_seed": secrets.nats_auth,
        "mgeprof_callout_issuer_seed": secrets.nats_issuer,
        "mgeprof_callout_xkey_seed": secrets.nats_xkey,
        "mgeprof_callout_sys_seed": secrets.nats_sys,
        "mgeprof_accounts_token_key": secrets.token_key,
        "mgeprof_webhooks_key": secrets.webhooks_key,
        "mgeprof_api_runner_names": json.dumps(names),
    }
    return {"projector": log, "scheduler": {**log, **run, **s3}, "api": {**log, **run, **s3, **door}}


def _seaweedfs(secrets: Secrets) -> str:
    credentials = [{"accessKey": secrets.s3_access_key, "secretKey": secrets.s3_secret_key}]
    rights = ["Admin", "Read", "Write", "List", "Tagging"]
    return json.dumps({"identities": [{"name": "mgeprof", "credentials": credentials, "actions": rights}]}, indent=2)


def _runner_file(runner: UUID, name: str, wanted: Wanted) -> str:
    broker = "tls://nats:4222" if wanted.tls else "nats://nats:4222"
    traces = f"traces_url = {json.dumps(wanted.traces_url)}\n" if wanted.traces_url else ""
    return f"""\
id = "{runner}"
name = "{name}"
platform = "x86"
nats_url = "{broker}"
seed_file = "runner.nk"
state_dir = "/var/lib/mgeprof"
{traces}[[engine]]
version = "{ENGINE}"
driver = "megengine"
python = "/opt/engines/{ENGINE}/bin/python"
"""
