"""The embedded S3 server: rclone over a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from infra.embedded.home import Secrets
from infra.embedded.part import Part, answers
from infra.embedded.ports import HOST

REGION = "us-east-1"
BUCKET = "mgeprof"


def s3_server(folder: Path, port: int, secrets: Secrets) -> Part:
    """The part that serves S3 from `folder`."""
    (folder / "objects").mkdir(parents=True, exist_ok=True)

    async def ready() -> bool:
        # Any answer will do: without a signature it is a refusal.
        return await answers(HOST, port, "/") is not None

    return Part(
        name="s3",
        argv=(
            str(Path(sys.prefix, "bin", "rclone")),
            "serve",
            "s3",
            "--addr",
            f"{HOST}:{port}",
            # No configuration file anywhere: HOME may be unreadable, and a user's own remotes are none of our business.
            "--config",
            os.devnull,
            "--cache-dir",
            str(folder / "cache"),
            str(folder / "objects"),
        ),
        # The key stands in the environment: the command line can be read by every user of the machine.
        env={
            "PATH": os.defpath,
            "HOME": str(folder),
            "RCLONE_AUTH_KEY": f'"{secrets.s3_access_key},{secrets.s3_secret_key}"',
        },
        probe=ready,
    )
