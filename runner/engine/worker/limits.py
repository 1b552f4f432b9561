"""Limits that a process can only set for itself, and what it occupies."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any


def limit_files(limits: dict[str, Any]) -> None:
    """No core dumps, nothing over ``file_bytes`` in the output, no more than ``open_files`` descriptors. A write over the limit is an OSError (Python ignores SIGXFSZ)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits["open_files"], limits["open_files"]))


def limit_memory(budget: int | None, status: int) -> None:
    """Allow ``budget`` bytes of address space beyond what the started engine occupies: before its import any useful limit would stop the import itself. None: the runner's watch alone."""
    if budget is None:
        return
    limit = status_bytes(status, "VmSize") + budget
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def open_status() -> int:
    """A descriptor for ``status_bytes``, which works also when nothing can be opened any more."""
    return os.open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)


def status_bytes(status: int, key: str) -> int:
    """A kB figure of ``/proc/self/status`` in bytes."""
    lines = os.pread(status, 16_384, 0).decode().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":"))


def memory_total() -> int:
    """Bytes of main memory."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:"))
