"""The embedded NATS server.

Accounts: SYS, CORE (the log), RUN (orders and reports), EDGE (enrolled runners, let in by the auth callout), LOCAL (the stack's own runner, by a
static key, with the same imports), AUTH (the callout itself), VIEW (programs of the operator that follow what happens, and can do nothing else).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from core.events.ids import Aggregate
from core.events.subjects import LOG_PREFIX
from core.nats import xkey
from core.nats.callout import permissions
from infra.embedded.home import Secrets, public_key, write_private
from infra.embedded.part import Part, answers
from infra.embedded.ports import HOST

# What RUN lends to EDGE, where runners live: orders to take and acknowledge, reports, calls. EDGE has no JetStream of its own.
SERVICES = (
    ("$JS.API.CONSUMER.MSG.NEXT.DISPATCH.*", ", response: Stream"),
    ("$JS.ACK.DISPATCH.>", ""),
    ("$JS.ACK.*.*.DISPATCH.>", ""),
    ("report.>", ""),
    ("rpc.>", ""),
)
STREAMS = ("ctl.>",)
# What CORE shows to VIEW: of what was stored, and so republished, all but what happens to accounts. Never the event subjects themselves: there one would
# also hear what the log refused.
VIEWED = tuple(f"{LOG_PREFIX}.{aggregate}.>" for aggregate in Aggregate if aggregate is not Aggregate.ACCOUNT)
VIEW_SEED = "view.nk"
"""The file with the key of VIEW's user, beside the configuration."""


@dataclass(frozen=True)
class Node:
    """One of several servers that hold the streams together; `routes` are the ports on which they speak to each other."""

    name: str
    port: int
    routes: tuple[int, ...]


def nats_server(folder: Path, port: int, monitor_port: int, secrets: Secrets, node: Node | None = None) -> Part:
    """The part that serves NATS with JetStream from `folder`, alone or as one node of a cluster on this machine.

    It works on half the processors at a time: on those that nobody needs it would look for work, and here all others of the stack need them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nats.conf"
    write_private(folder / VIEW_SEED, secrets.nats_view + "\n")
    write_private(config, configuration(folder / "store", port, monitor_port, secrets, node))

    async def ready() -> bool:
        return await answers(HOST, monitor_port, "/healthz") == 200

    return Part(
        name=node.name if node else "nats",
        argv=(str(Path(sys.prefix, "bin", "nats-server")), "--config", str(config)),
        env={"PATH": os.defpath, "HOME": str(folder), "GOMAXPROCS": str(max(1, len(os.sched_getaffinity(0)) // 2))},
        probe=ready,
        # Ends at once, with its files in order; SIGTERM would say the same in more words.
        stop_signal=signal.SIGINT,
    )


def configuration(store: Path, port: int, monitor_port: int, secrets: Secrets, node: Node | None = None) -> str:
    """The server's configuration file."""
    routes = ", ".join(f'"nats://{HOST}:{port}"' for port in node.routes) if node else ""
    cluster = f'cluster {{ name: mgeprof, listen: "{HOST}:{node.port}", routes: [{routes}] }}' if node else ""
    local = {UUID(secrets.runner_id): public_key(secrets.nats_edge)}
    return f"""\
server_name: {node.name if node else "mgeprof"}
{cluster}
listen: "{HOST}:{port}"
http: "{HOST}:{monitor_port}"
jetstream {{
  store_dir: "{store}"
  # Acknowledged means on disk.
  sync_interval: always
}}
{accounts(secrets, local)}"""


def accounts(secrets: Secrets, local: Mapping[UUID, str]) -> str:
    """Who may come in, and what each may do: public keys only. `local`: the keys of runners that come in by this file."""
    exports = [f'{{service: "{subject}", accounts: [EDGE, LOCAL]{more}}}' for subject, more in SERVICES]
    exports += [f'{{stream: "{subject}", accounts: [EDGE, LOCAL]}}' for subject in STREAMS]
    imports = [f'{{service: {{account: RUN, subject: "{subject}"}}}}' for subject, _ in SERVICES]
    imports += [f'{{stream: {{account: RUN, subject: "{subject}"}}}}' for subject in STREAMS]
    shown = [f'{{stream: "{subject}", accounts: [VIEW]}}' for subject in VIEWED]
    views = [f'{{stream: {{account: CORE, subject: "{subject}"}}}}' for subject in VIEWED]
    runners = "".join(_runner(runner, key) for runner, key in local.items())
    return f"""\
system_account: SYS
accounts {{
  SYS {{ users: [{{nkey: {public_key(secrets.nats_sys)}}}] }}
  CORE {{ jetstream: enabled, users: [{{nkey: {public_key(secrets.nats_core)}}}], exports: [
    {_lines(shown)}
  ] }}
  VIEW {{
    users: [{{nkey: {public_key(secrets.nats_view)}, permissions: {{
      publish: {{deny: [">"]}}
      subscribe: {{allow: [{_quoted(list(VIEWED))}]}}
    }}}}]
    imports: [
    {_lines(views)}
    ]
  }}
  RUN {{ jetstream: enabled, users: [{{nkey: {public_key(secrets.nats_run)}}}], exports: [
    {_lines(exports)}
  ] }}
  AUTH {{ users: [{{nkey: {public_key(secrets.nats_auth)}}}] }}
  EDGE {{ imports: [
    {_lines(imports)}
  ] }}
  LOCAL {{
    users: [{runners}]
    imports: [
    {_lines(imports)}
    ]
  }}
}}
authorization {{
  timeout: 5
  auth_callout {{
    issuer: {public_key(secrets.nats_issuer)}
    account: AUTH
    auth_users: [{public_key(secrets.nats_auth)}]
    # Users of the other accounts are not asked about.
    allowed_accounts: [EDGE]
    xkey: {xkey.public_of(secrets.nats_xkey)}
  }}
}}
"""


def _runner(runner: UUID, key: str) -> str:
    publish, subscribe = permissions(runner)
    return f"""{{nkey: {key}, permissions: {{
      publish: {{allow: [{_quoted(publish)}]}}
      subscribe: {{allow: [{_quoted(subscribe)}]}}
    }}}}
    """


def _lines(entries: list[str]) -> str:
    return "\n    ".join(entries)


def _quoted(subjects: list[str]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)
