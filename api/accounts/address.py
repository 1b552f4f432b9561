"""Where a request comes from, as far as that can be believed."""

from starlette.requests import HTTPConnection

UNKNOWN = "unknown"


def address_of(connection: HTTPConnection, proxies: int) -> str:
    """The peer's address; behind ``proxies`` of one's own, what the outermost of them wrote into X-Forwarded-For.

    Entries further left come from the client, who may write what it likes.
    """
    peer = connection.client.host if connection.client else UNKNOWN
    if not proxies:
        return peer
    told = [step.strip() for line in connection.headers.getlist("x-forwarded-for") for step in line.split(",")]
    return told[-proxies][:64] if len(told) >= proxies else peer
