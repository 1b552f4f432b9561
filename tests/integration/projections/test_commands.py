"""``mgeprof projections`` on real tables."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.nats.log import EventLog
from core.postgres.connection import Connection
from infra.cli.projections import app
from infra.embedded.services import Services
from projections import checkpoint
from projections.projector import prepare
from projections.read_models import READ_MODELS
from projections.rebuild import fill as fill_tables
from tests.integration.projections.conftest import Fill
from tests.unit.projections.histories import play


async def test_looking_rebuilding_and_verifying(
    connection: Connection, environment: dict[str, str], broker: Services, log: EventLog, fill: Fill
) -> None:
    environment |= {name: value for name, value in broker.environment.items() if "NATS" in name}

    async def ask(*words: str, code: int = 0) -> Result:
        result = await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)
        assert result.exit_code == code, result.output
        return result

    async def told(*words: str, code: int = 0) -> Any:
        return json.loads((await ask(*words, "--json", code=code)).stdout)

    assert "start the projector" in (await ask("lag", code=1)).stderr
    await fill(play(8, 100))
    await prepare(connection, log, "read")
    last = await log.last_sequence()
    assert (await told("lag"))["behind"] == last
    await fill_tables(connection, log, last)
    assert f"place {last} of {last}" in (await ask("lag")).stdout

    listed = await told("list")
    assert [one["name"] for one in listed] == [model.table for model in READ_MODELS]
    assert all(one["current"] for one in listed)
    await connection.execute("UPDATE task_list SET engine = '9'")
    [wrong] = await told("verify", "task_list", code=1)
    assert (wrong["equal"], wrong["sequence"], bool(wrong["differing"])) == (False, last, True)
    assert "NOT as the log says" in (await ask("verify", code=1)).stdout
    assert f"as of place {last}" in (await ask("rebuild", "task_list")).stdout
    assert [one["equal"] for one in await told("verify")] == [True] * len(READ_MODELS)
    assert (await told("list"))[0]["built_at"] > listed[0]["built_at"]

    await checkpoint.record_fault(connection, "event 7 cannot be applied")
    assert "stopped: event 7 cannot" in (await ask("lag", code=1)).stdout
    with pytest.raises(AssertionError, match="There are: task_list"):
        await ask("rebuild", "nothing")
