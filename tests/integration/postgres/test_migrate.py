from __future__ import annotations

import asyncio
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

import api.wiring
import core.scheduler.store
from core.postgres.migrate import migrate, newest, revision_of

FOLDERS = {"api": api.wiring.MIGRATIONS, "scheduler": core.scheduler.store.MIGRATIONS}


@pytest.mark.parametrize("schema", FOLDERS)
def test_the_newest_file_is_the_head_of_the_revisions(schema: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDERS[schema]))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [newest(FOLDERS[schema])]


async def test_a_schema_that_is_there_is_left_alone_without_alembic(database_url: str) -> None:
    folder = FOLDERS["scheduler"]
    assert await revision_of(database_url, "scheduler") is None
    await migrate(database_url, "scheduler", folder)
    assert await revision_of(database_url, "scheduler") == newest(folder)
    again = f"""
import asyncio, sys
from pathlib import Path
from core.postgres.migrate import migrate
asyncio.run(migrate({database_url!r}, "scheduler", Path({str(folder)!r})))
sys.exit("alembic" in sys.modules or "sqlalchemy" in sys.modules)
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", again)
    assert await process.wait() == 0
