"""What NVIDIA's own tool says of graphics cards. Nothing of it is needed to run: it is written down beside each attempt."""

import csv
import io
import os
import shutil
import subprocess

from core.protocol.environment import Gpu

PROGRAM = "nvidia-smi"
PATIENCE_S = 10.0
"""It takes a second where the driver has to be woken first; a hung driver does not answer at all."""

_COLUMNS = ("name", "driver_version", "memory.total", "clocks.sm", "temperature.gpu")


def gpus() -> tuple[Gpu, ...] | None:
    """All cards; None where nobody can be asked, or no answer comes. Blocking."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, f"--query-gpu={','.join(_COLUMNS)}", "--format=csv,noheader,nounits"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse(done.stdout.decode("utf-8", "replace"))


def names() -> tuple[str, ...]:
    """What the cards are called; none where nobody can be asked. Blocking."""
    return tuple(card.name for card in gpus() or () if card.name)


def parse(text: str) -> tuple[Gpu, ...] | None:
    """The tool's lines of values, in MiB, MHz and degrees Celsius; None for anything else that it may say."""
    found = []
    for row in csv.reader(io.StringIO(text), skipinitialspace=True):
        if not row:
            continue
        if len(row) != len(_COLUMNS):
            return None
        name, driver, memory, clock, temperature = (cell.strip() for cell in row)
        mebibytes, megahertz = _number(memory), _number(clock)
        found.append(
            Gpu(
                name=name[:200],
                driver=driver[:100],
                memory=None if mebibytes is None else int(mebibytes * 2**20),
                clock_hz=None if megahertz is None else megahertz * 1e6,
                temperature=_number(temperature),
            )
        )
    return tuple(found) or None


def _number(cell: str) -> float | None:
    """Cards that do not have a sensor say ``[N/A]`` or ``[Not Supported]``."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None
