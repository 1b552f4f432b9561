"""Runs as objects, without a server."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from client.blocking import Client, Job
from client.client import Client as AsyncClient
from client.errors import CallersRunError, RunFailedError, ServersRunError
from client.jobs.job import AsyncJob
from client.jobs.operators import Operators
from client.jobs.view import JobView
from client.models import Task
from client.profiles import Operator

EVIL = '<script>alert(1)</script>"'


def view(state: str, **more: Any) -> JobView:
    return JobView(Task.read({"id": "7", "state": state, "name": EVIL, "url": "javascript:alert(1)", **more}))


def failed(kind: str) -> JobView:
    return view("failed", failure={"kind": kind, "title": f"It failed {EVIL}", "hint": "Do this."})


def test_both_faces_have_the_same_calls() -> None:
    """What one has with await, the other has without, with the same arguments."""
    for blocking, awaited, without in ((Job, AsyncJob, set()), (Client, AsyncClient, {"close", "get_sweep"})):
        for name, method in inspect.getmembers(blocking, inspect.isfunction):
            if name.startswith("_") or name in without:
                continue
            twin = getattr(awaited, name)
            ours, theirs = inspect.signature(method).parameters, inspect.signature(twin).parameters
            assert set(ours) ^ set(theirs) <= {"watch"}, name
            assert inspect.iscoroutinefunction(twin) or not inspect.iscoroutinefunction(method), name
    assert {name for name, _ in inspect.getmembers(AsyncJob, inspect.iscoroutinefunction)} <= set(dir(Job))


def test_a_failed_run_says_whose_move_it_is() -> None:
    with pytest.raises(CallersRunError, match=r"bad_input.*Do this\."):
        failed("bad_input").check()
    with pytest.raises(ServersRunError):
        failed("runner_lost").check()
    with pytest.raises(CallersRunError, match="cancelled"):
        view("cancelled").check()
    with pytest.raises(RunFailedError, match="has not ended") as caught:
        view("running").check()
    assert not isinstance(caught.value, CallersRunError | ServersRunError)
    view("completed").check()


@pytest.mark.parametrize("shown", [failed("internal"), Operators([Operator(id=EVIL, name=EVIL, type=EVIL)])])
def test_a_strangers_names_are_text_in_a_notebook(shown: Any) -> None:
    html = shown._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "javascript:" not in html


def test_operators_are_rows_and_a_frame() -> None:
    rows = Operators([Operator(id=str(n), name=f"op {n}", type="Conv", device_s=n / 10, share=0.5) for n in range(30)])
    assert (len(rows), rows[2].device_s, len(rows[:3])) == (30, 0.2, 3)
    assert "and 10 more" in rows._repr_html_()
    frame = rows.frame()
    assert (frame.shape[0], float(frame.loc["7", "device_s"]), frame.loc["7", "type"]) == (30, 0.7, "Conv")
