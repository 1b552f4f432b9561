"""A task and the fleet as they were, folded from the log."""
