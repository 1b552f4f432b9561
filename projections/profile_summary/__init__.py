"""What a completed task measured, without the operators themselves."""
