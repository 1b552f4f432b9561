"""A task for a list: without what only its own page shows."""

from api.tasks.resources import TaskResource


def brief(task: TaskResource) -> TaskResource:
    summary = task.summary and task.summary.model_copy(update={"by_type": ()})
    return task.model_copy(update={"summary": summary, "artifacts": [], "inputs": {}, "phases": {}})
