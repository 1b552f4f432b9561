"""The server's resources as rich renderables. Nothing here knows of commands: `mgeprof demo` prints with these, too.

Names come from users and engines, so they are put into `Text`, where square brackets are just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from client.cli import units
from client.cli.tables import group_table, operator_table, plain_table, type_table
from client.errors import ProblemError
from client.models import RecordedEvent, Task
from client.profiles import CopyTime, Latency, Profile, Totals

STATE_STYLES = {
    "completed": "green",
    "failed": "red",
    "cancelled": "yellow",
    "expired": "yellow",
    "cancelling": "yellow",
    "running": "cyan",
    "queued": "blue",
    "submitted": "blue",
}
# In the order in which they happen; the server's JSON has none.
PHASES = ("fetching", "starting", "loading", "warming_up", "timing", "profiling", "analysing", "uploading")
LATENCIES = ("min", "p50", "p90", "p99", "max", "mean", "std")


def report(task: Task, profile: Profile | None, *, top: int = 10) -> RenderableType:
    """Everything about a completed run: the run, totals, the slowest operators, time by type."""
    if profile is not None:
        return Group(task_card(task), Text(), profile_report(profile, top=top))
    if task.summary is None:
        return task_card(task)
    sums = task.summary.totals
    return Group(
        task_card(task), Text(), totals(sums, task.summary.latency), Text(), type_table(task.summary.by_type, sums)
    )


def profile_report(profile: Profile, *, top: int | None = None, title: str = "Slowest operators") -> RenderableType:
    """Totals, operators (at most ``top``, in the given order) and time by type of a profile."""
    return Group(
        totals(profile.totals, profile.timing.latency),
        Text(),
        operator_table(profile.operators[:top], _of_view(profile), title)
        if profile.groups is None
        else group_table(profile.groups),
        Text(),
        type_table(profile.by_type, profile.totals),
        *_copies(profile.copies),
        *_advice(profile),
    )


def _of_view(profile: Profile) -> Totals:
    """Totals whose time is the one that was asked for: shares are of it."""
    if profile.total_s is None:
        return profile.totals
    return profile.totals.model_copy(update={"device_s": profile.total_s})


def _copies(copies: CopyTime) -> list[RenderableType]:
    if not copies.count:
        return []
    mean = "" if copies.mean_s is None else f", {units.duration(copies.mean_s)} each"
    wait = f"{units.duration(copies.wait_total_s)} of waiting"
    return [Text(f"Copies between nodes: {copies.count}, {units.duration(copies.total_s)}{mean}, after {wait}")]


def _advice(profile: Profile) -> list[RenderableType]:
    if not profile.advice:
        return []
    said = [Text.assemble((f"{one.title}\n", ""), (f"  {one.advice}", "dim")) for one in profile.advice]
    return [Text(), Text("Advice", "bold"), *said]


def task_card(task: Task) -> RenderableType:
    """What was run, where, and how it stands."""
    card = _facts()
    card.add_row("run", _name(task.title, "bold"))
    card.add_row("id", task.id)
    card.add_row("state", state(task.state))
    if task.model is not None:
        card.add_row("model", Text.assemble(_name(task.model.name or task.model.id), (_size(task.model.size), "dim")))
    for name, data in task.inputs.items():
        card.add_row(
            "input",
            Text.assemble(
                _name(name), " = ", _name(data.name or data.id), (f"  {_array(data.shape, data.dtype)}", "dim")
            ),
        )
    card.add_row("engine", _name(f"MegEngine {task.engine} on {task.platform}"))
    if task.attempts and task.attempts[-1].runner_name:
        card.add_row("runner", _name(task.attempts[-1].runner_name))
    if task.project is not None:
        card.add_row("project", _name(task.project.name))
    if task.tags:
        card.add_row("tags", _name(", ".join(task.tags)))
    card.add_row("submitted", units.moment(task.submitted_at))
    if task.started_at and task.ended_at:
        card.add_row("took", units.duration((task.ended_at - task.started_at).total_seconds()))
    if task.phases:
        phases = sorted(task.phases.items(), key=lambda one: PHASES.index(one[0]) if one[0] in PHASES else len(PHASES))
        card.add_row("phases", Text(", ".join(f"{name} {units.duration(s)}" for name, s in phases)))
    # Outside of the grid: an address that is folded cannot be clicked or copied.
    return Group(card, Text(task.page, no_wrap=True, overflow="ignore")) if task.url else card


def totals(sums: Totals, latency: Latency | None = None) -> RenderableType:
    """Sums over all operators, beside the clean end-to-end latency."""
    table = _facts()
    if latency is not None:
        spread = "  ".join(f"{name} {units.duration(getattr(latency, name))}" for name in LATENCIES)
        table.add_row("latency", f"{spread}  ({latency.count} iterations, without the profiler)")
    table.add_row("operators", f"{sums.operators}, {units.duration(sums.device_s)} in all")
    if sums.gap_s is not None:
        what = "copying, dispatch, Python" if sums.gap_s >= 0 else "smaller than the noise, or operators overlap"
        table.add_row("beside them", f"{units.duration(sums.gap_s)}: {what}")
    if sums.noisy:
        table.add_row("noisy", f"yes: {sums.noisy_operators} operators differ between passes; measure again in peace")
    if sums.profiler_overhead is not None:
        percent = f"{100 * sums.profiler_overhead:.1f} %"
        less = f"adds less than the noise ({percent})"
        table.add_row("profiler", less if sums.profiler_overhead < 0 else f"adds {percent} to the end-to-end time")
    table.add_row(
        "computation",
        f"{units.quantity(sums.computation, 'FLOP')}, {units.rate(sums.computation, sums.device_s, 'FLOP')}",
    )
    table.add_row("memory", f"{units.size(sums.memory)} read and written")
    if sums.peak_memory is not None:
        table.add_row("peak memory", f"{units.size(sums.peak_memory)} resident, the engine included")
    if sums.planned_memory:
        table.add_row("of the graph", f"{units.size(sums.planned_memory)} at its peak: `mgeprof memory` shows what")
    return table


def failure(task: Task, log_tail: Sequence[str] = ()) -> RenderableType:
    """How a run ended that did not complete: what happened, whose move it is, what to do, the log's last lines."""
    parts: list[RenderableType] = []
    if task.failure is not None:
        known = task.failure
        whose = "Your move" if known.callers_move else "For the people who run this server"
        parts.append(_name(known.title or known.kind, "bold"))
        if known.message and known.message != known.title:
            parts.append(_name(known.message))
        parts.append(Text.assemble((f"{whose}: ", "bold"), known.hint or "see the log."))
        # With 1 the engine's process ends in order, after it has said why.
        if known.exit_code not in {None, 0, 1}:
            parts.append(Text(f"The engine's exit code was {known.exit_code}.", "dim"))
    else:
        parts.append(_name(ENDINGS.get(task.state, f"The run ended: {task.state}.")))
    if log_tail:
        parts += [Text(), Text("Last lines of the log:", "bold"), *(_name(line, "dim") for line in log_tail)]
    return Panel(Group(*parts), title=Text(f"{task.title}: {task.state}"), title_align="left", border_style="red")


ENDINGS = {
    "cancelled": "The run was cancelled.",
    "expired": "The run waited in the queue for longer than its limit. `mgeprof devices` shows who could take it.",
}


def problem(error: ProblemError) -> RenderableType:
    """What the server refused, why, and what to do."""
    parts = [Text.assemble((f"{error.title} ", "bold red"), (f"({error.code})", "dim"))]
    parts += [Text(_field_error(one)) for one in error.problem.errors]
    detail = _beyond(error.problem.errors, error.detail)
    if detail and detail != error.title:
        parts.append(Text(detail))
    if error.problem.allowed:
        parts.append(Text(f"Possible: {', '.join(error.problem.allowed)}"))
    if error.hint:
        parts.append(Text.assemble(("What to do: ", "bold"), error.hint))
    if error.request_id:
        parts.append(Text(f"request id {error.request_id}", "dim"))
    return Group(*parts)


def event_table(events: Iterable[RecordedEvent]) -> RenderableType:
    """A run's history, one event a line."""
    table = plain_table()
    table.add_column("sequence", justify="right")
    table.add_column("time", no_wrap=True)
    table.add_column("event")
    table.add_column("attempt", justify="right")
    table.add_column("what it says", overflow="fold", ratio=1)
    for event in events:
        told = {key: value for key, value in event.data.items() if _is_short(value) and key != "attempt"}
        data = ", ".join(f"{key} {units.brief(value)}" for key, value in told.items())
        attempt = "" if event.attempt is None else str(event.attempt)
        table.add_row(
            str(event.sequence), units.moment(event.time), _name(event.short_type), attempt, _name(data, "dim")
        )
    return table


def state(name: str) -> Text:
    return Text(name, STATE_STYLES.get(name, ""))


def _facts() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _name(text: str, style: str = "") -> Text:
    return Text(text, style)


def _size(size: int | None) -> str:
    return "" if size is None else f"  {units.size(size)}"


def _array(sizes: Sequence[int] | None, dtype: str | None) -> str:
    return f"{units.shape(sizes)} {dtype}".strip() if dtype else ""


def _field_error(one: Mapping[str, Any]) -> str:
    field = one.get("field") or ".".join(map(str, one.get("loc", ())))
    return f"{field}: {_message(one)}"


def _message(one: Mapping[str, Any]) -> str:
    return str(one.get("message") or one.get("msg") or "")


def _beyond(errors: Iterable[Mapping[str, Any]], detail: str) -> str:
    """What a problem's detail says beyond the fields' errors, which have lines of their own."""
    for one in errors:
        detail = detail.replace(_field_error(one), "").replace(_message(one), "")
    return detail.strip(" ;")


def _is_short(value: object) -> bool:
    return value is not None and not isinstance(value, (dict, list)) and len(str(value)) <= 64
