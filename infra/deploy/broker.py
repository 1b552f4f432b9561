"""The broker's configuration outside of the embedded stack: one node, or three."""

from __future__ import annotations

import secrets as random
from collections.abc import Mapping
from uuid import UUID

from infra.embedded.home import Secrets
from infra.embedded.nats_server import accounts

STORE = "/data"
"""Where the container keeps the streams."""
TLS = "/etc/nats/tls"


def broker_file(secrets: Secrets, runners: Mapping[UUID, str], *, nodes: int, tls: bool) -> str:
    """One file for all nodes: a node's name comes from its environment (``NODE_NAME``). With several nodes it holds a secret, theirs."""
    return "\n".join(filter(None, (_node(nodes), _cluster(nodes), _tls() if tls else "", accounts(secrets, runners))))


def _node(nodes: int) -> str:
    name = "mgeprof" if nodes == 1 else "$NODE_NAME"
    return f"""\
server_name: {name}
listen: "0.0.0.0:4222"
http: "0.0.0.0:8222"
jetstream {{
  store_dir: "{STORE}"
  # Acknowledged means on disk.
  sync_interval: always
}}"""


def _cluster(nodes: int) -> str:
    if nodes == 1:
        return ""
    secret = random.token_hex(24)
    routes = ", ".join(f'"nats://node:{secret}@nats-{number}.nats:6222"' for number in range(nodes))
    return f"""\
cluster {{
  name: mgeprof
  listen: "0.0.0.0:6222"
  authorization {{ user: node, password: "{secret}", timeout: 5 }}
  routes: [{routes}]
}}"""


def _tls() -> str:
    return f"""\
tls {{
  cert_file: "{TLS}/tls.crt"
  key_file: "{TLS}/tls.key"
}}"""
