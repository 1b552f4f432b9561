"""Every request of the JetStream API, as subjects, for given streams and consumers (nats-server 2.15, server/jetstream_api.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

OF_SERVER = (
    *("INFO", "STREAM.NAMES", "STREAM.LIST", "META.LEADER.STEPDOWN", "SERVER.REMOVE", "ACCOUNT.PURGE.CORE"),
    *("ACCOUNT.PURGE.RUN", "ACCOUNT.STREAM.MOVE.RUN.DISPATCH", "ACCOUNT.STREAM.CANCEL_MOVE.RUN.DISPATCH"),
    *("TEMPLATE.CREATE.x", "TEMPLATE.NAMES", "TEMPLATE.LIST", "TEMPLATE.INFO.x", "TEMPLATE.DELETE.x"),
)
OF_STREAM = (
    *("STREAM.CREATE", "STREAM.UPDATE", "STREAM.INFO", "STREAM.DELETE", "STREAM.PURGE", "STREAM.SNAPSHOT"),
    *("STREAM.RESTORE", "STREAM.MSG.GET", "STREAM.MSG.DELETE", "STREAM.PEER.REMOVE", "STREAM.LEADER.STEPDOWN"),
    *("CONSUMER.CREATE", "CONSUMER.NAMES", "CONSUMER.LIST", "DIRECT.GET"),
)
OF_CONSUMER = (
    *("CONSUMER.CREATE", "CONSUMER.DURABLE.CREATE", "CONSUMER.INFO", "CONSUMER.DELETE", "CONSUMER.PAUSE"),
    *("CONSUMER.RESET", "CONSUMER.UNPIN", "CONSUMER.LEADER.STEPDOWN", "CONSUMER.MSG.NEXT"),
)


def api_subjects(streams: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """``streams``: the names of consumers by the stream's."""
    yield from (f"$JS.API.{request}" for request in OF_SERVER)
    for stream, consumers in streams.items():
        yield from (f"$JS.API.{request}.{stream}" for request in OF_STREAM)
        yield f"$JS.API.DIRECT.GET.{stream}.some.subject"
        for consumer in consumers:
            yield from (f"$JS.API.{request}.{stream}.{consumer}" for request in OF_CONSUMER)
            yield f"$JS.API.CONSUMER.CREATE.{stream}.{consumer}.some.filter"
