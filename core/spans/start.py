"""Switching spans on, once for each process."""

from core.configuration import TraceSettings
from core.spans.span import send_to


def send_spans(process: str, settings: TraceSettings, *, pause_s: float | None = None) -> None:
    """Send those of this task, and of the tasks that it makes, to the collector that is named, if one is. ``pause_s``: between two sendings.

    Ends the process where OpenTelemetry is wanted and not installed.
    """
    if not settings.url:
        return
    try:
        # Takes half a second, which only those pay who name a collector.
        from core.spans.otlp import Collector
    except ImportError as error:
        raise SystemExit(
            f"Spans cannot be sent to {settings.url}: OpenTelemetry is not installed here ({error}). "
            "Install mgeprof's extra `traces` (on a device: infra/setup/runner traces), or name no collector."
        ) from error
    send_to(Collector(process, settings.url, settings.share, pause_s))
