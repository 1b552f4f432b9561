"""Limits that a process can only set for itself, and what it occupies."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Be killed when the runner dies. It may have died before the kernel knew that we care: then end at once."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_files(limits: dict[str, int]) -> None:
    """No core dumps, no file over ``file_bytes``, no more than ``open_files`` descriptors. A write over the limit is an OSError (Python ignores SIGXFSZ)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits["open_files"], limits["open_files"]))


def limit_memory(budget: int) -> None:
    """Allow ``budget`` bytes of address space beyond what the started engine occupies: before its import any useful limit would stop the import itself."""
    limit = status_bytes("VmSize") + budget
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def status_bytes(key: str) -> int:
    """A kB figure of ``/proc/self/status`` in bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(key + ":"))


def memory_total() -> int:
    """Bytes of main memory."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:"))
