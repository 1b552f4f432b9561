"""The command line without its start: a process that has loaded it forks for each command, so that a page full of commands takes seconds.

What the shell starts is a small script called `mgeprof`, which hands its arguments, folder, environment and descriptors over a socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_CLIENT = """\
#!{python} -ISE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    said = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(line, [len(said).to_bytes(4, "big")], [0, 1, 2])
    line.sendall(said)
    sys.exit(line.recv(1)[0])
"""


@contextlib.contextmanager
def warm_command_line(folder: Path) -> Iterator[Path]:
    """A folder for the PATH, with `mgeprof` in it."""
    address, bin_ = folder / "line", folder / "bin"
    bin_.mkdir()
    program = bin_ / "mgeprof"
    program.write_text(_CLIENT.format(python=sys.executable, address=str(address)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with subprocess.Popen([sys.executable, "-P", "-m", "tests.e2e.warm", address], stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield bin_
        finally:
            server.terminate()


def _serve(address: str) -> None:
    import client.cli
    import client.cli.session
    import client.client  # noqa: F401 - loaded once, for all
    from infra.cli.main import app

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        os.write(1, b"ready\n")
        while True:
            line, _ = door.accept()
            with line:
                size, fds, _, _ = socket.recv_fds(line, 4, 3)
                said = b""
                while len(said) < int.from_bytes(size, "big"):
                    said += line.recv(2**16)
                pid = os.fork()
                if pid == 0:
                    _become(said, fds)
                    app(prog_name="mgeprof")
                for fd in fds:
                    os.close(fd)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                line.sendall(bytes([code if code >= 0 else 128 - code]))


def _become(said: bytes, fds: list[int]) -> None:
    arguments, folder, environment = json.loads(said)
    for ours, theirs in enumerate(fds):
        os.dup2(theirs, ours)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["mgeprof", *arguments]


if __name__ == "__main__":
    _serve(sys.argv[1])
