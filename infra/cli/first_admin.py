"""The link that makes the first person an administrator, shown by `mgeprof up` for as long as there is none."""

from __future__ import annotations

from client.connection import Connection
from client.errors import ClientError
from client.http import Http, Patience
from infra.embedded.stack import Stack

# Long enough to be opened over a coffee, short enough to be forgotten on a screen.
LIFE_DAYS = 1


async def first_admin_link(stack: Stack) -> str | None:
    """A fresh link, or None when somebody administers already, or the api does not say."""
    connection = Connection(stack.url, stack.services.secrets.token)
    try:
        async with Http(connection, patience=Patience(first_s=0.5, within_s=1)) as http:
            if not (await http.get("/auth"))["first_admin_missing"]:
                return None
            made = await http.post("/invitations", {"role": "admin", "expires_in_days": LIFE_DAYS})
    except ClientError:
        return None
    return str(made["url"])
