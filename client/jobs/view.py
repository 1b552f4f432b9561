"""What is known of a run, and how it shows itself; the same for both faces of the SDK."""

from __future__ import annotations

from html import escape

from client.errors import CallersRunError, RunFailedError, ServersRunError
from client.models import Failure, Task
from client.profiles import Summary


class JobView:
    """``task``: as the server described it when it was last asked."""

    def __init__(self, task: Task) -> None:
        self.task = task

    @property
    def id(self) -> str:
        return self.task.id

    @property
    def name(self) -> str:
        """Its own, else its model's."""
        return self.task.title

    @property
    def status(self) -> str:
        """submitted, queued, running, cancelling; completed, failed, cancelled or expired at its end."""
        return self.task.state

    @property
    def ended(self) -> bool:
        return self.task.ended

    @property
    def url(self) -> str:
        """Its page."""
        return self.task.url

    @property
    def summary(self) -> Summary | None:
        """Latency, totals and the time by operator type; None unless it has completed."""
        return self.task.summary

    @property
    def failure(self) -> Failure | None:
        return self.task.failure

    def check(self) -> None:
        """Nothing, when it has completed.

        Raises:
            CallersRunError: it failed, and another model, input or option would help; or it was cancelled or waited too long.
            ServersRunError: it failed, and the people who run the server have to look at it.
            RunFailedError: it has not ended.
        """
        if self.status == "completed":
            return
        if not self.ended:
            raise RunFailedError(f"The run {self.id} has not ended: it is {self.status}.")
        failure = self.failure
        if failure is None:
            raise CallersRunError(f"The run {self.id} was {self.status}.")
        words = " ".join(filter(None, (failure.title or failure.kind, failure.message, failure.hint)))
        kind = CallersRunError if failure.callers_move else ServersRunError
        raise kind(f"The run {self.id} failed ({failure.kind}): {words}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.status}: {self.name}>"

    def _repr_html_(self) -> str:
        """For notebooks. Everything in it may be of a stranger's making."""
        rows = [("run", _linked(self.name, self.url)), ("status", escape(self.status))]
        rows += [("engine", escape(f"MegEngine {self.task.engine} on {self.task.platform}"))]
        if self.failure is not None:
            rows += [("failure", escape(f"{self.failure.kind}: {self.failure.title}"))]
        if self.summary is not None:
            rows += _figures(self.summary)
        lines = "".join(f'<tr><th style="text-align:left">{name}</th><td>{shown}</td></tr>' for name, shown in rows)
        return f"<table>{lines}</table>"


def _figures(summary: Summary) -> list[tuple[str, str]]:
    rows = []
    if summary.latency is not None:
        one = summary.latency
        rows.append(("latency", f"{_ms(one.p50)} (p90 {_ms(one.p90)}, {one.count} iterations)"))
    totals = summary.totals
    rows.append(("operators", f"{totals.operators}, {_ms(totals.device_s)}"))
    slowest = sorted(summary.by_type, key=lambda one: -one.device_s)[:3]
    rows += [("", f"{escape(one.type)}: {one.count}, {_ms(one.device_s)}") for one in slowest]
    return rows


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"


def _linked(name: str, url: str) -> str:
    # Nothing but a web address becomes a link, whoever sent it.
    if not url.startswith(("http://", "https://")):
        return escape(name)
    return f'<a href="{escape(url)}" rel="noopener noreferrer" target="_blank">{escape(name)}</a>'
