from __future__ import annotations

import subprocess
import sys

SLOW = ("httpx2", "rich", "pydantic", "stamina", "asyncio")


def test_the_command_line_loads_nothing_slow_before_a_command_runs() -> None:
    script = f"import sys, client.cli; print(*[name for name in {SLOW!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert loaded.split() == []
