import httpx2

from api.parts import Parts
from api.server import make_server


async def test_clients_close_idle_connections_before_the_server_does(parts: Parts) -> None:
    """One that the server closes may have a request on its way, which then fails without a reason."""
    clients = httpx2.Limits().keepalive_expiry
    assert clients is not None
    assert make_server(parts).config.timeout_keep_alive > 2 * clients
