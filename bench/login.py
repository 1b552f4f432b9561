"""`login_known_vs_unknown`: whether the time of a refused login tells that there is such a name."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import httpx2

from bench.frame import Figure, Goal
from infra.embedded.stack import Stack

TRIES = 500
KNOWN = "somebody"
SETTINGS = {"MGEPROF_ACCOUNTS_LIMITS": "false", "MGEPROF_ACCOUNTS_REGISTRATION": "open"}


async def run() -> Sequence[Figure]:
    """Wrong passwords for a name that exists and for names that do not, by turns, against the whole stack.

    Who tries may count the median of hundreds: the two may differ by a twentieth of what one login takes, no more.
    """
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with Stack(Path(folder) / "home", settings=SETTINGS) as stack:
            await stack.start()
            async with httpx2.AsyncClient(base_url=stack.url, trust_env=False, timeout=60) as http:
                made = await http.post("/api/v1/auth/register", json={"name": KNOWN, "password": "a good password"})
                assert made.status_code == 201, made.text
                known, unknown = await _by_turns(http)
    return [Figure("login_known_vs_unknown", "ms", known, unknown, Goal(1.05))]


async def _by_turns(http: httpx2.AsyncClient) -> tuple[list[float], list[float]]:
    known: list[float] = []
    unknown: list[float] = []
    for number in range(TRIES):
        turn = [(known, KNOWN), (unknown, f"nobody{number % 10:03}")]
        # Neither is always the one that comes after the other.
        for samples, name in turn if number % 2 else reversed(turn):
            samples.append(await _milliseconds(http, name))
    return known, unknown


async def _milliseconds(http: httpx2.AsyncClient, name: str) -> float:
    began = perf_counter()
    refused = await http.post("/api/v1/auth/login", json={"login": name, "password": "not the password"})
    assert refused.status_code == 401, refused.text
    return (perf_counter() - began) * 1000
