"""The SDK in a program that has nothing of the server's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[3] / "infra" / "requirements"
MODULES = {
    "nats-py": "nats",
    "pyjwt": "jwt",
    "pynacl": "nacl",
    "uuid-utils": "uuid_utils",
    "prometheus-client": "prometheus_client",
}

SCRIPT = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
import client
from client import AsyncClient, AsyncJob, Client, Job
from client.jobs.job import _shown
with _shown(None):
    print("works")
"""


def test_it_needs_nothing_of_the_server() -> None:
    # Commands alone need typer.
    ours = names("client.in") - {"typer"}
    missing = {MODULES.get(name, name.replace("-", "_")) for name in (names("process.in") | {"typer"}) - ours}
    assert {"nats", "fastapi", "asyncpg", "aioboto3", "typer", "jwt"} <= missing
    missing |= {"core", "projections", "api", "runner", "infra"}
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(missing=missing)], capture_output=True, text=True)  # noqa: PLW1510
    assert done.stdout == "works\n", done.stderr


def names(file: str) -> set[str]:
    lines = (REQUIREMENTS / file).read_text().splitlines()
    return {re.split(r"[\[>=<]", line)[0] for line in lines if line and not line.startswith(("#", "-r"))}
