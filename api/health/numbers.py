"""What the process counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}


class Numbers:
    """One registry per application, so that several can live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "mgeprof_api_requests", "Requests answered.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "mgeprof_api_request_seconds", "Time until the answer's last byte.", labels, registry=self._registry
        )
        self.readers = Gauge("mgeprof_api_live_readers", "Open live streams.", registry=self._registry)
        self.webhook_tries = Counter(
            "mgeprof_api_webhook_tries", "Messages posted to receivers.", ("outcome",), registry=self._registry
        )
        self.cut_off = Counter("mgeprof_api_live_cut_off", "Live readers that were too slow.", registry=self._registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """``route`` is the path's pattern: a label of its own for every id would never end."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)
