"""Asks an engine environment what it is, before anything is promised in its name."""

import asyncio
import contextlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from runner.engine.classify import cut_backtrace
from runner.sandbox.sandbox import bare_environment

PROBE_S = 60.0

# Prints one JSON line after whatever MegEngine itself prints.
_QUESTION = """
import json
import megengine
from megengine.version import git_version
print(json.dumps({"version": megengine.__version__, "build": f"{megengine.__version__}+{git_version[:12]}"}))
"""


@dataclass(frozen=True, slots=True)
class EngineBuild:
    """``version`` such as ``1.13.0``; ``build`` is the version and the first 12 digits of the engine's commit."""

    version: str
    build: str


class EngineUnusable(Exception):  # noqa: N818 - named after the fact
    """The engine environment does not work; the message says which one, why, and what to do."""


async def probe_engine(python: Path) -> EngineBuild:
    """Import MegEngine with ``python``, about 1 s. Raises EngineUnusable."""
    if not python.is_file():
        raise EngineUnusable(
            f"There is no engine environment at {python}. Install one with: mgeprof engine install VERSION"
        )
    try:
        code, output = await ask(python, "-c", _QUESTION)
    except OSError as error:
        raise EngineUnusable(f"{python} cannot be started: {error}. Install the engine again.") from error
    except TimeoutError as error:
        raise EngineUnusable(f"{python} did not import MegEngine within {PROBE_S:g} seconds.") from error
    return _answer(python, code, output)


async def ask(python: Path, *arguments: str | Path) -> tuple[int | None, str]:
    """Run ``python -I`` with these arguments in a folder of its own; its exit code, and what it wrote. Raises OSError, or TimeoutError after PROBE_S."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-probe-") as scratch:
        process = await asyncio.create_subprocess_exec(
            python, "-I", *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, cwd=scratch, env=bare_environment(Path(scratch)),
        )  # fmt: skip
        try:
            output, _ = await asyncio.wait_for(process.communicate(), PROBE_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode, output.decode("utf-8", "replace")


def _answer(python: Path, exit_code: int | None, output: str) -> EngineBuild:
    for line in reversed(output.splitlines()):
        if exit_code == 0 and line.startswith('{"version"'):
            return EngineBuild(**json.loads(line))
    last_words = cut_backtrace(output[-800:])
    raise EngineUnusable(
        f"{python} cannot import MegEngine (exit code {exit_code}). Install the engine again. Its last words: {last_words}"
    )
