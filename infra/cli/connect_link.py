"""The link with which `mgeprof up` lets one browser in, so that the token in the home is never put into an address."""

from __future__ import annotations

from client.connection import Connection
from client.errors import ClientError
from client.http import Http, Patience
from infra.embedded.stack import Stack


async def connect_link(stack: Stack) -> str | None:
    """A fresh link, or None when the api does not make one."""
    connection = Connection(stack.url, stack.services.secrets.token)
    try:
        async with Http(connection, patience=Patience(first_s=0.5, within_s=1)) as http:
            made = await http.post("/auth/connect-link")
    except ClientError:
        return None
    return str(made["url"])
