"""The task list: one row a task."""
