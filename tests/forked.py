"""Programs of ours in processes of their own, forked from one that has imported them already: a start costs no imports."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["runner.__main__", "infra.cli.main", "client.cli", "client.client", "rich.progress"])


@dataclass(frozen=True)
class Program:
    """`main` is called as if it were the program `argv`. Both outputs are added to files; standard input is a file, or empty.

    `environment` is added to that of the test.
    """

    main: Callable[[], object]
    argv: Sequence[str]
    output: Path
    errors: Path
    input: Path = Path(os.devnull)
    environment: Mapping[str, str] = field(default_factory=dict)

    async def start(self) -> ForkServerProcess:
        process = _FORKS.Process(target=self._become, args=({**os.environ, **self.environment},))
        await asyncio.to_thread(process.start)
        return process

    def _become(self, environment: Mapping[str, str]) -> None:
        os.environ.clear()
        os.environ.update(environment)
        for number, file, flags in (
            (0, self.input, os.O_RDONLY),
            (1, self.output, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
            (2, self.errors, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        ):
            os.dup2(os.open(file, flags), number)
        # multiprocessing gave this process an input of its own.
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - a descriptor, which lasts as long as the process
        sys.argv = list(self.argv)
        self.main()
