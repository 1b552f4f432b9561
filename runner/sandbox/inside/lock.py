"""A lock that a process shuts behind itself: from then on it and all its threads may compute, use what they hold open, and end.

Seccomp with an allow-list, after everything was opened and imported. No file is opened any more, no socket made, no program run, no process begun,
no memory made executable, no limit changed, nobody signalled.
"""

from __future__ import annotations

import ctypes
import os
from errno import EACCES, ENOSYS, EPERM

from runner.sandbox.inside import bpf
from runner.sandbox.inside.bpf import Instruction
from runner.sandbox.inside.syscalls import (
    CLONE,
    CLONE3,
    FCNTL,
    FREE,
    IOCTL,
    MACHINES,
    MISSING,
    MMAP,
    MPROTECT,
    PRCTL,
    PRLIMIT,
    SECCOMP,
    TGKILL,
    X32,
)

PR_SET_NO_NEW_PRIVS, PR_SET_NAME = 38, 15
SET_MODE_FILTER = 1
TSYNC, SPEC_ALLOW = 1, 4
"""All threads at once; and, which older kernels else do, no slower branch prediction: what is measured here must be the same as outside."""
PROT_EXEC, CLONE_THREAD = 4, 0x10000
FCNTL_WORDS = (0, 1, 2, 3, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC; F_SETOWN would be a way to signal others."""


class NoLock(Exception):  # noqa: N818 - named after the fact
    """This kernel or machine cannot be locked; the message says why."""


def lock(*, devices: bool = False, code: bool = False) -> None:
    """Shut for this process, for ever. Raises NoLock.

    ``devices``: leave ``ioctl`` open, through which drivers of graphics cards are spoken to. ``code``: let memory be made executable, for an engine that writes
    machine code as it goes.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    filtering = bpf.assembled(program(os.uname().machine, os.getpid(), devices=devices, code=code))
    held = ctypes.create_string_buffer(filtering, len(filtering))
    described = _Program(len(filtering) // 8, ctypes.addressof(held))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NoLock(f"PR_SET_NO_NEW_PRIVS: {os.strerror(ctypes.get_errno())}")
    number = SECCOMP[MACHINES[os.uname().machine][0]]
    done = libc.syscall(number, SET_MODE_FILTER, TSYNC | SPEC_ALLOW, ctypes.byref(described))
    if done:
        raise NoLock(f"seccomp: {os.strerror(ctypes.get_errno()) if done < 0 else f'thread {done} cannot be locked'}")


def program(machine: str, pid: int, *, devices: bool = False, code: bool = False) -> list[Instruction]:
    """The filter. Raises NoLock for a machine whose numbers we do not know."""
    if machine not in MACHINES:
        raise NoLock(f"the numbers of system calls on {machine} are not known")
    place, architecture = MACHINES[machine]
    allow, refuse = bpf.answer(bpf.ALLOW), bpf.answer(bpf.errno(EPERM))
    instructions = [
        bpf.load(bpf.ARCHITECTURE),
        bpf.unless_equal(architecture, 1),
        (0x05, 0, 0, 1),  # over the next one
        bpf.answer(bpf.KILL),
        bpf.load(bpf.NUMBER),
        bpf.unless_at_least(X32, 1),
        refuse,
    ]
    for numbers in FREE.values():
        instructions += _for(numbers, place, [allow])
    for numbers in MISSING.values():
        instructions += _for(numbers, place, [bpf.answer(bpf.errno(EACCES))])
    if devices:
        instructions += _for(IOCTL, place, [allow])
    for numbers, then in _conditions(pid, code=code):
        instructions += _for(numbers, place, then)
    return [*instructions, refuse]


def _conditions(pid: int, *, code: bool) -> list[tuple[tuple[int, int], list[Instruction]]]:
    """What is allowed with some arguments only."""
    allow, refuse = bpf.answer(bpf.ALLOW), bpf.answer(bpf.errno(EPERM))
    no_code = [bpf.load(bpf.argument(2)), bpf.unless_any(PROT_EXEC, 1), bpf.answer(bpf.errno(EACCES)), allow]
    memory = [allow] if code else no_code
    words = [one for word in FCNTL_WORDS for one in bpf.when(word, [allow])]
    return [
        (CLONE, [bpf.load(bpf.argument(0)), bpf.unless_any(CLONE_THREAD, 1), allow, refuse]),
        # Its flags stand in memory, where a filter cannot look; glibc then falls back to clone.
        (CLONE3, [bpf.answer(bpf.errno(ENOSYS))]),
        (MMAP, memory),
        (MPROTECT, memory),
        (TGKILL, [bpf.load(bpf.argument(0)), *bpf.when(pid, [allow]), refuse]),
        (PRCTL, [bpf.load(bpf.argument(0)), *bpf.when(PR_SET_NAME, [allow]), refuse]),
        (FCNTL, [bpf.load(bpf.argument(1)), *words, refuse]),
        # To read one's own limits, never to set them: the third argument is a null pointer.
        (
            PRLIMIT,
            [
                bpf.load(bpf.argument(0)),
                bpf.unless_equal(0, 5),
                bpf.load(bpf.argument(2)),
                bpf.unless_equal(0, 3),
                bpf.load(bpf.argument(2, high=True)),
                bpf.unless_equal(0, 1),
                allow,
                refuse,
            ],
        ),
    ]


def _for(numbers: tuple[int | None, int | None], place: int, then: list[Instruction]) -> list[Instruction]:
    number = numbers[place]
    return [] if number is None else bpf.when(number, then)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))
