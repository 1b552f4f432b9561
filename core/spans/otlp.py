"""Spans to an OpenTelemetry collector, OTLP over HTTP: the only module that knows OpenTelemetry, and imported only where a collector is named."""

from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    INVALID_SPAN,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from core.spans.span import Span, in_share
from core.trace import Point

_TIMEOUT_S = 3.0
"""For all tries at one batch: a process that ends waits no longer for a collector that is away."""


class Collector:
    """Sends in batches, from a thread of its own; where the collector is away for long, the oldest spans are dropped."""

    def __init__(self, process: str, url: str, share: float, pause_s: float | None = None) -> None:
        """``pause_s``: between two sendings; OpenTelemetry's own (5 s, or ``OTEL_BSP_SCHEDULE_DELAY``) when not given."""
        about = {SERVICE_NAMESPACE: "mgeprof", SERVICE_NAME: f"mgeprof-{process}", SERVICE_VERSION: version("mgeprof")}
        self._ids = _Given()
        self._share = share
        # Not OpenTelemetry's global one: FastAPI would add spans of its own to that, with paths and query strings in them.
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=Resource.create(about), id_generator=self._ids)
        pause = None if pause_s is None else pause_s * 1000
        self._batches = BatchSpanProcessor(OTLPSpanExporter(url, timeout=_TIMEOUT_S), schedule_delay_millis=pause)
        self._provider.add_span_processor(self._batches)
        self._tracer = self._provider.get_tracer("mgeprof")

    def wants(self, at: Point) -> bool:
        return at.recorded and in_share(at.trace, self._share)

    def take(self, span: Span) -> None:
        self._ids.trace, self._ids.span = span.trace.int, span.id
        sent = self._tracer.start_span(
            span.name,
            context=set_span_in_context(_remote(span.trace.int, span.above)),
            kind=SpanKind[span.kind.name],
            attributes=span.attributes,
            start_time=span.begun,
        )
        if span.failed:
            sent.set_status(Status(StatusCode.ERROR))
        sent.end(span.ended)

    def flush(self) -> None:
        self._batches.force_flush()

    def close(self) -> None:
        """What the end of the process does by itself."""
        self._provider.shutdown()


class _Given(IdGenerator):
    """Spans keep the ids that they have with us."""

    trace = span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


def _remote(trace: int, above: int | None) -> NonRecordingSpan:
    if above is None:
        return INVALID_SPAN
    return NonRecordingSpan(SpanContext(trace, above, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)))
