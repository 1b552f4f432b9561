"""Bringing the command line's input data to the server."""

from __future__ import annotations

from typing import Any

from client.cli.input_options import Given
from client.cli.session import Session
from client.client import Client
from client.progress import UploadProgress


async def bring(client: Client, given: Given, session: Session) -> dict[str, Any]:
    """Upload the files; gives ``inputs``, ``readings``, ``archives`` and ``random`` as the server takes them, without what is empty."""
    with UploadProgress(session.aside, shown=not session.as_json) as progress:
        inputs = {one.name: (await client.upload_input(one.file, progress.watch(one.file))).id for one in given.files}
        archives = [(await client.upload_input(file, progress.watch(file))).id for file in given.archives]
    made = {"inputs": inputs, "readings": given.readings, "archives": archives, "random": given.random}
    return {key: value for key, value in made.items() if value}
