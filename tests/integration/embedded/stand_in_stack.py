"""`mgeprof up` with stand-ins for our own processes: the supervisor's tests are about starting, dying and stopping.

python stand_in_stack.py HOME
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import typer
from rich.console import Console

from infra.cli.up import EXPECTED, stay

STAND_IN = Path(__file__).with_name("stand_in.py")
PROGRAMS = {name: (sys.executable, "-I", str(STAND_IN), name) for name in ("scheduler", "projector", "api")}

if __name__ == "__main__":
    try:
        asyncio.run(stay(Path(sys.argv[1]), None, Console(highlight=False), PROGRAMS))
    except EXPECTED as error:
        typer.echo(error, err=True)
        sys.exit(1)
