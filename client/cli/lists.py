"""Lists of runs, devices and models as rich tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from client.cli import units
from client.cli.render import state
from client.cli.tables import VERY_WIDE, WIDE, Fitted, plain_table
from client.models import EngineOffer, Model, Runner, Task

UNBROKEN = frozenset({"id", "state", "submitted", "uploaded", "running", "size"})
RUNNER_STYLES = {"idle": "green", "busy": "cyan", "offline": "red"}


def task_table(tasks: Sequence[Task]) -> RenderableType:
    """Runs, one a line; says what to do when there is none."""
    if not tasks:
        return Text("No runs. Start one with `mgeprof submit MODEL --platform x86 --engine 1.13.0`.")
    return Fitted(lambda width: _tasks(tasks, wide=width >= WIDE))


def _tasks(tasks: Sequence[Task], *, wide: bool) -> Table:
    table = _table("id", "state", "run", "submitted", *(("where", "latency p50", "operators") if wide else ()))
    for task in tasks:
        table.add_row(
            task.id,
            state(task.state),
            Text(task.title),
            units.moment(task.submitted_at) if wide else units.short_moment(task.submitted_at),
            *(_figures(task) if wide else ()),
        )
    return table


def _figures(task: Task) -> tuple[RenderableType, ...]:
    summary = task.summary
    return (
        Text(f"{task.platform} {task.engine}"),
        units.duration(summary.latency.p50) if summary and summary.latency else "",
        units.duration(summary.totals.device_s) if summary else "",
    )


def _engine(one: EngineOffer) -> str:
    told = [one.driver] if one.driver else []
    if one.peaks is not None:
        told += [f"{units.quantity(one.peaks.flops, 'FLOP/s')}", f"{units.size(one.peaks.bandwidth)}/s"]
    return f"{one.version} ({', '.join(told)})" if told else one.version


def device_table(runners: Sequence[Runner]) -> RenderableType:
    """Runners, one a line, or some lines for each where they would not fit."""
    if not runners:
        return Text("No devices. `mgeprof up` starts one on this machine.")
    return Fitted(lambda width: _devices(runners) if width >= VERY_WIDE else Group(*map(_device, runners)))


def _devices(runners: Sequence[Runner]) -> Table:
    table = _table("name", "platform", "engines", "running", "state", "pool", "labels", "cpu", "id")
    for runner in runners:
        table.add_row(
            Text(runner.name or ""),
            Text(runner.platform),
            Text(", ".join(map(_engine, runner.engines))),
            _running(runner),
            Text(_standing(runner), RUNNER_STYLES.get(runner.state, "")),
            Text(runner.pool),
            Text(", ".join(runner.labels)),
            Text(_hardware(runner)),
            Text(runner.id, "dim"),
        )
    return table


def _device(runner: Runner) -> Text:
    standing = (_standing(runner), RUNNER_STYLES.get(runner.state, ""))
    first = Text.assemble((runner.name or "", "bold"), f"  {runner.platform}  ", standing)
    first.append(f"  {_running(runner)} running  {runner.pool}  {', '.join(runner.labels)}")
    more = [*map(_engine, runner.engines), _hardware(runner)]
    return Text("\n  ").join([first, *map(Text, filter(None, more)), Text(runner.id, "dim")])


def _running(runner: Runner) -> str:
    return f"{runner.running} of {runner.slots}"


def _hardware(runner: Runner) -> str:
    return ", ".join(filter(None, (runner.cpu, *runner.gpus)))


def _standing(runner: Runner) -> str:
    stops = [word for word, so in (("drained", runner.drained), ("disabled", runner.disabled)) if so]
    return ", ".join([runner.state, *stops])


def model_table(models: Sequence[Model]) -> RenderableType:
    """Uploaded models, one a line."""
    if not models:
        return Text("No models. `mgeprof submit FILE …` uploads one.")
    return Fitted(lambda width: _models(models, wide=width >= WIDE))


def _models(models: Sequence[Model], *, wide: bool) -> Table:
    table = _table("id", "name", "size", "uploaded", *(("sha256",) if wide else ()))
    for model in models:
        table.add_row(
            model.id,
            Text(model.name or ""),
            "" if model.size is None else units.size(model.size),
            units.moment(model.uploaded_at) if wide else units.short_moment(model.uploaded_at),
            *((Text(model.sha256[:12], "dim"),) if wide else ()),
        )
    return table


def _table(*columns: str) -> Table:
    table = plain_table(expand=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in UNBROKEN)
    return table
