"""A process that says READY=1 and serves nothing; it ends on SIGTERM. With `broken` it ends at once."""

from __future__ import annotations

import os
import signal
import socket
import sys

if sys.argv[1] == "broken":
    sys.exit("something is wrong with me")
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
    supervisor.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
    supervisor.send(b"STATUS=serving nothing")
    supervisor.send(b"READY=1")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    signal.pause()
