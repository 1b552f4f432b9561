"""Questions to a task's analysed profile."""
