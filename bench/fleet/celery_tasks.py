"""Runs in Celery's own environment: the task that does nothing, and ``celery_tasks.py``, which sends as many as it reads from its input and prints their ids."""

import json
import os
import sys

from celery import Celery  # type: ignore[import-not-found, unused-ignore] # installed in an environment of its own

app = Celery("celery_tasks", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_RESULTS"])
app.conf.update(
    task_acks_late=True,
    task_track_started=True,
    broker_transport_options={"confirm_publish": True},
    worker_prefetch_multiplier=4,
    task_ignore_result=False,
    broker_connection_retry_on_startup=True,
)


@app.task  # type: ignore[untyped-decorator, unused-ignore]
def nothing() -> None:
    """A task that does nothing."""


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps([nothing.delay().id for _ in range(int(line))]), flush=True)
