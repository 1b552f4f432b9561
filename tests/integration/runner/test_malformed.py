"""Whatever one runner sends, the control plane goes on hearing it and the others."""

from collections.abc import AsyncIterator

import pytest
import structlog
from nats.aio.client import Client

from core.events.ids import RunnerId
from core.nats.connection import connect
from core.nats.edge import RunnerLink
from core.protocol.calls import BEAT, Beat, BeatAnswer
from infra.embedded.services import Services
from tests.integration.runner.control_plane import ControlPlane
from tests.unit.runner.orders import ref, report

BEATS = Beat(free=1, attempts=(), load=0.0)


@pytest.fixture
async def edge(broker: Services, control: ControlPlane) -> AsyncIterator[Client]:
    """A connection as this runner has it."""
    url, seed = broker.environment["MGEPROF_NATS_URL"], broker.secrets.nats_edge
    client = await connect(url, seed, name="ill-behaved runner", inbox_prefix=f"_INBOX_{control.runner}")
    yield client
    await client.close()


def _pub(subject: bytes, body: bytes = b"{}", reply: bytes = b"") -> bytes:
    return b"PUB %s %s %d\r\n%s\r\n" % (subject, reply, len(body), body)


def _hpub(subject: bytes, headers: bytes, body: bytes = b"") -> bytes:
    return b"HPUB %s %d %d\r\n%s%s\r\n" % (subject, len(headers), len(headers) + len(body), headers, body)


RUBBISH = [
    lambda runner: _pub(b"rpc.%s.\xff\xfe" % runner),
    lambda runner: _pub(b"rpc.%s.beat" % runner, reply=b"_INBOX_%s.\xff" % runner),
    lambda runner: _pub(b"rpc.%s.beat" % runner, body=b"\xff\xfe"),
    lambda runner: _pub(b"report.%s.\xff.1.completed" % runner),
    lambda runner: _hpub(b"rpc.%s.beat" % runner, b"NATS/1.0 \xff\xff\xff \xff\r\n\r\n"),
    lambda runner: _hpub(b"rpc.%s.beat" % runner, b"NATS/1.0\r\n\xff: \xff\r\n\r\n"),
    lambda runner: _hpub(b"report.%s.x.1.completed" % runner, b"NATS/1.0 \xff\xff\xff \xff\r\n\r\n"),
    lambda runner: _hpub(b"report.%s.x.1.completed" % runner, b"NATS/1.0\r\nStatus: 503\r\n\r\n"),
    lambda runner: _hpub(b"report.%s.x.1.completed" % runner, b"NATS/1.0 404\r\n\r\n"),
    lambda runner: _hpub(b"report.%s.x.1.completed" % runner, b"NATS/1.0\r\nStatus: 409\r\n\r\n"),
]
"""As no client library would write it, so straight onto the wire."""


@pytest.mark.parametrize("number", range(len(RUBBISH)))
async def test_rubbish_of_one_runner_cuts_nobody_off(edge: Client, control: ControlPlane, number: int) -> None:
    link = RunnerLink(edge, RunnerId(control.runner))
    transport = edge._transport
    assert transport is not None
    with structlog.testing.capture_logs() as logged:
        transport.write(RUBBISH[number](str(control.runner).encode()))
        await edge.flush()
        assert await link.call(BEAT, BEATS, BeatAnswer) == BeatAnswer()
        await link.send_report(report())
        await control.result(ref())
    assert control.link._nc.stats["reconnects"] == 0
    assert [entry["action"] for entry in logged if entry["action"] == "reports_reread"] == []
