"""Landlock: a process forbids itself all files but some, and on newer kernels TCP and signals to others. It holds for programs that it runs later.

Applied before threads are there, since it holds for one thread and what that begins. Source of the numbers: ``linux/landlock.h``.
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

from runner.sandbox.inside.lock import PR_SET_NO_NEW_PRIVS, NoLock

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
WHICH_VERSION, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
"""Rights that a rule on a file may name: also to cut it short, and to speak to devices."""
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights over files there are, by version; 16 from version 5 on."""
TCP_BIND_AND_CONNECT, ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3


def version() -> int:
    """Of the kernel's Landlock; 0 where it has none, or where it is turned off."""
    return max(0, _call(CREATE, None, 0, WHICH_VERSION))


def restrict(reads: list[str], writes: list[str]) -> None:
    """From now on read and execute below ``reads``, do anything below ``writes``, and reach nothing else. Paths that do not exist are passed over. Raises NoLock."""
    known = version()
    if not known:
        raise NoLock("this kernel has no Landlock, or does not use it")
    everything = (1 << RIGHTS.get(known, 16)) - 1
    attributes = struct.pack(
        "<QQQ", everything, TCP_BIND_AND_CONNECT if known >= 4 else 0, ABSTRACT_SOCKETS_AND_SIGNALS if known >= 6 else 0
    )
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _checked(_call(CREATE, ctypes.c_char_p(attributes), size, 0), "create_ruleset")
    for path in reads:
        _allow(ruleset, path, EXECUTE | READ_FILE | READ_DIR)
    for path in writes:
        _allow(ruleset, path, everything)
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")
    _checked(_call(RESTRICT, ruleset, 0), "restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not Path(path).is_dir():
            rights &= OF_FILES
        rule = ctypes.c_char_p(struct.pack("<Qi", rights, held))
        _checked(_call(ADD_RULE, ruleset, PATH_BENEATH, rule, 0), f"rule for {path}")
    finally:
        os.close(held)


def _call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise NoLock(f"Landlock, {what}: {os.strerror(ctypes.get_errno())}")
    return result
