"""``python probes.py TOLD``: shut the sandbox as the worker does, then try everything that a hostile model would; a line of JSON for each try.

Only ever started inside of a sandbox: some of these would do what they say. ``TOLD`` is JSON: ``confinement``, ``folder`` (where the sandbox's code is),
``secret`` (a file of somebody else), ``model`` (a descriptor of sealed memory) and ``outside`` (a process of the runner).
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

Probe = Callable[[], object]
TOLD = json.loads(sys.argv[1])
SECRET, MODEL, OUTSIDE = TOLD["secret"], TOLD["model"], TOLD["outside"]
LIBC = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: object) -> int:
    """A system call of x86-64; raises what the kernel answers."""
    done = LIBC.syscall(number, *arguments)
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(done)


def write(path: str) -> None:
    with open(path, "w") as file:
        file.write("x")


def connect(family: int, kind: int, address: object) -> None:
    with socket.socket(family, kind) as one:
        one.connect(address)  # type: ignore[arg-type]


def ran(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=10)


def unpickled() -> None:
    """What a model's metadata may hold: a shell command."""

    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("echo reached",)

    code = pickle.loads(pickle.dumps(Hostile()))  # noqa: S301 - that is the probe
    if code != 0:
        raise OSError(code, "the command did not run")


def executable() -> None:
    with mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC):
        pass


def made_executable() -> None:
    memory = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if LIBC.mprotect(ctypes.c_void_p(address), 4096, 7):
        raise OSError(ctypes.get_errno(), "mprotect")


def cloned(flags: int) -> None:
    pid = call(56, flags | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)


def raised(which: int) -> None:
    resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def without_end() -> None:
    """Memory over the limit on the address space."""
    held = [mmap.mmap(-1, 2**30) for _ in range(64)]
    raise AssertionError(len(held))


def disk_without_end() -> None:
    with os.fdopen(os.dup(TOLD["output"]), "wb", buffering=0) as file:
        for _ in range(64):
            if file.write(bytes(2**20)) != 2**20:
                raise OSError("cut short")


NEWUSER, NEWNS, NEWNET, NEWPID = 0x10000000, 0x20000, 0x40000000, 0x20000000
INTERNET = ("127.0.0.1", TOLD["port"])

PROBES: dict[str, Probe] = {
    # Files of others.
    "read somebody's file": lambda: Path(SECRET).read_bytes(),
    "read the accounts": lambda: Path("/etc/passwd").read_bytes(),
    "read the host's name": lambda: Path("/etc/hostname").read_bytes(),
    "list the root": lambda: os.listdir("/"),
    "list the home": lambda: os.listdir(Path(SECRET).parent),
    "look whether a file is there": lambda: os.stat(SECRET),
    "look by the old call": lambda: call(4, SECRET.encode(), ctypes.create_string_buffer(256)),
    "read a link": lambda: os.readlink("/proc/self/exe"),
    "open by descriptor of a folder": lambda: call(257, -100, SECRET.encode(), 0),
    "open by openat2": lambda: call(437, -100, SECRET.encode(), ctypes.create_string_buffer(24), 24),
    "open by handle": lambda: call(304, 0, ctypes.create_string_buffer(64), 0),
    "read the runner's environment": lambda: Path(f"/proc/{OUTSIDE}/environ").read_bytes(),
    "read the first process's environment": lambda: Path("/proc/1/environ").read_bytes(),
    "read the runner's memory": lambda: open(f"/proc/{OUTSIDE}/mem", "rb"),  # noqa: SIM115
    # Writing.
    "write to the root": lambda: write("/written"),
    "write to /tmp": lambda: write("/tmp/written"),  # noqa: S108
    "write to /dev/shm": lambda: write("/dev/shm/written"),  # noqa: S108
    "write beside the engine": lambda: write(str(Path(sys.executable).parent / "written")),
    "make a folder": lambda: os.mkdir("/scratch/written"),
    "make a link": lambda: os.symlink(SECRET, "link"),
    "rename": lambda: os.rename(SECRET, SECRET + ".old"),
    "remove": lambda: os.unlink(SECRET),
    "change the mode": lambda: os.chmod(SECRET, 0o777),
    "change the mode of what is held": lambda: os.fchmod(MODEL, 0o777),
    "rewrite the model": lambda: os.pwrite(MODEL, b"x", 0),
    "cut the model": lambda: os.ftruncate(MODEL, 0),
    "open the model anew to write": lambda: os.open(f"/proc/self/fd/{MODEL}", os.O_RDWR),
    "map the model to write": lambda: mmap.mmap(MODEL, 4096, flags=mmap.MAP_SHARED, prot=mmap.PROT_WRITE),
    "fill the disk": disk_without_end,
    "make memory files": lambda: os.memfd_create("x"),
    # Networks and other processes' ears.
    "connect by TCP": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, INTERNET),
    "send by UDP": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, INTERNET),
    "connect by IPv6": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::1", TOLD["port"])),
    "connect to a socket file": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"),
    "connect to an abstract socket": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + TOLD["abstract"]),
    "talk to the kernel by netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
    "make a pair of sockets": socket.socketpair,
    "resolve a name": lambda: socket.getaddrinfo("localhost", 80),
    # Programs and processes.
    "run a program": lambda: ran(["/bin/true"]),
    "run a shell": lambda: os.execv("/bin/sh", ["sh", "-c", "true"]),
    "run what is held": lambda: call(322, MODEL, b"", None, None, 0x1000),
    "a pickle that runs a command": unpickled,
    "fork": os.fork,
    "fork by clone": lambda: cloned(0),
    "fork by vfork": lambda: cloned(0x4000 | 0x100),
    "kill the runner": lambda: os.kill(OUTSIDE, 0),
    "kill its parent": lambda: os.kill(os.getppid(), 0),
    "kill everything": lambda: os.kill(-1, 0),
    "queue a signal": lambda: call(129, OUTSIDE, 0, ctypes.create_string_buffer(128)),
    "signal another's thread": lambda: call(234, OUTSIDE, OUTSIDE, 0),
    "hold a process by descriptor": lambda: call(434, OUTSIDE, 0),
    "trace": lambda: call(101, 16, OUTSIDE, 0, 0),
    "be traced": lambda: call(101, 0, 0, 0, 0),
    "read another's memory": lambda: call(310, OUTSIDE, None, 0, None, 0, 0),
    "change another's priority": lambda: os.setpriority(os.PRIO_PROCESS, OUTSIDE, 0),
    # The kernel.
    "a namespace by unshare": lambda: call(272, NEWUSER),
    "a namespace by clone": lambda: cloned(NEWUSER | NEWNS | NEWNET | NEWPID),
    "mount": lambda: call(165, b"none", b"/scratch", b"tmpfs", 0, None),
    "change the root": lambda: os.chroot("/usr"),
    "name the host": lambda: socket.sethostname("hostile"),
    "become root": lambda: os.setuid(0),
    "set the clock": lambda: call(227, 0, ctypes.create_string_buffer(16)),
    "the kernel's keys": lambda: call(250, 0, -3, 1),
    "add a key": lambda: call(248, b"user", b"x", b"y", 1, -3),
    "io_uring": lambda: call(425, 1, ctypes.create_string_buffer(120)),
    "userfaultfd": lambda: call(323, 0),
    "bpf": lambda: call(321, 0, ctypes.create_string_buffer(64), 64),
    "performance counters": lambda: call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "load a module": lambda: call(175, b"", 0, b""),
    "read the kernel's log": lambda: call(103, 3, ctypes.create_string_buffer(64), 64),
    "speak to a device": lambda: call(16, 0, 0x5413, ctypes.create_string_buffer(64)),
    "a personality": lambda: call(135, 0x0400000),
    "allow core dumps": lambda: call(157, 4, 1, 0, 0, 0),
    "outlive the runner": lambda: call(157, 1, 0, 0, 0, 0),
    "another filter": lambda: call(317, 1, 0, None),
    "the other table of calls": lambda: call(0x40000000 + 257, -100, SECRET.encode(), 0),
    # Limits and memory.
    "raise the limit on memory": lambda: raised(resource.RLIMIT_AS),
    "raise the limit on files": lambda: raised(resource.RLIMIT_FSIZE),
    "memory without end": without_end,
    "executable memory": executable,
    "memory made executable": made_executable,
    "choose processors": lambda: os.sched_setaffinity(0, {0}),
    "keep memory from being swapped": lambda: call(151, 1),
}


def works() -> None:
    """What must go on working, or a sandbox that blocks everything would pass."""
    heard = threading.Thread(target=lambda: None)
    heard.start()
    heard.join()
    assert os.pread(MODEL, 5, 0) == b"model"
    bytearray(2**20)


def main() -> None:
    sys.path.insert(0, TOLD["folder"])
    from runner.sandbox.inside.confinement import Confinement

    confinement = Confinement(TOLD["confinement"])
    confinement.begin()
    resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    import encodings.idna  # noqa: F401 - names of hosts are encoded before anybody is asked for them

    confinement.shut()
    works()
    for name, probe in PROBES.items():
        try:
            value = probe()
        except (OSError, MemoryError, ValueError) as error:
            said = {"probe": name, "blocked": f"{type(error).__name__}: {error}"}
        else:
            said = {"probe": name, "reached": str(value)[:200]}
        os.write(1, json.dumps(said).encode() + b"\n")
    os._exit(0)


if __name__ == "__main__":
    main()
